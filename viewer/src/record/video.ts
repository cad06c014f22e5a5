import type { Bytes } from "../protocol/bytes.ts";
import { RecordingError } from "./format.ts";
import type { GapReason } from "./records.ts";
import { Reel } from "./reel.ts";
import type { Hole, Tape } from "./tape.ts";
import { type Track, WebM } from "./webm.ts";

export interface VideoOptions {
  readonly tape: Tape;
  readonly signal: AbortSignal;
  /** Whether stillness is left out. */
  readonly skipStill: boolean;
  /** The words for a stretch of which nothing was recorded. */
  readonly words: (hole: Hole, reason: GapReason | undefined) => readonly string[];
  /** From 0 to 1. */
  readonly onProgress: (part: number) => void;
}

export interface Video {
  readonly file: Blob;
  /** When in the video a moment of the recording is shown, in milliseconds. */
  readonly timeOf: (at: number) => number;
}

/** This browser encodes no video. */
export class NoEncoder extends Error {
  override readonly name = "NoEncoder";
}

const FRAME_MS = 40;
/** A picture stays so long at most: players are not used to longer. */
const LONGEST_MS = 1000;
/** Between two pictures at which playing can begin. */
const KEY_MS = 5000;
/** What is left of a longer stillness, and of a stretch that is missing. */
const STILL_MS = 2000;
const HOLE_MS = 3000;
const MAX_SIDE = 4096;
const MAX_QUEUE = 6;

/** Makes a video of a recording: every change of the picture, with the pointers drawn in. */
export async function makeVideo(options: VideoOptions): Promise<Video> {
  const film = new Film(options);
  try {
    return await film.make();
  } finally {
    film.close();
  }
}

class Film {
  readonly #reel: Reel;
  readonly #canvas = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D;
  #encoder: VideoEncoder | undefined;
  #webm: WebM | undefined;
  #failed: unknown;
  #keyAt = Number.NEGATIVE_INFINITY;
  #out = 0; // where the video is, in milliseconds
  readonly #times: { at: number; out: number }[] = [];

  constructor(private readonly options: VideoOptions) {
    this.#reel = new Reel(options.tape, options.signal);
    const context = this.#canvas.getContext("2d", { alpha: false });
    if (context === null) throw new NoEncoder("this browser gives no 2d canvas");
    this.#context = context;
  }

