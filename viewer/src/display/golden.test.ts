import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Decoder } from "./decode.ts";
import { encodeAck, encodeResync, StreamError } from "./format.ts";

/** One stream of signaling/display/testdata/updates.json, which Go reads and writes too. */
interface Golden {
  name: string;
  messages: string[];
  painted: number[];
  error: string;
  w: number;
  h: number;
  hash: number;
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

describe("golden display streams", () => {
  it.each(streams)("$name", (want) => {
    const d = new Decoder();
    const painted: number[] = [];
    let error = "";
    for (const message of want.messages) {
      error = "";
      try {
        if (d.receive(bytes(message))) painted.push(d.lastSeq);
      } catch (e) {
        error = kind(e);
      }
    }
    expect({ painted, error }).toEqual({ painted: want.painted, error: want.error });
    expect([d.picture.screen.width, d.picture.screen.height]).toEqual([want.w, want.h]);
    expect(d.picture.screen.hash(0, 0, want.w, want.h)).toBe(want.hash);
    expect(d.picture.place).toEqual({ x: want.placeX, y: want.placeY });
    const { width, height, hotX, hotY, rgba } = d.picture.shape;
    const shape = { w: width, h: height, hotX, hotY, rgba: Buffer.from(rgba).toString("base64") };
    expect(shape).toEqual(want.shape);
  });

  it("covers bad streams as well as good ones", () => {
    expect(streams.length).toBeGreaterThan(30);
    expect(new Set(streams.map((s) => s.error))).toEqual(new Set(["", "malformed", "gap", "hash"]));
  });
});

describe("feedback", () => {
  const into = new DataView(new ArrayBuffer(8));
  it("acknowledges in steps of 100 µs", () => {
    expect([...encodeAck(into, 0x04030201, 1.26)]).toEqual([1, 1, 2, 3, 4, 13, 0]);
    expect([...encodeAck(into, 0xffffffff, 1e9)]).toEqual([1, 255, 255, 255, 255, 255, 255]);
  });
  it("asks to begin anew", () => {
    expect([...encodeResync(into, 5, "hash")]).toEqual([2, 5, 0, 0, 0, 3]);
  });
});
