/**
 * What runs inside the page while it is measured. At each animation frame the
 * sampler reads the cells of the target's codes from the canvas, so what it sees
 * is what the compositor is given at that tick: the wait for the next tick (0 to
 * 16.7 ms at 60 Hz) is in every figure, the compositor's own frame after it is not.
 */

type Point = readonly [x: number, y: number];

/** Where the codes are: the middle of each one's first cell (bench/target). */
export interface Places {
  readonly frame: Point;
  readonly key: Point;
  /** The code in a picture's content, at path[number % path.length]. */
  readonly path: readonly Point[];
  readonly cell: number;
}

/** A picture that became visible. */
export interface Seen {
  /** The number that all of the picture shows; -1 while none does. */
  readonly frame: number;
  /** The number that its top shows. */
  readonly top: number;
  readonly key: number;
  /** The page's clock: milliseconds. */
  readonly at: number;
}

export interface Bench {
  readonly seen: Seen[];
  readonly presses: number[];
  ticks: number;
  watch(places: Places): void;
  now(): number;
}

declare global {
  interface Window {
    bench: Bench;
  }
}

/** Puts window.bench into the page. It is one function because it is sent there as text. */
export function installSampler(selector: string): void {
  const codeBits = 20;
  let places: Places | undefined;
  let context: CanvasRenderingContext2D | null = null;

  // The product asks for its context first, with its own options: it has when it has given the canvas a size.
  const canvas = (): CanvasRenderingContext2D | null => {
    if (context?.canvas.isConnected) return context;
    const found = document.querySelector<HTMLCanvasElement>(selector);
    context = found && found.width > 300 ? found.getContext("2d") : null;
    return context;
  };
  const read = (from: CanvasRenderingContext2D, [x, y]: Point, cell: number): number => {
    const { data } = from.getImageData(x, y, codeBits * cell, 1);
    let bits = 0;
    for (let i = 0; i < codeBits; i++) bits = (bits << 1) | ((data[4 * i * cell + 1] ?? 0) > 127 ? 1 : 0);
    const n = bits >> 4;
    return ((n ^ (n >> 4) ^ (n >> 8) ^ (n >> 12) ^ 0xa) & 0xf) === (bits & 0xf) ? n : -1;
  };
  // The picture that is there as a whole: the band may be ahead of the content, or behind it.
  const whole = (from: CanvasRenderingContext2D, { path, cell }: Places, band: number): number => {
    if (path.length === 0 || band < 0) return band;
    for (let n = band + 1; n > band - 9; n--) {
      const place = path[((n % path.length) + path.length) % path.length];
      const content = place === undefined ? -1 : read(from, place, cell);
      if (content === n || (path.length === 1 && content >= 0)) return Math.min(content, band);
    }
    return -1;
  };
  const tick = (): void => {
    requestAnimationFrame(tick);
    bench.ticks++;
    const from = canvas();
    if (from !== null && places !== undefined) {
      const top = read(from, places.frame, places.cell);
      const [frame, key] = [whole(from, places, top), read(from, places.key, places.cell)];
      const last = bench.seen.at(-1);
      if (top >= 0 && key >= 0 && (frame !== last?.frame || top !== last.top || key !== last.key)) {
        bench.seen.push({ frame, top, key, at: performance.now() });
      }
    }
  };
  const bench: Bench = {
    seen: [],
    presses: [],
    ticks: 0,
    watch: (next) => {
      places = next;
      bench.seen.length = 0;
      bench.presses.length = 0;
    },
    now: () => performance.now(),
  };
  window.bench = bench;
  window.addEventListener("keydown", (event) => bench.presses.push(event.timeStamp), { capture: true });
  requestAnimationFrame(tick);
}
