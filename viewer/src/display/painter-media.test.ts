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

/** A decoder that does what its test says, when it says so. */
class FakeVideoDecoder {
  static all: FakeVideoDecoder[] = [];
  state = "unconfigured";
  config = "";
  chunks: string[] = [];

  constructor(readonly init: { output: (frame: unknown) => void; error: (error: Error) => void }) {
    FakeVideoDecoder.all.push(this);
  }

  configure(config: { codec: string; codedWidth: number; codedHeight: number }) {
    this.state = "configured";
    this.config = `${config.codec} ${config.codedWidth}×${config.codedHeight}`;
  }

  decode(chunk: { type: string }) {
    if (this.state !== "configured") throw new Error("closed");
    this.chunks.push(chunk.type);
  }

  close() {
    this.state = "closed";
  }

  give(displayWidth: number, displayHeight: number) {
    this.init.output(frame(displayWidth, displayHeight));
  }
}

let open = 0; // frames that nobody has closed

function frame(width: number, height: number) {
  open++;
  return { width, height, displayWidth: width, displayHeight: height, close: () => open-- };
}

/** A Painter whose canvas notes what is painted: "put" known pixels, "draw" a picture. */
function setUp() {
  const painted: string[] = [];
  const canvas = Object.assign(new EventTarget(), {
    width: 0,
    height: 0,
    getContext: () => ({
      putImageData: (_: unknown, __: number, ___: number, ...at: number[]) => painted.push(`put ${at}`),
      drawImage: (of: { displayWidth: number; displayHeight: number }, x: number, y: number) =>
        painted.push(`draw ${[x, y, of.displayWidth, of.displayHeight]}`),
    }),
  });
  const abort = new AbortController();
  const sent: string[] = [];
  const painter = new Painter({
    canvas: canvas as unknown as HTMLCanvasElement,
    signal: abort.signal,
    send: ([kind = 0, seq = 0, , , , reason = 0], by) =>
      sent.push(kind === 1 ? `ack ${seq} on ${by}` : `resync ${seq} for ${reason} on ${by}`),
  });
  return { painter, canvas, painted, sent, abort };
}

