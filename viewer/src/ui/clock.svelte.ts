/** The time, for what counts up or down on a page. */
const TICK_MS = 1000;

export class Clock {
  now: number = $state(Date.now());

  constructor(signal: AbortSignal) {
    const timer = setInterval(() => (this.now = Date.now()), TICK_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
  }
}
