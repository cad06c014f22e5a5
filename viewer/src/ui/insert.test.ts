import { describe, expect, test } from "vitest";
import { insertAt } from "./insert.ts";

describe("a text put into another", () => {
  test.each([
    ["into nothing", "", 0, 0, "Hello.", "Hello.", 6],
    ["behind a word", "Hi", 2, 2, "there", "Hi there", 8],
    ["before a word", "you", 0, 0, "Hi", "Hi you", 3],
    ["between words", "a b", 2, 2, "x", "a x b", 4],
    ["for what is selected", "a old b", 2, 5, "new", "a new b", 5],
    ["on a new line", "a\n", 2, 2, "b", "a\nb", 3],
  ])("%s", (_name, into, start, end, text, want, caret) => {
    expect(insertAt(into, start, end, text, -1)).toEqual({ text: want, caret });
  });
  test("no longer than a field takes", () => {
    expect(insertAt("abc", 3, 3, "defgh", 6)).toEqual({ text: "abc de", caret: 6 });
    expect(insertAt("abc", 3, 3, "d", 2)).toEqual({ text: "abc", caret: 3 });
  });
});
