import { expect, test } from "vitest";
import { toCsv } from "./csv.ts";

test("cells are quoted, and none is a formula", () => {
  expect(
    toCsv([
      ["a", 1, 'say "yes"'],
      ["=1+1", -2, "@x"],
      ["two\nlines", 0, "+1"],
    ]),
  ).toBe('"a","1","say ""yes"""\r\n"\'=1+1","-2","\'@x"\r\n"two\nlines","0","\'+1"\r\n');
});

test("blanks before it hide no formula", () => {
  expect(toCsv([[" =1+1", "\n=1", "a=1"]])).toBe('"\' =1+1","\'\n=1","a=1"\r\n');
});
