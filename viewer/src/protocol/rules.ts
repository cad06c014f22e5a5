/** Which priority a call gets, and what is promised. */
import { members } from "./answers.ts";
import type { Api } from "./api.ts";
import { list, whole } from "./read.ts";

const minutes = whole(1, 1_000_000);
const deskRules = members({
  matrix: list(list(whole(1, 5), 3), 3),
  promises: list(members({ first: minutes, resolve: minutes }), 5),
});
/** Three rows by impact, three priorities by urgency, the gravest first; and promises in minutes, by priority. */
export type DeskRules = ReturnType<typeof deskRules>;

export function askRules(api: Api): Promise<DeskRules> {
  return api.ask("GET", "/desk/rules", deskRules);
}

export function setRules(api: Api, rules: DeskRules): Promise<DeskRules> {
  return api.ask("PUT", "/desk/rules", deskRules, rules);
}
