import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeFromClient } from "./control.ts";
import { decodeFrame, encodeFrame } from "./files.ts";
import { DecodeError } from "./read.ts";

interface Golden {
  readonly name: string;
  readonly hex: string;
  readonly kind: number;
  readonly n: number;
  readonly offset: number;
  readonly bytes: string;
}

function read(name: string): readonly Golden[] {
  return JSON.parse(
    readFileSync(new URL(`../../../signaling/control/testdata/${name}.json`, import.meta.url), "utf8"),
  );
}

const raw = (hex: string): ArrayBuffer => new Uint8Array(Buffer.from(hex, "hex")).buffer;

test.each(read("frames"))("$name is read and written", ({ hex, kind, n, offset, bytes }) => {
  const frame = decodeFrame(raw(hex));
  expect(frame).toMatchObject({ kind: kind === 1 ? "piece" : "took", n, offset });
  if (frame.kind === "piece") expect(new TextDecoder().decode(frame.bytes)).toBe(bytes);
  expect(Buffer.from(encodeFrame(frame)).toString("hex")).toBe(hex);
});

test.each(read("frames-refused"))("$name is refused", ({ hex }) => {
  expect(() => decodeFrame(raw(hex))).toThrow(DecodeError);
});

test("whatever comes as a frame is read, or refused as one", () => {
  for (let round = 0; round < 3000; round++) {
    const bytes = crypto.getRandomValues(new Uint8Array(Math.floor(Math.random() * 40)));
    bytes[0] = (bytes[0] ?? 0) % 4;
    try {
      const frame = decodeFrame(bytes.buffer);
      expect(Buffer.from(encodeFrame(frame))).toEqual(Buffer.from(bytes));
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeError);
    }
  }
});

test("a name is a text, and its reason one that is known", () => {
  const giving = { type: "giving", n: 1, name: "<img src=x onerror=alert(1)>", size: 1, from: 0 };
  expect(decodeFromClient(JSON.stringify(giving))).toEqual(giving);
  for (const changed of [
    { name: "" },
    { name: 1 },
    { from: 2 },
    { size: 2 ** 31 + 1 },
    { n: 0 },
    { path: "/etc" },
  ])
    expect(() => decodeFromClient(JSON.stringify({ ...giving, ...changed }))).toThrow(DecodeError);
  expect(() => decodeFromClient('{"type":"dropped","n":1,"reason":"<b>"}')).toThrow(DecodeError);
});
