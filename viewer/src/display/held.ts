import type { Frame } from "./media.ts";
import type { Media, Rect } from "./regions.ts";

/** A picture that a codec decodes, and where it goes. */
interface Pending {
  readonly rect: Rect;
  frame: Frame | undefined;
  covered: boolean; // another goes over all of it
}

/**
 * What updates bring that are gone through without being shown. Of their pictures only those that nothing
 * later covers are kept: a film of which one picture is wanted is decoded as a whole, and drawn once.
 */
export class Held {
  resized = false;
  #pending: Pending[] = [];
  #decoding: Promise<void> = Promise.resolve();
  #closed = false;

  /** Notes the pictures of one update, which decode has decoded. */
  add(media: readonly Media[], decode: () => Promise<Frame[]>): void {
    if (media.length === 0) return;
    const fresh = media.map(({ x, y, w, h }) => ({ rect: { x, y, w, h }, frame: undefined, covered: false }));
    for (const before of this.#pending) if (fresh.some(({ rect }) => same(rect, before.rect))) cover(before);
    this.#pending = [...this.#pending.filter((one) => !one.covered), ...fresh];
    const decoded = decode().then((frames) => this.#take(fresh, frames));
    const earlier = this.#decoding;
    this.#decoding = decoded.then(() => earlier);
    this.#decoding.catch(() => undefined); // pictures() tells
  }

  /** What is to be drawn, in order, once all is decoded. Who asks closes the frames. */
  async pictures(): Promise<{ readonly rect: Rect; readonly frame: Frame }[]> {
    await this.#decoding;
    return this.#pending.flatMap(({ rect, frame }) => (frame === undefined ? [] : [{ rect, frame }]));
  }

  /** Gives up. */
  close(): void {
    this.#closed = true;
    for (const one of this.#pending) cover(one);
  }

  #take(fresh: readonly Pending[], frames: readonly Frame[]): void {
    for (const [i, frame] of frames.entries()) {
      const one = fresh[i];
      if (one === undefined || one.covered || this.#closed) frame.close();
      else one.frame = frame;
    }
  }
}

function cover(one: Pending): void {
  one.covered = true;
  one.frame?.close();
  one.frame = undefined;
}

function same(a: Rect, b: Rect): boolean {
  return a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h;
}
