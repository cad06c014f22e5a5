/** Runs in the browser: feeds a Painter with what this very browser's encoders make, and tells what the canvas shows. */
import { decodableCodecs, decoderConfig } from "../../src/display/codecs.ts";
import { Painter } from "../../src/display/painter.ts";
import type { VideoCodec } from "../../src/protocol/control.ts";

const screen = { width: 320, height: 240 };
const region = { x: 32, y: 16, width: 128, height: 96 };
const numbers: Record<VideoCodec, number> = { av1: 1, "av1-444": 2, vp9: 3, "vp9-444": 4 };

export interface Shown {
  /** Numbers acknowledged, in order, and "resync" with its reason. */
  readonly said: readonly string[];
  /** The colours at the points asked for, as #rrggbb. */
  readonly colours: readonly string[];
}

/** The part of a body that writes numbers of 1, 2 and 4 bytes. */
class Writer {
  readonly bytes: number[] = [];
  u8(...values: number[]) {
    this.bytes.push(...values);
    return this;
  }
  u16(...values: number[]) {
    for (const v of values) this.bytes.push(v & 255, v >> 8);
    return this;
  }
  data(data: Uint8Array) {
    const n = data.length;
    this.bytes.push(n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24);
    for (const byte of data) this.bytes.push(byte);
    return this;
  }
}

/** A Painter on a canvas of the page, and one update after another for it. */
class Viewer {
  readonly canvas = document.createElement("canvas");
  readonly said: string[] = [];
  private readonly painter: Painter;
  private seq = 0;
  private heard: () => void = () => {};

  constructor() {
    document.body.append(this.canvas);
    this.painter = new Painter({
      canvas: this.canvas,
      signal: new AbortController().signal,
      send: (message) => {
        this.said.push(message[0] === 1 ? `ack ${message[1]}` : `resync ${message[5]}`);
        this.heard();
      },
    });
  }

  /** Sends an update and waits for the answer; updates of more than one message are not needed here. */
  async update(body: Writer): Promise<void> {
    const n = body.bytes.length;
    const message = new Uint8Array(16 + n);
    const view = new DataView(message.buffer);
    message[0] = body.bytes[0] === 1 ? 3 : 1;
    view.setUint32(4, ++this.seq, true);
    view.setUint32(8, n, true);
    view.setUint32(12, n, true);
    message.set(body.bytes, 16);
    const answer = new Promise<void>((resolve) => {
      this.heard = resolve;
    });
    this.painter.receive(message.buffer, "display");
    await answer;
  }

  async begin(): Promise<void> {
    const { width, height } = screen;
    await this.update(new Writer().u8(1).u16(width, height).u8(4).u16(0, 0, width, height).u8(0, 0, 128, 0));
  }

  colours(points: readonly (readonly [number, number])[]): string[] {
    const context = this.canvas.getContext("2d");
    return points.map(([x, y]) => {
      const [r = 0, g = 0, b = 0] = context?.getImageData(x, y, 1, 1).data ?? [];
      return `#${[r, g, b].map((v) => v.toString(16).padStart(2, "0")).join("")}`;
    });
  }
}

/** Left half red, right half the given colour. */
function picture(width: number, height: number, right: string): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  context.fillStyle = "#ff0000";
  context.fillRect(0, 0, width, height);
  context.fillStyle = right;
  context.fillRect(width / 2, 0, width / 2, height);
  return canvas;
}

/** Chunks of a video of pictures, or none where this browser cannot encode that. */
async function encode(codec: VideoCodec, width: number, height: number, rights: readonly string[]) {
  const config: VideoEncoderConfig = {
    codec: decoderConfig(codec, width, height).codec,
    width,
    height,
    bitrate: 4_000_000,
    latencyMode: "realtime",
  };
  const support = await VideoEncoder.isConfigSupported(config).catch(() => undefined);
  if (support?.supported !== true) return [];
  const chunks: Uint8Array[] = [];
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      chunks.push(data);
    },
    error: (error) => console.error(error),
  });
  encoder.configure(config);
  for (const [i, right] of rights.entries()) {
    const frame = new VideoFrame(picture(width, height, right), { timestamp: i * 33_000 });
    encoder.encode(frame, { keyFrame: i === 0 });
    frame.close();
  }
  await encoder.flush();
  encoder.close();
  return chunks;
}

function video(chunk: Uint8Array, first: VideoCodec | undefined): Writer {
  const { x, y, width, height } = region;
  const body = new Writer();
  if (first !== undefined) body.u8(8, 0).u16(x, y, width, height).u8(numbers[first]);
  return body.u8(9, 0, first === undefined ? 0 : 1).data(chunk);
}

/** A video of three pictures, and an exact tile over a part of the last. Undefined where nothing encodes it. */
async function showVideo(codec: VideoCodec, points: readonly (readonly [number, number])[]) {
  const { width, height } = region;
  const [key, second, third] = await encode(codec, width, height, ["#0000ff", "#ffffff", "#000000"]);
  if (key === undefined || second === undefined || third === undefined) return undefined;
  const viewer = new Viewer();
  await viewer.begin();
  await viewer.update(video(key, codec));
  const first = viewer.colours(points);
  await viewer.update(video(second, undefined));
  await viewer.update(video(third, undefined).u8(4).u16(32, 16, 32, 32).u8(0, 255, 255, 0));
  return { said: viewer.said, colours: [...first, ...viewer.colours(points)] };
}

/** A JPEG at that place. */
async function showJpeg(points: readonly (readonly [number, number])[]): Promise<Shown> {
  const viewer = new Viewer();
  await viewer.begin();
  await viewer.update(await jpeg(160, 64));
  return { said: viewer.said, colours: viewer.colours(points) };
}

async function jpeg(width: number, height: number): Promise<Writer> {
  const blob = await picture(width, height, "#0000ff").convertToBlob({ type: "image/jpeg", quality: 0.9 });
  const data = new Uint8Array(await blob.arrayBuffer());
  return new Writer().u8(10).u16(32, 16, width, height).data(withoutProfile(data));
}

/** The file without its APP2 segments: browsers write a colour profile, which the format does not allow. */
function withoutProfile(file: Uint8Array): Uint8Array {
  for (let at = 2; file[at + 1] !== 0xda; ) {
    const end = at + 2 + (((file[at + 2] ?? 0) << 8) | (file[at + 3] ?? 0));
    if (file[at + 1] === 0xe2) file = Uint8Array.of(...file.subarray(0, at), ...file.subarray(end));
    else at = end;
  }
  return file;
}

/** What a viewer says to bytes that are no video. */
async function showNonsense(codec: VideoCodec): Promise<Shown> {
  const viewer = new Viewer();
  await viewer.begin();
  await viewer.update(video(new Uint8Array(100).fill(0x55), codec));
  return { said: viewer.said, colours: [] };
}

Object.assign(globalThis, { display: { decodableCodecs, showVideo, showJpeg, showNonsense } });

declare global {
  /** What the page of media.e2e.ts gives to its test. */
  var display: {
    decodableCodecs: typeof decodableCodecs;
    showVideo: typeof showVideo;
    showJpeg: typeof showJpeg;
    showNonsense: typeof showNonsense;
  };
}
