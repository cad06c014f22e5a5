import { StreamError } from "../display/format.ts";
import { Painter } from "../display/painter.ts";
import type { Bytes } from "../protocol/bytes.ts";
import { isSnapshot, RecordingError } from "./format.ts";
import type { Recorded } from "./records.ts";
import { Scene } from "./scene.ts";
import type { Tape } from "./tape.ts";

/** Chunks that are fetched ahead. */
const AHEAD = 3;
/** A step that goes through more updates than this does not show those between. */
const HURRY = 4;

const RESYNC = 2;

/**
 * A recording before the painter of the live page: brings a canvas to what was shown at a moment. It stands in for
 * the client's end of the display stream, so it counts acknowledgements as that does. One step at a time.
 */
export class Reel {
  readonly scene = new Scene();
  readonly canvas: HTMLCanvasElement = document.createElement("canvas");
  /** Counts what changed on the canvas or in the scene. */
  changes = 0;
  readonly #painter: Painter;
  /** The record that comes next; undefined while the canvas shows nothing that can be gone on from. */
  #next: { n: number; i: number } | undefined;
  #shown = 0;
  #owed = 0; // acknowledgements that have not come
  #settle: (() => void) | undefined;
  #lost: RecordingError | undefined;

  constructor(
    private readonly tape: Tape,
    signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => this.#heard(Uint8Array.of(RESYNC)));
    this.#painter = new Painter({
      canvas: this.canvas,
      signal,
      send: (message) => this.#heard(message),
      onResize: (width, height) => this.scene.resize(width, height),
      onPointerShape: (shape) => this.scene.shape(shape),
      onPointerPlace: (x, y) => this.scene.place(x, y),
      onResync: (_reason, what) => {
        this.#lost = new RecordingError("malformed", what, this.#next?.n);
      },
    });
  }

  /** Whether there is a picture. */
  get pictured(): boolean {
    return this.#next !== undefined;
  }

  /**
   * Shows a moment, in milliseconds. `wanted` says whether it still is: when not, the step ends early and the next
   * goes on from there. Rejects with a RecordingError; then nothing of the chunk that it names was painted.
   */
  async show(at: number, wanted: () => boolean = () => true): Promise<void> {
    const { tape } = this;
    if (tape.spans.length === 0) return;
    const last = tape.chunkAt(at);
    const snapshot = tape.snapshotBefore(last);
    const next = this.#next;
    const onward = next !== undefined && at >= this.#shown && !this.#passes(next, snapshot);
    if (!onward) this.scene.clear();
    let position = onward ? next : { n: snapshot, i: 0 };
    tape.expect(position.n, last + 1);
    if (!onward || last - position.n > 1) this.#painter.hold();
    try {
      for (; position.n <= last; position = { n: position.n + 1, i: 0 }) {
        const records = await tape.records(position.n);
        if (!wanted()) {
          this.#shown = tape.spans[position.n]?.from ?? 0;
          return; // what is held stays so until the next moment is there
        }
        // Before the first picture there is none: that is shown.
        const first = records.find(({ kind }) => kind === "update")?.time ?? at;
        const i = await this.#go(position, records, this.#next === undefined ? Math.max(at, first) : at);
        this.#next = i === undefined ? { n: position.n + 1, i: 0 } : { n: position.n, i };
        if (i !== undefined) break;
      }
      await this.#release();
      this.#shown = at;
      tape.expect(last + 1, last + 1 + AHEAD); // not before: they would hold up the one that is waited for
    } catch (error) {
      this.#painter.resync(); // forgets what is under way
      this.#next = this.#lost = undefined;
      this.#owed = 0;
      throw error;
    }
  }

  /** When the next record after what is shown comes; undefined: none does. */
  async nextTime(): Promise<number | undefined> {
    const { tape } = this;
    const next = this.#next;
    if (next === undefined) return undefined;
    if (next.n >= tape.spans.length) return undefined;
    return next.i === 0 ? tape.spans[next.n]?.from : (await tape.records(next.n))[next.i]?.time;
  }

  /** Whether a snapshot makes the way from a position shorter. */
  #passes(next: { n: number; i: number }, snapshot: number): boolean {
    return next.n < snapshot && snapshot - next.n > 1;
  }

  /** Paints the records from a position up to a time, and returns the index of the first after it, if there is one. */
  async #go(
    position: { n: number; i: number },
    records: readonly Recorded[],
    at: number,
  ): Promise<number | undefined> {
    const end = upTo(records, position.i, at);
    const updates = countUpdates(records, position.i, end);
    const span = this.tape.spans[position.n];
    const begins = position.i === 0 && span !== undefined && isSnapshot(span);
    if (updates > HURRY || (begins && end > 0)) this.#painter.hold();
    this.#next = position; // what a fault is told of
    for (let i = position.i; i < end; i++) {
      const record = records[i];
      if (record === undefined) break;
      this.changes++;
      if (record.kind === "update") await this.#paint(record.data);
      else this.scene.take(record);
    }
    return end < records.length ? end : undefined;
  }

  async #paint(update: Bytes): Promise<void> {
    this.#owed++;
    this.#painter.receiveWhole(update);
    if (this.#owed > 0) await this.#settled();
    if (this.#lost !== undefined) throw this.#lost;
  }

  #heard(message: Uint8Array): void {
    this.#owed = message[0] === RESYNC ? 0 : this.#owed - 1;
    if (this.#owed <= 0) this.#settle?.();
  }

  async #settled(): Promise<void> {
    while (this.#owed > 0) {
      await new Promise<void>((resolve) => {
        this.#settle = resolve;
      });
    }
    if (this.#lost !== undefined) throw this.#lost;
  }

  async #release(): Promise<void> {
    try {
      await this.#painter.release();
    } catch (error) {
      const what = error instanceof StreamError ? error.message : String(error);
      throw new RecordingError("malformed", what, this.#next?.n);
    }
  }
}

/** The index of the first record after a time. */
function upTo(records: readonly Recorded[], from: number, at: number): number {
  let i = from;
  while (i < records.length && (records[i]?.time ?? 0) <= at) i++;
  return i;
}

function countUpdates(records: readonly Recorded[], from: number, end: number): number {
  let updates = 0;
  for (let i = from; i < end; i++) if (records[i]?.kind === "update") updates++;
  return updates;
}
