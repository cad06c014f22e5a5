import { Decoder, type Received } from "./decode.ts";
import { encodeAck, encodeResync, type Reason, restedMs, StreamError } from "./format.ts";
import { Held } from "./held.ts";
import { type Frame, MediaDecoder } from "./media.ts";
import type { PointerShape } from "./picture.ts";

/** The data channels of a display stream. */
export type Channel = "display" | "repeat";

/** What one painted update was. */
export interface PaintStats {
  readonly seq: number;
  readonly bytes: number; // of its messages
  readonly paintMs: number; // decoding and painting
  readonly arrivalMs: number; // from its first byte here until it was painted
}

export interface PainterOptions {
  readonly canvas: HTMLCanvasElement;
  /** Sends on one of the channels. The message's memory is reused after the call. */
  readonly send: (message: Uint8Array<ArrayBuffer>, channel: Channel) => void;
  /** Ends the Painter: it listens to nothing, paints nothing and sends nothing after that. */
  readonly signal: AbortSignal;
  readonly onResize?: (width: number, height: number) => void;
  readonly onPointerShape?: (shape: PointerShape) => void;
  readonly onPointerPlace?: (x: number, y: number) => void;
  readonly onPaint?: (stats: PaintStats) => void;
  /** The stream had to begin anew. */
  readonly onResync?: (reason: Reason, what: string) => void;
}

interface Message {
  readonly bytes: ArrayBuffer | Uint8Array<ArrayBuffer>; // the latter: a whole update
  readonly channel: Channel;
  readonly at: number; // when it came
}

/** Bytes and messages that may wait behind a picture; a client that waits for ACKs sends far less. */
const MAX_WAITING_BYTES = 4 << 20;
const MAX_WAITING = 1024;

/**
 * Shows a display stream on a canvas. Give every message of its channels to
 * receive; the Painter acknowledges what it has painted and asks to begin anew
 * when something is wrong. It decodes on the calling thread into its own
 * framebuffer, so the canvas is only ever written. Only what takes a codec is
 * decoded elsewhere: then the update, and all behind it, waits.
 */
export class Painter {
  readonly #options: PainterOptions;
  readonly #context: CanvasRenderingContext2D;
  readonly #decoder = new Decoder();
  readonly #media = new MediaDecoder();
  readonly #feedback = new DataView(new ArrayBuffer(11));
  #image: ImageData | undefined; // of the decoder's screen
  #painted = 0; // number of the update that the canvas shows
  #bytes = 0; // of the update being received
  #begun = 0; // when its first message came
  #resting = false;
  #owing = false; // an acknowledgement was kept back
  #decoding: object | undefined; // stands for the pictures that all else waits for
  #waiting: Message[] = [];
  #waitingBytes = 0;
  #held: Held | undefined; // what came since hold

