import { describe, expect, test } from "vitest";
import { place } from "./scale.ts";

const FULL_HD = { width: 1920, height: 1080 };

describe("1:1 maps a pixel to a device pixel", () => {
  test.each([1, 1.1, 1.25, 1.5, 1.75, 2])("at a ratio of %f, on whole device pixels", (ratio) => {
    const origin = { x: 0, y: 49 };
    const at = place(FULL_HD, { width: 1280, height: 700 }, ratio, "exact", origin);
    expect(at.width * ratio).toBeCloseTo(1920, 6);
    expect(at.height * ratio).toBeCloseTo(1080, 6);
    expect(at.crisp).toBe(true);
    for (const edge of [(origin.x + at.left) * ratio, (origin.y + at.top) * ratio]) {
      expect(Math.abs(edge - Math.round(edge))).toBeLessThan(1e-6);
    }
  });
});

test("fit shows all of it, in the middle, smoothed", () => {
  const at = place(FULL_HD, { width: 960, height: 1000 }, 1, "fit", { x: 0, y: 0 });
  expect(at).toEqual({ left: 0, top: 230, width: 960, height: 540, crisp: false });
});

test("fit does not smooth what it makes twice as large", () => {
  const at = place({ width: 640, height: 400 }, { width: 1280, height: 800 }, 1, "fit", { x: 0, y: 0 });
  expect(at.crisp).toBe(true);
});

test.each([
  [1281, 1280, true],
  [1450, 1280, true],
  [1500, 1500, false],
  [2600, 2560, true],
])("fit in a width of %i is %i wide, crisp: %s", (room, width, crisp) => {
  const at = place({ width: 1280, height: 800 }, { width: room, height: 4000 }, 1, "fit", { x: 0, y: 0 });
  expect([at.width, at.crisp]).toEqual([width, crisp]);
});

test("1:1 of a picture that is larger than the room begins at its corner", () => {
  const at = place(FULL_HD, { width: 800, height: 600 }, 1, "exact", { x: 0, y: 0 });
  expect([at.left, at.top]).toEqual([0, 0]);
});
