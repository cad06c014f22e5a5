import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Painter } from "./painter.ts";

const file = new URL("../../../signaling/display/testdata/updates.json", import.meta.url);
const streams = JSON.parse(readFileSync(file, "utf8")) as { name: string; messages: string[] }[];

function messages(name: string): ArrayBuffer[] {
  const found = streams.find((s) => s.name === name);
  if (found === undefined) throw new Error(`no golden stream ${name}`);
  return found.messages.map((m) => new Uint8Array(Buffer.from(m, "base64")).buffer);
}

// Node has no ImageData; the Painter only hands it on.
class PlainImageData {
  constructor(
    readonly data: Uint8ClampedArray,
    readonly width: number,
    readonly height: number,
  ) {}
}

/** A canvas that only remembers where it was painted. */
function fakeCanvas() {
  const painted: number[][] = [];
  const canvas = Object.assign(new EventTarget(), {
    width: 0,
    height: 0,
    getContext: () => ({
      putImageData: (_: unknown, ...at: number[]) => painted.push(at),
    }),
  });
  return { canvas: canvas as unknown as HTMLCanvasElement, painted };
}

function setUp() {
  const { canvas, painted } = fakeCanvas();
  const abort = new AbortController();
  const sent: number[][] = [];
  const told: string[] = [];
  const painter = new Painter({
    canvas,
    signal: abort.signal,
    send: (m) => sent.push([...m]),
    onResize: (w, h) => told.push(`size ${w}×${h}`),
    onPointerShape: (s) => told.push(`shape ${s.width}×${s.height}`),
    onPointerPlace: (x, y) => told.push(`place ${x},${y}`),
    onResync: (reason) => told.push(`resync ${reason}`),
  });
  return { painter, canvas, painted, sent, told, abort };
}

describe("Painter", () => {
  beforeEach(() => vi.stubGlobal("ImageData", PlainImageData));
  afterEach(() => vi.unstubAllGlobals());

  it("paints, tells and acknowledges", () => {
    const { painter, canvas, painted, sent, told } = setUp();
    for (const m of messages("pointer and hash")) painter.receive(m, "display");
    expect([canvas.width, canvas.height]).toEqual([131, 77]);
    expect(painted[0]).toEqual([0, 0, 0, 0, 131, 77]);
    expect(sent.map((m) => m.slice(0, 5))).toEqual([
      [1, 1, 0, 0, 0],
      [1, 2, 0, 0, 0],
    ]);
    expect(told).toEqual(["size 131×77", "shape 3×2", "place -7,500", "place 12,34"]);
  });

  it("acknowledges an update of many parts once", () => {
    const { painter, sent } = setUp();
    const parts = messages("many parts");
    expect(parts.length).toBeGreaterThan(1);
    for (const m of parts) painter.receive(m, "display");
    expect(sent.length).toBe(1);
  });

  it("asks to begin anew, once, and waits for it", () => {
    const { painter, sent, told } = setUp();
    const [start, skipped] = messages("skipped update");
    for (const m of [start, skipped, skipped, skipped]) painter.receive(m, "display");
    expect(sent.slice(1)).toEqual([[2, 1, 0, 0, 0, 2]]);
    expect(told.at(-1)).toBe("resync gap");
    painter.receive(start, "display");
    expect(sent.length).toBe(3);
  });

  it("paints while it rests, and acknowledges afterwards, once", () => {
    const { painter, painted, sent } = setUp();
    const [first, second] = messages("pointer and hash");
    painter.rest(true);
    for (const m of [first, second]) painter.receive(m, "display");
    expect([painted.length > 0, sent.length]).toEqual([true, 0]);
    painter.rest(false);
    expect(
      sent.map((ack) => ack.slice(0, 7)),
      "65 535 tells that it rested",
    ).toEqual([[1, 2, 0, 0, 0, 255, 255]]);
    painter.rest(true);
    painter.rest(false);
    expect(sent.length, "nothing new").toBe(1);
  });

  it("refuses what is not binary", () => {
    const { painter, sent } = setUp();
    painter.receive("text", "display");
    expect(sent).toEqual([[2, 0, 0, 0, 0, 1]]);
  });

  it("is silent after its signal", () => {
    const { painter, painted, sent, abort } = setUp();
    abort.abort();
    for (const m of messages("lz4")) painter.receive(m, "display");
    painter.resync();
    expect([painted, sent]).toEqual([[], []]);
  });

  it("repaints a canvas that lost its memory", () => {
    const { painter, canvas, painted } = setUp();
    for (const m of messages("lz4")) painter.receive(m, "display");
    const before = painted.length;
    canvas.dispatchEvent(new Event("contextrestored"));
    expect(painted.slice(before)).toEqual([[0, 0, 0, 0, 131, 77]]);
  });
});
