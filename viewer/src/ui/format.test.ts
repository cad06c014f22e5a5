import { expect, test } from "vitest";
import { between, countdown, rate, since, span } from "./format.ts";

const MIN = 60_000;

test.each([
  [0, "under 1 min"],
  [MIN - 1, "under 1 min"],
  [14 * MIN, "14 min"],
  [60 * MIN, "1 h"],
  [125 * MIN, "2 h 5 min"],
  [24 * 60 * MIN, "1 d"],
  [27 * 60 * MIN, "1 d 3 h"],
])("a span of %i ms reads %s", (ms, want) => {
  expect(span(ms)).toBe(want);
});

test.each([
  [15 * MIN, "15:00"],
  [61_000, "1:01"],
  [1, "0:01"],
  [0, "0:00"],
  [-5000, "0:00"],
])("a countdown of %i ms reads %s", (ms, want) => {
  expect(countdown(ms)).toBe(want);
});

test("a clock that goes wrong never gives negative times", () => {
  expect(since("2026-01-01T00:10:00.000Z", Date.parse("2026-01-01T00:00:00.000Z"))).toBe("under 1 min");
  expect(between("2026-01-01T00:10:00.000Z", "2026-01-01T00:00:00.000Z")).toBe("under 1 min");
});

test.each([
  [0, "idle"],
  [950_000, "950 kbit/s"],
  [6_040_000, "6.0 Mbit/s"],
])("%i bits a second read %s", (bits, want) => {
  expect(rate(bits)).toBe(want);
});
