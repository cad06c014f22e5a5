/** Who works at the desk, and tickets that are given on. */
import { members, type Ticket, ticket } from "./answers.ts";
import type { components } from "./api.gen.ts";
import type { Api } from "./api.ts";
import { list, oneOf, text } from "./read.ts";

const colleague = members({
  id: text(64),
  name: text(400),
  presence: oneOf("here", "session", "away"),
} satisfies Partial<Record<keyof components["schemas"]["Colleague"], unknown>>);
export type Colleague = ReturnType<typeof colleague>;
const people = members({ people: list(colleague, 10_000) });

export async function askColleagues(api: Api): Promise<readonly Colleague[]> {
  return (await api.ask("GET", "/desk/people", people)).people;
}

/** Gives a ticket on, with what the next one has to know; to nobody: whoever takes it next. */
export function handOver(api: Api, id: string, to: string, note: string): Promise<Ticket> {
  return api.ask("POST", `/tickets/${encodeURIComponent(id)}/handover`, ticket, { to, note });
}
