import { expect, test } from "vitest";
import { dayAfter, isoDay, midnight } from "./report.ts";

test("days follow one another over ends of months, years and clocks that change", () => {
  expect(dayAfter("2026-02-28")).toBe("2026-03-01");
  expect(dayAfter("2026-12-31")).toBe("2027-01-01");
  let day = "2026-01-01";
  for (let n = 0; n < 365; n++) day = dayAfter(day);
  expect(day).toBe("2027-01-01");
});

test("midnight is that of the reader", () => {
  for (const day of ["2026-01-15", "2026-07-15"]) {
    const at = midnight(day);
    expect(at).toMatch(/^2026-\d\d-15T00:00:00[+-]\d\d:\d\d$/);
    expect(isoDay(Date.parse(at))).toBe(day);
    expect(isoDay(Date.parse(at) - 1)).not.toBe(day);
  }
});
