/** What the broker answers about helped machines. */
import { members } from "./answers.ts";
import type { components } from "./api.gen.ts";
import { type Facts, facts, readFacts } from "./facts.ts";
import { flag, list, type Read, type shape, text, whole } from "./read.ts";

type Described<Name extends keyof components["schemas"]> = Partial<
  Record<keyof components["schemas"][Name], Read<unknown>>
>;

const id = text(64);
const name = text(400);
const time = text(40);
const amount = whole(0, Number.MAX_SAFE_INTEGER);
// The broker may be a little newer than this page: what it says of a machine besides is passed over.
const said: Read<Facts> = readFacts(members as typeof shape);

/** What the same machine said in the session before. */
export interface FactsBefore {
  readonly session: string;
  readonly readAt: string;
  readonly facts: Facts;
}
const beforeShape = { session: id, readAt: time, facts: said } satisfies Described<"FactsBefore">;
const before: Read<FactsBefore> = members(beforeShape);

const factsShape = {
  session: id,
  machine: id,
  requester: name,
  technicianName: name,
  ticket: id,
  ticketNumber: amount,
  subject: text(16_000),
  readAt: time,
  facts: said,
  changed: facts,
  before: (value: unknown, path: string): FactsBefore | undefined =>
    value === undefined || value === null ? undefined : before(value, path),
} satisfies Described<"MachineFacts">;
const readMachineFacts = members(factsShape);
/** What a machine said of itself in one session. */
export type MachineFacts = ReturnType<typeof readMachineFacts>;
export const machineFacts: Read<MachineFacts> = readMachineFacts;
export const history = members({ history: list(machineFacts, 100) });

const machineShape = {
  machine: id,
  requester: name,
  ticket: id,
  ticketNumber: amount,
  session: id,
  readAt: time,
  sessions: amount,
  fullest: whole(-1, 100),
  facts: said,
} satisfies Described<"Machine">;
const readMachine = members(machineShape);
/** A helped machine, by what it said last. */
export type Machine = ReturnType<typeof readMachine>;
const readPage = members({ machines: list(readMachine, 500), more: flag });
/** The machines that were found. */
export type MachinePage = ReturnType<typeof readPage>;
export const machines: Read<MachinePage> = readPage;
