import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Decoder } from "./decode.ts";
import { encodeAck, encodeResync, StreamError } from "./format.ts";
import { Framebuffer } from "./framebuffer.ts";
import type { Picture } from "./picture.ts";

/** One stream of signaling/display/testdata/updates.json, which Go reads and writes too. */
interface Golden {
  name: string;
  messages: string[];
  repeats: number[]; // messages of the repeat channel
  acked: number[];
  error: string;
  w: number;
  h: number;
  hash: number; // with unknown pixels black
  unknown: number; // blocks
  media: {
    x: number;
    y: number;
    w: number;
    h: number;
    codec: number;
    region: number;
    key: boolean;
    crc: number;
  }[];
  placeX: number;
  placeY: number;
  shape: { w: number; h: number; hotX: number; hotY: number; rgba: string };
}

const file = new URL("../../../signaling/display/testdata/updates.json", import.meta.url);
const streams = JSON.parse(readFileSync(file, "utf8")) as Golden[];

function bytes(base64: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(base64, "base64")).buffer;
}

function kind(error: unknown): string {
  if (error instanceof StreamError) return error.reason;
  throw error;
}

function crc32(data: Uint8Array): number {
  let crc = -1;
  for (const byte of data) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** What a viewer would give to its codecs, as Go writes it. */
function mediaOf(picture: Picture): Golden["media"] {
  return picture.media.map(({ x, y, w, h, codec, region, key, data }) => {
    const number = { av1: 1, "av1-444": 2, vp9: 3, "vp9-444": 4, jpeg: 255 }[codec];
    return { x, y, w, h, codec: number, region, key, crc: crc32(data) };
  });
}

/** The check sum of the screen with its unknown pixels black. */
function hashOfKnown({ screen, unknown }: Picture): number {
  const known = new Framebuffer();
  known.resize(screen.width, screen.height);
  unknown.outside(0, 0, screen.width, screen.height, (x, y, w, h) => {
    for (let row = y; row < y + h; row++) {
      const start = row * screen.width + x;
      known.pixels.set(screen.pixels.subarray(start, start + w), start);
    }
  });
  return known.hash(0, 0, known.width, known.height);
}

describe("golden display streams", () => {
  it.each(streams)("$name", (want) => {
    const d = new Decoder();
    const acked: number[] = [];
    const media: Golden["media"] = [];
    let error = "";
    for (const [i, message] of want.messages.entries()) {
      error = "";
      try {
        const repeat = want.repeats.includes(i);
        const got = repeat ? d.receiveRepeat(bytes(message)) : d.receive(bytes(message));
        if (got !== "nothing") acked.push(d.lastSeq);
        if (got === "painted") media.push(...mediaOf(d.picture));
      } catch (e) {
        error = kind(e);
        if (error === "malformed") media.push(...mediaOf(d.picture));
      }
    }
    expect({ acked, error, media }).toEqual({ acked: want.acked, error: want.error, media: want.media });
    expect(d.picture.unknown.count).toBe(want.unknown);
    expect([d.picture.screen.width, d.picture.screen.height]).toEqual([want.w, want.h]);
    expect(hashOfKnown(d.picture)).toBe(want.hash);
    expect(d.picture.place).toEqual({ x: want.placeX, y: want.placeY });
    const { width, height, hotX, hotY, rgba } = d.picture.shape;
    const shape = { w: width, h: height, hotX, hotY, rgba: Buffer.from(rgba).toString("base64") };
    expect(shape).toEqual(want.shape);
  });

  it("covers bad streams as well as good ones", () => {
    expect(streams.length).toBeGreaterThan(80);
    expect(new Set(streams.map((s) => s.error))).toEqual(new Set(["", "malformed", "gap", "hash"]));
  });
});

describe("feedback", () => {
  const into = new DataView(new ArrayBuffer(11));
  it("acknowledges in steps of 100 µs", () => {
    expect([...encodeAck(into, 0x04030201, 1.26, 102.4)]).toEqual([1, 1, 2, 3, 4, 13, 0, 0, 4, 0, 0]);
    const [most, wrapped] = [
      [255, 255],
      [2, 0, 0, 0],
    ];
    expect([...encodeAck(into, 0xffffffff, 1e9, 429_496_729.8)]).toEqual([
      ...[1, 255, 255, 255, 255],
      ...most,
      ...wrapped,
    ]);
  });
  it("asks to begin anew", () => {
    expect([...encodeResync(into, 5, "hash")]).toEqual([2, 5, 0, 0, 0, 3]);
    expect([...encodeResync(into, 5, "video")]).toEqual([2, 5, 0, 0, 0, 5]);
  });
});
