import { expect, test } from "vitest";
import { happening } from "./happened.ts";

const at = (s: number) => new Date(Date.UTC(2026, 0, 1) + 1000 * s).toISOString();
const since = (ms: number) => (ms - Date.UTC(2026, 0, 1)) / 1000;

test("what was told late happened when it did, whatever the client's clock says", () => {
  for (const ahead of [0, 3600, -86_400]) {
    const asked = { time: at(10), saidAt: at(10 + ahead) };
    const paused = { time: at(60), saidAt: at(20 + ahead) }; // told when the broker was back
    const events = [{ time: at(1), saidAt: undefined }, asked, paused];
    const happened = happening(events);
    expect(events.map(happened).map(since)).toEqual([1, 10, 20]);
  }
});

test("without a client there is the broker's clock", () => {
  expect(since(happening([])({ time: at(5), saidAt: undefined }))).toBe(5);
});
