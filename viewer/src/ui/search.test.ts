import { expect, test } from "vitest";
import { EMPTY, fromFragment, toFragment } from "./search.ts";

test("a search is read as it was written", () => {
  const query = { ...EMPTY, requester: "Ann & Bo", from: "2026-03-04", effects: ["shown", "alarm"] as const };
  expect(fromFragment(`#${toFragment(query)}`)).toEqual(query);
  expect(toFragment(EMPTY)).toBe("");
  expect(fromFragment("")).toEqual(EMPTY);
});

test("what is none of a search is left out", () => {
  expect(fromFragment("#from=yesterday&to=2026-99-99&effects=alarm+nonsense&x=1")).toEqual({
    ...EMPTY,
    effects: ["alarm"],
  });
  expect(fromFragment(`#machine=${"x".repeat(999)}`).machine).toHaveLength(200);
});
