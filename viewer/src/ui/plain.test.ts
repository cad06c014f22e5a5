import { expect, it } from "vitest";
import { plain } from "./plain.ts";

it.each([
  ["open \u202egpj.exe\u2066", "open gpj.exe"],
  [" two\nlines\u0007 ", "two\nlines"],
  ["می\u200cخواهم 👩\u200d💻", "می\u200cخواهم 👩\u200d💻"],
  ["zero\u200bwidth\ufeff", "zerowidth"],
])("%j", (text, want) => {
  expect(plain(text)).toBe(want);
});
