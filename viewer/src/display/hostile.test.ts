import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { random } from "../../tests/random.ts";
import { Decoder } from "./decode.ts";
import { maxMedia, maxSide, StreamError } from "./format.ts";

const file = new URL("../../../signaling/display/testdata/updates.json", import.meta.url);
const seeds = (JSON.parse(readFileSync(file, "utf8")) as { messages: string[] }[]).flatMap((s) =>
  s.messages.filter((m) => m.length < 60_000).map((m) => new Uint8Array(Buffer.from(m, "base64"))),
);

function mutate(seed: Uint8Array, rnd: (below: number) => number): Uint8Array<ArrayBuffer> {
  let out = new Uint8Array(seed);
  for (let n = 1 + rnd(4); n > 0; n--) {
    const at = rnd(rnd(2) === 0 ? Math.min(40, out.length) : out.length);
    switch (rnd(4)) {
      case 0:
        out[at] = rnd(256);
        break;
      case 1:
        out[at] = (out[at] ?? 0) ^ (1 << rnd(8));
        break;
      case 2:
        out = out.slice(0, at + 1);
        break;
      default:
        out.copyWithin(at, rnd(out.length), out.length);
    }
  }
  return out;
}

/** A screen that is allowed, and too large to clear thousands of times. */
function slowReset(m: Uint8Array): boolean {
  return m[16] === 1 && ((m[18] ?? 0) > 1 || (m[20] ?? 0) > 1);
}

function feed(d: Decoder, message: ArrayBuffer, repeat = false): void {
  try {
    if (repeat) d.receiveRepeat(message);
    else d.receive(message);
  } catch (error) {
    expect(error).toBeInstanceOf(StreamError);
  }
  expect(d.picture.media.length).toBeLessThanOrEqual(maxMedia);
  const { width, height, pixels } = d.picture.screen;
  expect(width <= maxSide && height <= maxSide && pixels.length === width * height).toBe(true);
}

it("survives any bytes", () => {
  const rnd = random(1);
  const d = new Decoder();
  for (let i = 0; i < 5000; i++) {
    const message = new Uint8Array(rnd(200));
    for (let k = 0; k < message.length; k++) message[k] = rnd(256);
    feed(d, message.buffer);
  }
});

it("survives mutated updates", () => {
  const rnd = random(2);
  for (let i = 0; i < 6000; i++) {
    const d = new Decoder();
    for (let n = 0; n < 3; n++) {
      const message = mutate(seeds[rnd(seeds.length)] ?? new Uint8Array(), rnd);
      if (!slowReset(message)) feed(d, message.buffer, rnd(3) === 0);
    }
  }
});

it("survives mutated ops behind a right header", () => {
  const rnd = random(3);
  const plain = seeds.filter((s) => s[1] === 0 && s[0] === 3);
  for (let i = 0; i < 6000; i++) {
    const d = new Decoder();
    const seed = plain[rnd(plain.length)] ?? new Uint8Array();
    const body = mutate(seed.subarray(16), rnd);
    const message = new Uint8Array(16 + body.length);
    message.set(seed.subarray(0, 16));
    message.set(body, 16);
    const view = new DataView(message.buffer);
    view.setUint32(8, body.length, true);
    view.setUint32(12, body.length, true);
    if (!slowReset(message)) feed(d, message.buffer);
  }
});
