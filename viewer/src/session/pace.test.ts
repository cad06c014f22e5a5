import { expect, test } from "vitest";
import { Pace } from "./pace.ts";

const PIECE = 16 << 10;

function fill(pace: Pace): number {
  let pieces = 0;
  while (pace.take(PIECE)) pieces++;
  return pieces;
}

test("more is under way while answers are quick, and less when they are not", () => {
  const pace = new Pace();
  let now = 0;
  const first = fill(pace);
  let under = first;
  const rounds = (tookMs: number) => {
    for (let round = 0; round < 60; round++) {
      now += 2 * tookMs;
      for (let i = 0; i < under; i++) pace.answered(PIECE, tookMs, now);
      under = fill(pace);
    }
  };
  rounds(10);
  expect(under).toBeGreaterThan(8 * first);
  rounds(80);
  expect(under).toBeLessThanOrEqual(first);
  pace.gone(under * PIECE);
  expect(fill(pace)).toBe(under);
});
