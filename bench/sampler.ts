/**
 * What runs inside the page while it is measured. A sampler looks at one pixel of
 * the picture at each animation frame, so what it sees is what the compositor is
 * given at that tick: the wait for the next tick (0 to 16.7 ms at 60 Hz) is in
 * every figure, the compositor's own frame after it is not.
 */

/** A number that became visible. */
export interface Seen {
  readonly number: number;
  /** The page's clock, milliseconds since its time origin. */
  readonly at: number;
}

declare global {
  interface Window {
    benchSeen: Seen[];
    benchKeys: number[];
    benchConnections: RTCPeerConnection[];
  }
}

/** Keeps every RTCPeerConnection that the page makes, for its byte counters. Runs before the page's own code. */
export function keepConnections(): void {
  window.benchConnections = [];
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      window.benchConnections.push(this);
    }
  };
}

/** Samples the middle of the target's block from now on, and notes when keys were pressed. */
export function startSampler(place: { x: number; y: number; colours: readonly number[] }): void {
  const numbers = new Map(place.colours.map((colour, number) => [colour, number]));
  const context = document.querySelector("canvas")?.getContext("2d");
  if (!context) throw new Error("no picture to sample");
  window.benchSeen = [];
  window.benchKeys = [];
  window.addEventListener("keydown", (event) => window.benchKeys.push(event.timeStamp), { capture: true });
  let last = -1;
  const sample = (): void => {
    const [r = 0, g = 0, b = 0] = context.getImageData(place.x, place.y, 1, 1).data;
    const number = numbers.get((r << 16) | (g << 8) | b);
    if (number !== undefined && number !== last) {
      last = number;
      window.benchSeen.push({ number, at: performance.now() });
    }
    requestAnimationFrame(sample);
  };
  requestAnimationFrame(sample);
}

/** Milliseconds to add to the page's clock to get the target's: the try with the shortest round trip tells. */
export async function clockOffset(target: string): Promise<number> {
  let best = { roundTrip: Number.POSITIVE_INFINITY, offset: 0 };
  for (let i = 0; i < 60; i++) {
    const before = performance.now();
    const { now } = await (await fetch(`${target}/now`)).json();
    const after = performance.now();
    if (after - before < best.roundTrip) {
      best = { roundTrip: after - before, offset: now / 1000 - (before + after) / 2 };
    }
  }
  return best.offset;
}

/** Bytes that came over all connections so far. */
export async function bytesReceived(): Promise<number> {
  let sum = 0;
  for (const connection of window.benchConnections) {
    for (const entry of (await connection.getStats()).values()) {
      if (entry.type === "transport") sum += entry.bytesReceived ?? 0;
    }
  }
  return sum;
}
