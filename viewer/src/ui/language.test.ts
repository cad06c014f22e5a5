import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { bestOf, LANGUAGES, type Language, nameOf } from "./language.ts";

test.each([
  [["ar-EG", "en"], "ar"],
  [["nl", "fr-CA", "ar"], "fr"],
  [["PT-br"], "pt"],
  [["ko", "zh-Hant"], "en"],
  [[""], "en"],
  [[], "en"],
] as const)("of %s, %s is spoken", (wanted, want) => {
  expect(bestOf(wanted)).toBe(want);
});

test("there is every language that has a catalogue", () => {
  const files = readdirSync(new URL("../../../signaling/texts/", import.meta.url))
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.replace(".json", ""));
  expect([...LANGUAGES].sort()).toEqual(files.sort());
});

test("a language is named in itself", () => {
  expect(["en", "fr", "ar"].map((name) => nameOf(name as Language))).toEqual([
    "English",
    "français",
    "العربية",
  ]);
});
