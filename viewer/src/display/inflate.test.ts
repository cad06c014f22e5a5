import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { random } from "../../tests/random.ts";
import { StreamError } from "./format.ts";
import { inflate } from "./inflate.ts";

const rnd = random(7);

/** Bytes that repeat themselves as much as spread is low. */
function body(size: number, spread: number): Uint8Array {
  const out = new Uint8Array(size);
  for (let i = 0; i < size; ) {
    const n = 1 + rnd(40);
    if (i > 300 && rnd(3) > 0) {
      const from = i - 1 - rnd(300);
      for (let k = 0; k < n && i < size; k++) out[i++] = out[from + k] ?? 0;
    } else {
      for (let k = 0; k < n && i < size; k++) out[i++] = rnd(spread);
    }
  }
  return out;
}

const strategies = [
  constants.Z_DEFAULT_STRATEGY,
  constants.Z_HUFFMAN_ONLY,
  constants.Z_RLE,
  constants.Z_FIXED,
];

function sizes(): number[] {
  return [1, 2, 257, 258, 259, 1000, 40_000, 300_000];
}

describe("inflate", () => {
  it.each(sizes())("unpacks what zlib packs: %i bytes", (size) => {
    for (const spread of [1, 2, 20, 256]) {
      const want = body(size, spread);
      for (const strategy of strategies) {
        for (const level of [0, 1, 3, 9]) {
          const got = new Uint8Array(size);
          inflate(deflateRawSync(want, { level, strategy }), got);
          expect(Buffer.compare(got, want)).toBe(0);
        }
      }
    }
  });

  it("fills its room exactly and reads all", () => {
    const packed = deflateRawSync(body(500, 9));
    for (const room of [0, 1, 499, 501, 10_000]) {
      expect(() => inflate(packed, new Uint8Array(room))).toThrow(StreamError);
    }
    expect(() => inflate(Buffer.concat([packed, Buffer.of(0)]), new Uint8Array(500))).toThrow(StreamError);
    for (let n = 0; n < packed.length; n++) {
      expect(() => inflate(packed.subarray(0, n), new Uint8Array(500))).toThrow(StreamError);
    }
  });

  it("accepts of mutated streams only what zlib reads in the same way", () => {
    let accepted = 0;
    for (let i = 0; i < 20_000; i++) {
      const size = 1 + rnd(300);
      const packed = Uint8Array.from(
        deflateRawSync(body(size, 1 + rnd(60)), { strategy: strategies[rnd(4)] ?? 0 }),
      );
      for (let n = rnd(3); n >= 0; n--) {
        const at = rnd(packed.length);
        packed[at] = (packed[at] ?? 0) ^ (1 << rnd(8));
      }
      const got = new Uint8Array(size);
      try {
        inflate(packed, got);
      } catch (error) {
        expect(error).toBeInstanceOf(StreamError);
        continue;
      }
      accepted++;
      expect(Buffer.compare(got, inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH }))).toBe(0);
    }
    expect(accepted).toBeGreaterThan(100); // mutations of stored and literal bytes
  });
});
