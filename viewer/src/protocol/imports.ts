/** Files of tickets: what the broker says of each line, and what came of them. */
import { members } from "./answers.ts";
import type { Api } from "./api.ts";
import { flag, list, oneOf, type Read, text, whole } from "./read.ts";

const amount = whole(0, 1_000_000_000);
const maybe =
  <T>(read: Read<T>, otherwise: T): Read<T> =>
  (value, path) =>
    value === undefined ? otherwise : read(value, path);

const readRow = members({
  line: amount,
  externalId: text(8_000_000),
  subject: text(1000),
  is: oneOf("new", "added", "known", "wrong"),
  number: maybe(amount, 0),
  field: maybe(text(100), ""),
  problem: maybe(text(1000), ""),
});
const readImport = members({
  saved: flag,
  new: amount,
  known: amount,
  wrong: amount,
  rows: list(readRow, 5000),
});
/** What came of a file. */
export type Import = ReturnType<typeof readImport>;

/** Shows what is in a file, or takes all of it, or what is good. */
export function importTickets(api: Api, file: File, take: "preview" | "all" | "good"): Promise<Import> {
  return api.upload(`/tickets/import?take=${take}`, file, { "Content-Type": "text/csv" }, readImport);
}