  async make(): Promise<Video> {
    const { tape, signal, onProgress } = this.options;
    for (let at = 0; ; ) {
      signal.throwIfAborted();
      if (this.#failed !== undefined) throw this.#failed;
      this.#times.push({ at, out: this.#out });
      const next = await this.#frame(at);
      if (next.at > tape.length || next.at <= at) break;
      this.#out += next.shown;
      at = next.at;
      onProgress(at / Math.max(tape.length, 1));
    }
    await this.#encoder?.flush();
    if (this.#failed !== undefined) throw this.#failed;
    if (this.#webm === undefined) throw new RecordingError("malformed", "there is no picture");
    return { file: this.#webm.finish(this.#out + FRAME_MS), timeOf: (at) => this.#timeOf(at) };
  }

  close(): void {
    if (this.#encoder !== undefined && this.#encoder.state !== "closed") this.#encoder.close();
  }

  /** Encodes the picture of a moment, and says which comes next and how long this one is shown. */
  async #frame(at: number): Promise<{ at: number; shown: number }> {
    const { tape, skipStill } = this.options;
    const hole = tape.holeAt(at);
    if (hole !== undefined) {
      await this.#card(hole);
      const left = hole.to - at;
      if (skipStill && left > HOLE_MS) return { at: hole.to, shown: HOLE_MS };
      const step = Math.min(left, LONGEST_MS);
      return { at: at + step, shown: step };
    }
    await this.#reel.show(at);
    await this.#encode(() => this.#picture(at));
    return await this.#following(at);
  }

  async #following(at: number): Promise<{ at: number; shown: number }> {
    const { tape, skipStill } = this.options;
    const soon = at + FRAME_MS;
    if (at < tape.length && soon > tape.length) return { at: tape.length, shown: tape.length - at };
    if (this.#reel.scene.moves(at)) return { at: soon, shown: FRAME_MS };
    const hole = tape.holes.find(({ from }) => from > at);
    const change = (await this.#reel.nextTime()) ?? Number.POSITIVE_INFINITY;
    const end = at < tape.length ? tape.length : tape.length + 1;
    const next = Math.max(Math.min(change, hole?.from ?? end, end), soon);
    if (skipStill && next - at > STILL_MS) return { at: next, shown: STILL_MS };
    const step = Math.min(next - at, LONGEST_MS);
    return { at: at + step, shown: step };
  }

  /** Has something drawn, and encodes it. */
  async #encode(draw: () => void): Promise<void> {
    const encoder = await this.#ready();
    if (encoder === undefined) return;
    draw();
    while (encoder.encodeQueueSize > MAX_QUEUE) {
      await new Promise((resolve) => encoder.addEventListener("dequeue", resolve, { once: true }));
    }
    const keyFrame = this.#out - this.#keyAt >= KEY_MS;
    if (keyFrame) this.#keyAt = this.#out;
    const frame = new VideoFrame(this.#canvas, { timestamp: Math.round(this.#out) * 1000 });
    encoder.encode(frame, { keyFrame });
    frame.close();
    await breath();
  }

  /** The encoder, which has the size of the first picture. */
  async #ready(): Promise<VideoEncoder | undefined> {
    if (this.#encoder !== undefined || !this.#reel.pictured) return this.#encoder;
    const { width, height } = this.#reel.canvas;
    const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
    const even = (side: number): number => Math.max(2, Math.round((side * scale) / 2) * 2);
    this.#canvas.width = even(width);
    this.#canvas.height = even(height);
    const { config, codec } = await configFor(this.#canvas.width, this.#canvas.height);
    const webm = new WebM({ codec, width: this.#canvas.width, height: this.#canvas.height });
    this.#webm = webm;
    this.#encoder = new VideoEncoder({
      output: (chunk) => {
        const data: Bytes = new Uint8Array(chunk.byteLength);
        chunk.copyTo(data);
        webm.add({ time: Math.round(chunk.timestamp / 1000), key: chunk.type === "key", data });
      },
      error: (error) => {
        this.#failed = error;
      },
    });
    this.#encoder.configure(config);
    return this.#encoder;
  }

  /** The picture fills what there is of the first one's size. */
  #picture(at: number): void {
    const { canvas, scene } = this.#reel;
    const { width, height } = this.#canvas;
    const scale = Math.min(width / canvas.width, height / canvas.height);
    this.#context.setTransform(1, 0, 0, 1, 0, 0);
    this.#context.fillStyle = "#000000";
    this.#context.fillRect(0, 0, width, height);
    const left = (width - canvas.width * scale) / 2;
    const top = (height - canvas.height * scale) / 2;
    this.#context.setTransform(scale, 0, 0, scale, left, top);
    this.#context.drawImage(canvas, 0, 0);
    scene.draw(this.#context, at);
  }

  /** A card in place of what was not recorded. */
  async #card(hole: Hole): Promise<void> {
    const lines = this.options.words(hole, await this.options.tape.reasonOf(hole));
    await this.#encode(() => {
      const { width, height } = this.#canvas;
      const size = Math.max(16, Math.round(height / 28));
      this.#context.setTransform(1, 0, 0, 1, 0, 0);
      this.#context.fillStyle = "#2a313a";
      this.#context.fillRect(0, 0, width, height);
      this.#context.fillStyle = "#e6ebf0";
      this.#context.font = `${size}px system-ui, sans-serif`;
      this.#context.textAlign = "center";
      for (const [i, line] of lines.entries()) {
        this.#context.fillText(
          line,
          width / 2,
          height / 2 + (i - (lines.length - 1) / 2) * size * 1.5,
          width - 32,
        );
      }
    });
  }

  #timeOf(at: number): number {
    const last = this.#times.findLast((one) => one.at <= at) ?? { at: 0, out: 0 };
    const next = this.#times.find((one) => one.at > at);
    return Math.round(Math.min(last.out + at - last.at, next?.out ?? this.#out));
  }
}

const vp9Levels = [
  [2_228_224, "40"],
  [8_912_896, "50"],
] as const;

async function configFor(
  width: number,
  height: number,
): Promise<{ config: VideoEncoderConfig; codec: Track["codec"] }> {
  if (typeof VideoEncoder === "undefined") throw new NoEncoder("this browser encodes no video");
  const level = vp9Levels.find(([most]) => width * height <= most)?.[1] ?? "60";
  const bitrate = Math.min(8_000_000, Math.max(800_000, 2 * width * height));
  for (const [name, codec] of [[`vp09.00.${level}.08`, "V_VP9"] as const, ["vp8", "V_VP8"] as const]) {
    const config: VideoEncoderConfig = { codec: name, width, height, bitrate, latencyMode: "quality" };
    const answer = await VideoEncoder.isConfigSupported(config).catch(() => undefined);
    if (answer?.supported === true) return { config, codec };
  }
  throw new NoEncoder("this browser encodes neither VP9 nor VP8");
}

/** Lets the page do what it has to; a timer would be held up in a page behind others. */
function breath(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