  constructor(options: PainterOptions) {
    const context = options.canvas.getContext("2d", { alpha: false, desynchronized: true });
    if (context === null) throw new Error("this browser gives no 2d canvas");
    this.#options = options;
    this.#context = context;
    const { canvas, signal } = options;
    canvas.addEventListener("contextrestored", () => this.#restore(), { signal });
    signal.addEventListener("abort", () => this.#drop());
  }

  /** Takes one message of a channel, whose binaryType is "arraybuffer". */
  receive(message: unknown, channel: Channel): void {
    if (this.#options.signal.aborted) return;
    if (!(message instanceof ArrayBuffer)) {
      this.#ask("malformed", "message is not binary");
      return;
    }
    this.#come({ bytes: message, channel, at: performance.now() });
  }

  /** Takes a whole update, as recordings keep it. Its memory must stay as it is until it is acknowledged. */
  receiveWhole(update: Uint8Array<ArrayBuffer>): void {
    if (!this.#options.signal.aborted)
      this.#come({ bytes: update, channel: "display", at: performance.now() });
  }

  #come(message: Message): void {
    if (this.#decoding === undefined) this.#take(message);
    else this.#wait(message);
  }

  /**
   * While nobody looks the Painter rests: it paints what comes but acknowledges
   * nothing, so the client, which then has a few updates under way, stops.
   */
  rest(resting: boolean): void {
    this.#resting = resting;
    if (resting || !this.#owing || this.#options.signal.aborted) return;
    this.#acknowledge("display", restedMs, performance.now());
  }

  /** Asks for the whole picture, as when the page has lost it. */
  resync(): void {
    if (!this.#options.signal.aborted) this.#ask("asked", "asked for");
  }

  /**
   * From now on updates are gone through as fast as they come, and acknowledged, but nothing is shown of them
   * before release. Nothing may be under way.
   */
  hold(): void {
    this.#held ??= new Held();
  }

  /** Shows what came since hold. Resolves when it is on the canvas; rejects with a StreamError. */
  async release(): Promise<void> {
    const held = this.#held;
    if (held === undefined) return;
    const pictures = await held.pictures();
    if (this.#held !== held) {
      for (const { frame } of pictures) frame.close();
      return;
    }
    this.#held = undefined;
    const { screen } = this.#decoder.picture;
    if (held.resized) this.#resize(screen.width, screen.height);
    for (const { frame, rect } of pictures) {
      this.#context.drawImage(frame, rect.x, rect.y, rect.w, rect.h);
      frame.close();
    }
    this.#put(0, 0, screen.width, screen.height);
    if (held.resized) this.#options.onResize?.(screen.width, screen.height);
  }

  #read(bytes: Message["bytes"], channel: Channel): Received {
    if (!(bytes instanceof ArrayBuffer)) return this.#decoder.receiveWhole(bytes);
    return channel === "repeat" ? this.#decoder.receiveRepeat(bytes) : this.#decoder.receive(bytes);
  }

  #take({ bytes, channel, at }: Message): void {
    const start = performance.now();
    let received: Received;
    try {
      received = this.#read(bytes, channel);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#ask(error.reason, error.message);
      return;
    }
    if (received === "duplicate") {
      this.#acknowledge(channel, performance.now() - start, start);
      return;
    }
    if (channel === "display" || received === "painted") {
      if (this.#bytes === 0) this.#begun = at;
      this.#bytes += bytes.byteLength;
    }
    if (received === "nothing") return;
    if (this.#held !== undefined) this.#pass(this.#held, channel, start);
    else if (this.#decoder.picture.media.length > 0) this.#decode(channel, start);
    else this.#paint([], channel, start);
  }

  /** Goes through an update without showing it. */
  #pass(held: Held, channel: Channel, start: number): void {
    const { picture } = this.#decoder;
    held.add(picture.media, () => this.#media.decode(picture.media));
    held.resized ||= picture.resized;
    this.#media.keep((region) => picture.regions.isOpen(region));
    this.#tellPointer();
    this.#painted = this.#decoder.lastSeq;
    this.#bytes = 0;
    this.#acknowledge(channel, performance.now() - start, start);
  }

  /** Has pictures decoded, paints then, and goes on with what has come meanwhile. */
  #decode(channel: Channel, start: number): void {
    const decoding = {};
    this.#decoding = decoding;
    this.#media.decode(this.#decoder.picture.media).then(
      (frames) => {
        if (this.#decoding === decoding) {
          this.#decoding = undefined;
          this.#paint(frames, channel, start);
        }
        for (const frame of frames) frame.close();
        this.#goOn();
      },
      (error: unknown) => {
        if (this.#decoding !== decoding) return;
        this.#ask(error instanceof StreamError ? error.reason : "video", String(error));
      },
    );
  }

  #wait(message: Message): void {
    this.#waiting.push(message);
    this.#waitingBytes += message.bytes.byteLength;
    if (this.#waiting.length > MAX_WAITING || this.#waitingBytes > MAX_WAITING_BYTES) {
      this.#ask("malformed", "too much behind a picture");
    }
  }

  #goOn(): void {
    while (this.#decoding === undefined) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#waitingBytes -= next.bytes.byteLength;
      this.#take(next);
    }
  }

  #paint(frames: readonly Frame[], channel: Channel, start: number): void {
    this.#show(frames);
    this.#painted = this.#decoder.lastSeq;
    const now = performance.now();
    const paintMs = now - start;
    this.#acknowledge(channel, paintMs, start);
    const arrivalMs = now - this.#begun;
    this.#options.onPaint?.({ seq: this.#painted, bytes: this.#bytes, paintMs, arrivalMs });
    this.#bytes = 0;
  }

  #acknowledge(channel: Channel, paintMs: number, begunMs: number): void {
    this.#owing = this.#resting;
    if (this.#resting) return;
    this.#options.send(encodeAck(this.#feedback, this.#painted, paintMs, begunMs), channel);
  }

  #ask(reason: Reason, what: string): void {
    this.#drop();
    this.#options.send(encodeResync(this.#feedback, this.#painted, reason), "display");
    this.#options.onResync?.(reason, what);
  }

  /** Forgets what is under way: the stream ends, or begins anew. */
  #drop(): void {
    this.#decoder.lose();
    this.#media.drop();
    this.#held?.close();
    this.#held = undefined;
    this.#decoding = undefined;
    this.#owing = false;
    this.#waiting = [];
    this.#waitingBytes = this.#bytes = 0;
  }

  /** Brings the canvas and the listeners up to the decoder's last update, whose pictures are frames. */
  #show(frames: readonly Frame[]): void {
    const { picture } = this.#decoder;
    const { screen, changed, media } = picture;
    if (picture.resized) this.#resize(screen.width, screen.height);
    for (const [i, frame] of frames.entries()) {
      const { x = 0, y = 0, w = 0, h = 0 } = media[i] ?? {};
      this.#context.drawImage(frame, x, y, w, h); // one of half the size is scaled
    }
    // What an op painted over a picture is known again, and comes now.
    for (let i = 0; i + 3 < changed.length; i += 4) {
      this.#put(changed[i] ?? 0, changed[i + 1] ?? 0, changed[i + 2] ?? 0, changed[i + 3] ?? 0);
    }
    this.#media.keep((region) => picture.regions.isOpen(region));
    if (picture.resized) this.#options.onResize?.(screen.width, screen.height);
    this.#tellPointer();
  }

  #tellPointer(): void {
    const { shape, place, shapeChanged, placeChanged } = this.#decoder.picture;
    if (shapeChanged) this.#options.onPointerShape?.(shape);
    if (placeChanged) this.#options.onPointerPlace?.(place.x, place.y);
  }

  /** Puts what is known in the rectangle on the canvas. */
  #put(x: number, y: number, w: number, h: number): void {
    const image = this.#image;
    if (image === undefined) return;
    this.#decoder.picture.unknown.outside(x, y, w, h, (px, py, pw, ph) => {
      this.#context.putImageData(image, 0, 0, px, py, pw, ph);
    });
  }

  #resize(width: number, height: number): void {
    const { canvas } = this.#options;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    this.#image = this.#decoder.picture.screen.image();
  }

  /** The canvas lost its memory, and with it the pixels that nobody else has. */
  #restore(): void {
    const { screen, unknown } = this.#decoder.picture;
    if (this.#image !== undefined) this.#put(0, 0, screen.width, screen.height);
    if (unknown.count > 0) this.resync();
  }
}
