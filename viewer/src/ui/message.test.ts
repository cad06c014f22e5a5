import { expect, test } from "vitest";
import vectors from "../../../signaling/texts/testdata/messages.json";
import { format, type Values } from "./message.ts";

test.each(vectors)("$language: $message with $values", ({ language, message, values, want }) => {
  expect(format(new Intl.PluralRules(language), message, values as unknown as Values)).toBe(want);
});
