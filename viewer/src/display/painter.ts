import { Decoder } from "./decode.ts";
import { encodeAck, encodeResync, type Reason, StreamError } from "./format.ts";
import type { PointerShape } from "./picture.ts";

/** What one painted update was. */
export interface PaintStats {
  readonly seq: number;
  readonly bytes: number; // of its messages
  readonly paintMs: number; // decoding and painting
}

export interface PainterOptions {
  readonly canvas: HTMLCanvasElement;
  /** Sends on the display channel. The message's memory is reused after the call. */
  readonly send: (message: Uint8Array<ArrayBuffer>) => void;
  /** Ends the Painter: it listens to nothing, paints nothing and sends nothing after that. */
  readonly signal: AbortSignal;
  readonly onResize?: (width: number, height: number) => void;
  readonly onPointerShape?: (shape: PointerShape) => void;
  readonly onPointerPlace?: (x: number, y: number) => void;
  readonly onPaint?: (stats: PaintStats) => void;
  /** The stream had to begin anew. */
  readonly onResync?: (reason: Reason, what: string) => void;
}

/**
 * Shows a display stream on a canvas. Give every message of the channel to
 * receive; the Painter acknowledges what it has painted and asks to begin anew
 * when something is wrong. It decodes on the calling thread into its own
 * framebuffer, so the canvas is only ever written.
 */
export class Painter {
  readonly #options: PainterOptions;
  readonly #context: CanvasRenderingContext2D;
  readonly #decoder = new Decoder();
  readonly #feedback = new DataView(new ArrayBuffer(8));
  #image: ImageData | undefined; // of the decoder's screen
  #bytes = 0; // of the update being received

  constructor(options: PainterOptions) {
    const context = options.canvas.getContext("2d", { alpha: false, desynchronized: true });
    if (context === null) throw new Error("this browser gives no 2d canvas");
    this.#options = options;
    this.#context = context;
    options.canvas.addEventListener("contextrestored", () => this.#repaint(), { signal: options.signal });
  }

  /** Takes one message of the display channel, whose binaryType is "arraybuffer". */
  receive(message: unknown): void {
    if (this.#options.signal.aborted) return;
    if (!(message instanceof ArrayBuffer)) {
      this.#ask("malformed", "message is not binary");
      return;
    }
    const start = performance.now();
    this.#bytes += message.byteLength;
    try {
      if (this.#decoder.receive(message) === "nothing") return;
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#ask(error.reason, error.message);
      return;
    }
    this.#show();
    const seq = this.#decoder.lastSeq;
    const paintMs = performance.now() - start;
    this.#options.send(encodeAck(this.#feedback, seq, paintMs));
    this.#options.onPaint?.({ seq, bytes: this.#bytes, paintMs });
    this.#bytes = 0;
  }

  /** Asks for the whole picture, as when the page has lost it. */
  resync(): void {
    if (!this.#options.signal.aborted) this.#ask("asked", "asked for");
  }

  #ask(reason: Reason, what: string): void {
    this.#bytes = 0;
    this.#options.send(encodeResync(this.#feedback, this.#decoder.lastSeq, reason));
    this.#options.onResync?.(reason, what);
  }

  /** Brings the canvas and the listeners up to the decoder's last update. */
  #show(): void {
    const { picture } = this.#decoder;
    const { screen, changed, shape, place } = picture;
    if (picture.resized) this.#resize(screen.width, screen.height);
    const image = this.#image;
    if (image !== undefined) {
      for (let i = 0; i + 3 < changed.length; i += 4) {
        this.#context.putImageData(
          image,
          0,
          0,
          changed[i] ?? 0,
          changed[i + 1] ?? 0,
          changed[i + 2] ?? 0,
          changed[i + 3] ?? 0,
        );
      }
    }
    if (picture.resized) this.#options.onResize?.(screen.width, screen.height);
    if (picture.shapeChanged) this.#options.onPointerShape?.(shape);
    if (picture.placeChanged) this.#options.onPointerPlace?.(place.x, place.y);
  }

  #resize(width: number, height: number): void {
    const { canvas } = this.#options;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    this.#image = this.#decoder.picture.screen.image();
  }

  #repaint(): void {
    if (this.#image !== undefined) this.#context.putImageData(this.#image, 0, 0);
  }
}
