import { expect, test } from "vitest";
import { followed, MAX_FACTOR, pinched, WHOLE, zoomed } from "./zoom.ts";

const room = { width: 400, height: 600 };
/** A picture twice as wide as high, across the room. */
const base = { left: 0, top: 200, width: 400, height: 200, crisp: false };
const still = { x: 0, y: 0 };

test("without a zoom the picture stays where it was placed", () => {
  expect(zoomed(base, room, WHOLE, 3)).toBe(base);
});

test("what is under the fingers stays under them", () => {
  for (const middle of [
    { x: 200, y: 300 },
    { x: 130, y: 280 },
    { x: 250, y: 320 },
  ]) {
    const zoom = pinched(base, room, WHOLE, 4, middle, still);
    const after = zoomed(base, room, zoom, 1);
    expect((middle.x - after.left) / after.width).toBeCloseTo(middle.x / 400, 2);
    expect((middle.y - after.top) / after.height).toBeCloseTo((middle.y - 200) / 200, 2);
  }
});

test("two fingers that move together move what is zoomed", () => {
  const zoom = pinched(base, room, WHOLE, 4, { x: 200, y: 300 }, still);
  const before = zoomed(base, room, zoom, 1);
  const moved = zoomed(base, room, pinched(base, room, zoom, 1, { x: 230, y: 320 }, { x: 30, y: 20 }), 1);
  expect(moved.left - before.left).toBe(30);
  expect(moved.top - before.top).toBe(20);
});

test("there is no gap beside the picture, no end of zooming in, and out ends at the whole", () => {
  const corner = pinched(base, room, WHOLE, 100, { x: 0, y: 200 }, { x: 90, y: 90 });
  expect(corner.factor).toBe(MAX_FACTOR);
  const placed = zoomed(base, room, corner, 1);
  expect(placed.left).toBe(0);
  expect(placed.top).toBe(0);
  expect(pinched(base, room, corner, 0.01, { x: 50, y: 50 }, still)).toBe(WHOLE);
});

test("the view follows the pointer, and not more than it has to", () => {
  const zoom = { factor: 4, x: 0.5, y: 0.5 };
  expect(followed(base, room, WHOLE, { x: 0.9, y: 0.9 })).toBe(WHOLE);
  expect(followed(base, room, zoom, { x: 0.55, y: 0.5 })).toBe(zoom);
  const right = followed(base, room, zoom, { x: 0.95, y: 0.5 });
  const { left, width } = zoomed(base, room, right, 1);
  expect(left + 0.95 * width).toBeGreaterThan(0);
  expect(left + 0.95 * width).toBeLessThan(room.width);
});
