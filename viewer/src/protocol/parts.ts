/** What the broker answers about the desk's own lists: categories, answers that are given often, and how tickets were solved. */
import { members } from "./answers.ts";
import type { components } from "./api.gen.ts";
import { flag, list, type Read, text, whole } from "./read.ts";

type Described<Name extends keyof components["schemas"]> = Partial<
  Record<keyof components["schemas"][Name], Read<unknown>>
>;

const id = text(64);

const readCategory = members({
  id,
  parent: text(64),
  name: text(400),
  path: text(1000),
  retired: flag,
  usable: flag,
} satisfies Described<"Category">);
export type Category = ReturnType<typeof readCategory>;
const readCategories = members({ categories: list(readCategory, 5000) });
/** The tree, by its paths. */
export const categories: Read<readonly Category[]> = (value, path) => readCategories(value, path).categories;

const readPhrase = members({ id, title: text(400), text: text(4000) } satisfies Described<"Phrase">);
export type Phrase = ReturnType<typeof readPhrase>;
const readPhrases = members({ phrases: list(readPhrase, 1000) });
export const phrases: Read<readonly Phrase[]> = (value, path) => readPhrases(value, path).phrases;

/** What may be missing is empty. */
const some =
  (max: number): Read<string> =>
  (value, path) =>
    value === undefined || value === null ? "" : text(max)(value, path);

export const solved = members({
  id,
  number: whole(1, Number.MAX_SAFE_INTEGER),
  subject: text(16_000),
  resolution: some(16_000),
  title: some(1000),
} satisfies Described<"Solved">);
export type Solved = ReturnType<typeof solved>;
