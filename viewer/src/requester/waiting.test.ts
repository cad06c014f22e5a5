import { describe, expect, test } from "vitest";
import { secretOf } from "./help-api.ts";
import { linesOf, rangeOf, titleOf } from "./waiting.ts";

const page = { reach: "12 34", before: 0, range: undefined } as const;

describe("what the person reads while they wait", () => {
  test("their place, and an honest word where nobody can say how long", () => {
    expect(linesOf({ ...page, stage: "queued" })).toEqual([
      "You are next.",
      "We cannot say yet how long it will take.",
    ]);
    expect(linesOf({ ...page, stage: "queued", before: 1 })[0]).toBe("1 person is before you.");
    expect(linesOf({ ...page, stage: "queued", before: 7, range: { from: 13, to: 47 } })).toEqual([
      "7 people are before you.",
      "It may take another 10 min to 50 min. That is how long others waited.",
    ]);
  });

  test("who has it, and how they are reached", () => {
    expect(titleOf({ stage: "taken", technician: "Ada" })).toBe("Ada has your request");
    expect(titleOf({ stage: "taken", technician: undefined })).toBe("We have your request");
    expect(linesOf({ ...page, stage: "taken" })).toEqual(["We will reach you at 12 34. Please stay near."]);
  });

  test.each([
    [0, 1, "under 1 min", "1 min"],
    [3, 3, "3 min", "4 min"],
    [12, 58, "10 min", "1 h"],
    [70, 200, "1 h", "3 h 30 min"],
    [1000, 4000, "16 h", "2 d 19 h"],
  ])("%d to %d minutes, as people say them", (from, to, low, high) => {
    expect(rangeOf(from, to)).toEqual({ from: low, to: high });
  });
});

test.each([
  ["#AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAA"],
  ["#012345678", undefined],
  ["", undefined],
  ["#AAAAAAAAAAAAAAAAAAAAA/", undefined],
])("the secret of %s", (fragment, secret) => {
  expect(secretOf(fragment)).toBe(secret);
});
