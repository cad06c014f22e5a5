import { describe, expect, it } from "vitest";
import { random } from "../../tests/random.ts";
import { Blocks } from "./blocks.ts";

const rnd = random(11);

/** A set kept block by block, and each question answered by looking at every pixel. */
class Model {
  readonly set = new Set<string>();
  constructor(
    readonly width: number,
    readonly height: number,
  ) {}

  /** Every block that the rectangle touches, and whether it covers it. */
  *touched(x: number, y: number, w: number, h: number) {
    for (let row = y >> 4; row <= (y + h - 1) >> 4; row++) {
      for (let column = x >> 4; column <= (x + w - 1) >> 4; column++) {
        const covered =
          x <= column * 16 &&
          y <= row * 16 &&
          x + w >= Math.min(column * 16 + 16, this.width) &&
          y + h >= Math.min(row * 16 + 16, this.height);
        yield { key: `${column},${row}`, covered };
      }
    }
  }
}

function rectangle(width: number, height: number): [number, number, number, number] {
  const x = rnd(width);
  const y = rnd(height);
  return [x, y, 1 + rnd(width - x), 1 + rnd(height - y)];
}

describe("Blocks", () => {
  it("is a set of blocks", () => {
    for (let i = 0; i < 400; i++) {
      const width = 1 + rnd(150);
      const height = 1 + rnd(100);
      const blocks = new Blocks();
      blocks.resize(width, height);
      const model = new Model(width, height);
      for (let n = 0; n < 8; n++) {
        const r = rectangle(width, height);
        const touched = [...model.touched(...r)];
        expect(blocks.touches(...r)).toBe(touched.some((b) => model.set.has(b.key)));
        expect(blocks.cuts(...r)).toBe(touched.some((b) => model.set.has(b.key) && !b.covered));
        expect(blocks.aligned(...r)).toBe(touched.every((b) => b.covered));
        const add = rnd(2) === 0;
        if (add) blocks.add(...r);
        else blocks.remove(...r);
        for (const { key } of touched) {
          if (add) model.set.add(key);
          else model.set.delete(key);
        }
        expect(blocks.count).toBe(model.set.size);
        expectOutside(blocks, model, rectangle(width, height));
      }
    }
  });
});

/** The parts that outside gives are apart, and hold every known pixel and no other. */
function expectOutside(blocks: Blocks, model: Model, [x, y, w, h]: [number, number, number, number]) {
  const times = new Uint8Array(model.width * model.height);
  blocks.outside(x, y, w, h, (px, py, pw, ph) => {
    for (let row = py; row < py + ph; row++) {
      for (let at = px; at < px + pw; at++)
        times[row * model.width + at] = (times[row * model.width + at] ?? 0) + 1;
    }
  });
  const want = new Uint8Array(times.length);
  for (let row = y; row < y + h; row++) {
    for (let at = x; at < x + w; at++) {
      want[row * model.width + at] = model.set.has(`${at >> 4},${row >> 4}`) ? 0 : 1;
    }
  }
  expect(Buffer.compare(times, want)).toBe(0);
}
