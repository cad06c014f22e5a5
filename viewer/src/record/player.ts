import type { GapReason } from "./records.ts";
import { Reel } from "./reel.ts";
import type { Hole, Tape } from "./tape.ts";

export const SPEEDS = [1, 2, 4, 8] as const;
export type Speed = (typeof SPEEDS)[number];

/** What a player tells of itself. */
export interface PlayerState {
  /** The moment that is shown, in milliseconds since the recording began. */
  readonly at: number;
  readonly playing: boolean;
  /** A moment is wanted that is not there yet. */
  readonly waiting: boolean;
  /** Of this moment nothing was recorded. */
  readonly hole: { readonly hole: Hole; readonly reason: GapReason | undefined } | undefined;
  /** Why nothing can be shown here. */
  readonly fault: Error | undefined;
}

export interface PlayerOptions {
  readonly tape: Tape;
  /** Gets the picture with the pointers in it. */
  readonly canvas: HTMLCanvasElement;
  readonly signal: AbortSignal;
  readonly onChange: (state: PlayerState) => void;
}

/** Stillness of this length is skipped, but for what is left of it. */
const STILL_MS = 2000;
const STILL_LEFT_MS = 400;
/** So long a hole is shown when stillness is skipped. */
const HOLE_MS = 1500;
/** Time between two frames that counts at most: a page that slept goes on where it was. */
const MAX_STEP_MS = 250;

/**
 * Plays a recording on a canvas: owns its clock. One loop shows one moment after the other; what is wanted
 * meanwhile it takes next.
 */
export class Player {
  readonly reel: Reel;
  skipStill = false;
  #speed: Speed = 1;
  #state: PlayerState = { at: 0, playing: false, waiting: false, hole: undefined, fault: undefined };
  #sought: number | undefined; // a moment to go to
  #seekers: (() => void)[] = []; // who waits for it
  #wake: () => void = () => undefined;
  #frameAt = 0; // when the clock was read last
  #holeFor = 0; // milliseconds that the hole has been shown
  #drawn = -1; // changes of the reel that the canvas shows
  #size = { width: 0, height: 0 };

  constructor(private readonly options: PlayerOptions) {
    this.reel = new Reel(options.tape, options.signal);
    options.signal.addEventListener("abort", () => this.#wake());
    this.#run().catch((error: unknown) => console.error(error));
    this.seek(0).catch(() => undefined);
  }

  get state(): PlayerState {
    return this.#state;
  }

  get length(): number {
    return this.options.tape.length;
  }

  set speed(speed: Speed) {
    this.#speed = speed;
  }

  play(): void {
    if (this.#state.at >= this.length) this.seek(0).catch(() => undefined);
    this.#frameAt = performance.now();
    this.#tell({ playing: true, fault: undefined });
    this.#wake();
  }

  pause(): void {
    this.#tell({ playing: false });
  }

  /** Goes to a moment. Resolves when it is shown, or when another is wanted or there is a fault. */
  seek(at: number): Promise<void> {
    this.#sought = Math.max(0, Math.min(at, this.length));
    this.#holeFor = 0;
    this.#wake();
    return new Promise((resolve) => this.#seekers.push(resolve));
  }

  async #run(): Promise<void> {
    const { signal } = this.options;
    while (!signal.aborted) {
      const sought = this.#sought;
      this.#sought = undefined;
      if (sought !== undefined) await this.#go(sought);
      else if (this.#state.playing) await this.#step();
      if (this.#sought !== undefined || signal.aborted) continue;
      for (const resolve of this.#seekers.splice(0)) resolve();
      if (this.#state.playing) await frame();
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  /** Lets as much time pass as has passed. */
  async #step(): Promise<void> {
    const now = performance.now();
    const passed = Math.min(now - this.#frameAt, MAX_STEP_MS) * this.#speed;
    this.#frameAt = now;
    const { at } = this.#state;
    await this.#go(await this.#after(at, passed));
    if (this.#state.at >= this.length || this.#state.fault !== undefined) this.#tell({ playing: false });
  }

  /** The moment that follows one. */
  async #after(at: number, passed: number): Promise<number> {
    const { hole } = this.#state;
    if (hole !== undefined && this.skipStill) {
      this.#holeFor += passed / this.#speed;
      if (this.#holeFor >= HOLE_MS) return hole.hole.to;
    }
    const then = Math.min(at + passed, this.length);
    if (!this.skipStill || hole !== undefined) return then;
    const next = (await this.reel.nextTime().catch(() => undefined)) ?? this.length;
    const coming = this.options.tape.holes.find(({ from }) => from >= at);
    const until = Math.min(next, coming?.from ?? this.length);
    return until - at > STILL_MS ? Math.max(then, until - STILL_LEFT_MS) : then;
  }

  async #go(at: number): Promise<void> {
    const slow = setTimeout(() => this.#tell({ waiting: true }), 150);
    try {
      await this.#show(at);
    } catch (error) {
      const fault = error instanceof Error ? error : new Error(String(error));
      if (!this.options.signal.aborted) this.#tell({ at, fault, hole: undefined, waiting: false });
    } finally {
      clearTimeout(slow);
    }
  }

  async #show(at: number): Promise<void> {
    const { tape } = this.options;
    const hole = tape.holeAt(at);
    if (hole === undefined) await this.reel.show(at, () => this.#sought === undefined);
    else if (this.#state.hole?.hole !== hole) {
      const reason = await tape.reasonOf(hole);
      this.#holeFor = 0;
      this.#tell({ hole: { hole, reason } });
    }
    if (this.#sought !== undefined || this.options.signal.aborted) return;
    const known = hole === undefined ? undefined : this.#state.hole;
    this.#tell({ at, waiting: false, fault: undefined, hole: known });
    this.#draw();
  }

  /** Puts picture and pointers on the canvas. */
  #draw(): void {
    const { reel } = this;
    const { at } = this.#state;
    if (!reel.pictured || (this.#drawn === reel.changes && !reel.scene.moves(at - MAX_STEP_MS * this.#speed)))
      return;
    this.#drawn = reel.changes;
    const { width, height } = reel.canvas;
    const { canvas } = this.options;
    if (width !== this.#size.width || height !== this.#size.height) {
      this.#size = { width, height };
      canvas.width = width;
      canvas.height = height;
    }
    compose(canvas, reel, at);
  }

  #tell(change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change };
    this.options.onChange(this.#state);
  }
}

/** Draws the picture of a reel with its pointers, on a canvas of its size. */
export function compose(canvas: HTMLCanvasElement, reel: Reel, at: number): void {
  const context = canvas.getContext("2d", { alpha: false });
  if (context === null) return;
  context.drawImage(reel.canvas, 0, 0);
  reel.scene.draw(context, at);
}

function frame(): Promise<unknown> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}
