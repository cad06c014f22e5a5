import { expect, test } from "vitest";
import { Age } from "./age.ts";

const path = (roundTripMs: number | undefined, heardAt?: number) => ({
  path: "direct" as const,
  roundTripMs,
  bytesReceived: 0,
  heardAt,
});

test("nothing is known before the first round trip", () => {
  const age = new Age();
  age.painted(5);
  expect(age.read(path(undefined), 0)).toBeUndefined();
});

test("it is the way here and the time to receive and paint", () => {
  const age = new Age();
  age.painted(4);
  age.painted(8);
  expect(age.read(path(40), 0)).toEqual({ totalMs: 25, wayMs: 20, paintMs: 6, silent: false });
});

test("at rest the last figure stays", () => {
  const age = new Age();
  age.painted(4);
  age.read(path(12), 0);
  for (let i = 0; i < 10; i++) expect(age.read(path(12), 0)?.totalMs).toBe(10);
});

test("it does not flicker between two readings that are almost the same", () => {
  const age = new Age();
  age.painted(1);
  const shown = new Set<number | undefined>();
  for (let i = 0; i < 20; i++) shown.add(age.read(path(i % 2 === 0 ? 3.2 : 4.4), 0)?.totalMs);
  expect(shown.size).toBe(1);
});

test("it follows a change within seconds", () => {
  const age = new Age();
  age.painted(5);
  age.read(path(10), 0);
  for (let i = 0; i < 8; i++) age.read(path(200), 0);
  expect(age.read(path(200), 0)?.totalMs).toBe(100);
});

test("while nothing comes the picture gets older", () => {
  const age = new Age();
  age.painted(5);
  expect(age.read(path(10, 1000), 6000)).toMatchObject({ totalMs: 10, silent: false });
  expect(age.read(path(10, 1000), 9000)).toMatchObject({ totalMs: 8000, silent: true });
  expect(age.read(path(10, 1000), 14_000)).toMatchObject({ totalMs: 13_000, silent: true });
  expect(age.read(path(10, 15_000), 15_500)).toMatchObject({ totalMs: 10, silent: false });
});