async function settle() {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

describe("Painter of pictures", () => {
  beforeEach(() => {
    FakeVideoDecoder.all = [];
    open = 0;
    vi.useFakeTimers();
    vi.stubGlobal("VideoDecoder", FakeVideoDecoder);
    vi.stubGlobal("EncodedVideoChunk", Object);
    vi.stubGlobal("ImageData", Object);
    vi.stubGlobal("createImageBitmap", async (blob: Blob) => {
      const header = Buffer.from(await blob.arrayBuffer()).subarray(0, 400);
      const at = header.indexOf(Buffer.of(0xff, 0xc0));
      return frame(header.readUInt16BE(at + 7), header.readUInt16BE(at + 5));
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("paints all behind a chunk after it, in order", async () => {
    const { painter, painted, sent } = setUp();
    const [start, key, delta, exact, end] = messages("video");
    for (const m of [start, key, delta, exact]) painter.receive(m, "display");
    expect(sent).toEqual(["ack 1 on display"]);
    const [video] = FakeVideoDecoder.all;
    expect([video?.config, video?.chunks]).toEqual(["av01.1.04M.08 64×61", ["key"]]);
    painted.length = 0;
    video?.give(64, 61);
    await settle();
    expect(painted).toEqual(["draw 32,16,64,61"]);
    expect([sent.at(-1), video?.chunks]).toEqual(["ack 2 on display", ["key", "delta"]]);
    video?.give(64, 61);
    await settle();
    expect(painted.slice(1)).toEqual(["draw 32,16,64,61", "put 32,16,32,32", "put 64,16,16,16"]);
    painter.receive(end, "display");
    expect([sent.at(-1), video?.state, open]).toEqual(["ack 5 on display", "closed", 0]);
  });

  it("never puts old pixels on a picture", async () => {
    const { painter, canvas, painted, sent } = setUp();
    const [start, key] = messages("video");
    for (const m of [start, key]) painter.receive(m, "display");
    FakeVideoDecoder.all[0]?.give(64, 61);
    await settle();
    painted.length = 0;
    canvas.dispatchEvent(new Event("contextrestored"));
    expect(painted).toEqual(["put 0,0,131,16", "put 0,16,32,61", "put 96,16,35,61"]);
    expect(sent.at(-1), "only the client can repair the rest").toBe("resync 2 for 4 on display");
  });

  it("decodes two regions at a time, and paints once both are there", async () => {
    const { painter, painted } = setUp();
    for (const m of messages("two regions, then exact again")) painter.receive(m, "display");
    const [second, first] = FakeVideoDecoder.all;
    expect([second?.config, first?.config]).toEqual(["av01.0.04M.08 19×16", "vp09.00.30.08 64×61"]);
    painted.length = 0;
    first?.give(64, 61);
    await settle();
    expect(painted).toEqual([]);
    second?.give(19, 16);
    await settle();
    expect(painted).toEqual(["draw 112,0,19,16", "draw 32,16,64,61", "put 0,0,131,77"]);
    expect(open).toBe(0);
  });

  it("paints JPEGs", async () => {
    vi.useRealTimers();
    const { painter, painted, sent } = setUp();
    for (const m of messages("jpeg")) painter.receive(m, "display");
    await vi.waitFor(() => expect(sent.at(-1)).toBe("ack 2 on display"));
    expect(painted.slice(-2)).toEqual(["draw 0,64,131,13", "draw 16,0,48,32"]);
    expect(open).toBe(0);
  });

  it.each<[string, (video: FakeVideoDecoder) => void]>([
    ["fails", (video) => video.init.error(new Error("no"))],
    ["gives another size", (video) => video.give(64, 60)],
    ["gives nothing", () => vi.advanceTimersByTime(2000)],
  ])("asks to begin anew when a decoder %s", async (_, act) => {
    const { painter, sent } = setUp();
    const [start, key, delta] = messages("video");
    for (const m of [start, key, delta]) painter.receive(m, "display");
    const [video] = FakeVideoDecoder.all;
    if (video !== undefined) act(video);
    await settle();
    expect(sent).toEqual(["ack 1 on display", "resync 1 for 5 on display"]);
    expect([video?.state, open]).toEqual(["closed", 0]);
    painter.receive(delta, "display");
    expect(sent.length, "lost until a reset").toBe(2);
    painter.receive(start, "display");
    expect(sent.at(-1)).toBe("ack 1 on display");
  });

  it("does not blame the codec when the browser takes a decoder back", async () => {
    const { painter, sent } = setUp();
    const [start, key, delta] = messages("video");
    for (const m of [start, key]) painter.receive(m, "display");
    const [video] = FakeVideoDecoder.all;
    video?.give(64, 61);
    await settle();
    video?.init.error(new DOMException("Codec reclaimed due to inactivity.", "QuotaExceededError"));
    video?.close();
    painter.receive(delta, "display");
    await settle();
    expect(sent.slice(1)).toEqual(["ack 2 on display", "resync 2 for 4 on display"]);
    for (const m of [start, key]) painter.receive(m, "display");
    FakeVideoDecoder.all[1]?.give(64, 61);
    await settle();
    expect(sent.at(-1), "by a new decoder").toBe("ack 2 on display");
  });

  it("asks to begin anew where there is no WebCodecs", async () => {
    vi.stubGlobal("VideoDecoder", undefined);
    const { painter, sent } = setUp();
    for (const m of messages("video")) painter.receive(m, "display");
    await settle();
    expect(sent).toEqual(["ack 1 on display", "resync 1 for 5 on display"]);
  });

  it("keeps little behind a chunk that does not come", () => {
    const { painter, sent } = setUp();
    const [start, key, delta = new ArrayBuffer(0)] = messages("video");
    for (const m of [start, key]) painter.receive(m, "display");
    for (let i = 0; i < 1024; i++) painter.receive(delta, "display");
    expect(sent.length).toBe(1);
    painter.receive(delta, "display");
    expect(sent.at(-1)).toBe("resync 1 for 1 on display");
  });

  it("is silent after its signal, whatever is under way", async () => {
    const { painter, painted, sent, abort } = setUp();
    for (const m of messages("video").slice(0, 2)) painter.receive(m, "display");
    painted.length = 0;
    const [video] = FakeVideoDecoder.all;
    abort.abort();
    video?.give(64, 61);
    await settle();
    expect([painted, sent, video?.state, open]).toEqual([[], ["ack 1 on display"], "closed", 0]);
  });

  it("acknowledges a repeat where it came", () => {
    const { painter, sent } = setUp();
    const [start, , late] = messages("a repeat from the future is ignored").slice(0, 3);
    painter.receive(start, "display");
    painter.receive(late, "repeat");
    painter.receive(late, "display");
    expect(sent).toEqual(["ack 7 on display", "ack 8 on repeat", "ack 8 on display"]);
  });
});
