/**
 * Fingers as a mouse: a tap clicks, a long press clicks right, one finger drags,
 * two turn the wheel.
 */

import type { Place } from "./messages.ts";
import type { Mouse } from "./mouse.ts";

/** A finger: where it is on the page and on the monitor. */
export interface Finger {
  readonly id: number;
  readonly clientX: number;
  readonly clientY: number;
  readonly at: Place;
}

export const LONG_PRESS_MS = 500;
/** A finger that moved less has not moved, in pixels of the page. */
const SLOP = 10;
const LEFT = 1;
const RIGHT = 2;

type State =
  | { readonly is: "none" }
  | { readonly is: "touched"; readonly first: Finger; readonly timer: () => void }
  | { readonly is: "dragging"; readonly id: number }
  | { readonly is: "scrolling" }
  /** Done; waits for all fingers to be lifted. */
  | { readonly is: "over" };

export class Touch {
  private state: State = { is: "none" };
  private readonly fingers = new Map<number, Finger>();

  /** after runs f in so many milliseconds, unless what it returned is called before. */
  constructor(
    private readonly mouse: Mouse,
    private readonly after: (ms: number, f: () => void) => () => void,
  ) {}

  down(finger: Finger): void {
    this.fingers.set(finger.id, finger);
    if (this.state.is === "none" && this.fingers.size === 1) {
      const timer = this.after(LONG_PRESS_MS, () => {
        this.state = { is: "over" };
        this.click(finger.at, RIGHT);
      });
      this.state = { is: "touched", first: finger, timer };
    } else if (this.state.is === "touched") {
      this.state.timer();
      this.state = { is: "scrolling" };
    }
  }

  move(finger: Finger): void {
    const before = this.fingers.get(finger.id);
    if (before === undefined) return;
    this.fingers.set(finger.id, finger);
    const { state } = this;
    if (state.is === "touched" && far(state.first, finger)) {
      state.timer();
      this.state = { is: "dragging", id: finger.id };
      this.mouse.point(state.first.at, 0);
      this.mouse.point(state.first.at, LEFT);
      this.mouse.point(finger.at, LEFT);
    } else if (state.is === "dragging" && state.id === finger.id) {
      this.mouse.point(finger.at, LEFT);
    } else if (state.is === "scrolling") {
      // The picture follows the fingers; each of the two gives half.
      const share = Math.max(this.fingers.size, 1);
      const dx = (before.clientX - finger.clientX) / share;
      const dy = (before.clientY - finger.clientY) / share;
      this.mouse.wheel(finger.at, dx, dy, 0);
    }
  }

  /** A finger is lifted; cancelled when the browser took it away. */
  up(finger: Finger, cancelled: boolean): void {
    if (!this.fingers.delete(finger.id)) return;
    const { state } = this;
    if (state.is === "touched") {
      state.timer();
      if (!cancelled) this.click(state.first.at, LEFT);
      this.state = { is: "over" };
    } else if (state.is === "dragging" && state.id === finger.id) {
      this.mouse.point(finger.at, 0);
      this.state = { is: "over" };
    }
    if (this.fingers.size === 0) this.state = { is: "none" };
  }

  /** Forgets the fingers; the client was told to release everything. */
  forget(): void {
    if (this.state.is === "touched") this.state.timer();
    this.fingers.clear();
    this.state = { is: "none" };
  }

  private click(at: Place, button: number): void {
    this.mouse.point(at, button);
    this.mouse.point(at, 0);
  }
}

function far(a: Finger, b: Finger): boolean {
  return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) > SLOP;
}
