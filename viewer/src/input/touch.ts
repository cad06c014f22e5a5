/**
 * Fingers as a mouse. A tap clicks, a long press or a tap of two fingers clicks right, two fingers that move together
 * turn the wheel, and two that move apart look closer. One finger that moves drags; on the trackpad it moves the
 * pointer instead, and drags after a tap.
 */
import { clamp, type Place } from "./messages.ts";
import type { Box, Mouse } from "./mouse.ts";

/** A finger: where it is on the page and on the monitor. */
export interface Finger {
  readonly id: number;
  readonly clientX: number;
  readonly clientY: number;
  readonly at: Place;
}

/** Where a finger acts: where it is, or where the pointer is, which it moves from anywhere. */
export type TouchMode = "direct" | "trackpad";

export interface TouchOptions {
  /** Two fingers went apart by a factor; their middle is here on the page, and moved by so much. */
  readonly pinch?: (factor: number, middle: Spot, by: Spot) => void;
  /** The requester's pointer. */
  readonly pointer?: () => Place | undefined;
  /** Where the picture is drawn on the page. */
  readonly picture?: () => Box;
}

export const LONG_PRESS_MS = 500;
/** A touch so soon after a tap, that moves, drags. */
export const AGAIN_MS = 300;
/** So long after the last touch of the trackpad the pointer is where the requester has it. */
const REST_MS = 1000;
/** A finger that moved less has not moved, in pixels of the page. */
const SLOP = 10;
/** So far two fingers move before it is said what they mean; one alone has to go further. */
const MEANT = 6;
const ALONE = 60;
/** How much faster the pointer goes than the finger. */
const SPEED = 1.6;
const LEFT = 1;
const RIGHT = 2;

interface Spot {
  readonly x: number;
  readonly y: number;
}

interface Pair {
  readonly distance: number;
  readonly middle: Spot;
}

type State =
  | { readonly is: "none" }
  | { readonly is: "touched"; readonly first: Finger; readonly again: boolean; readonly timer: () => void }
  | { readonly is: "dragging"; readonly id: number }
  | { readonly is: "gliding"; readonly id: number }
  | { readonly is: "two"; readonly first: ReadonlyMap<number, Finger>; readonly at: Place }
  /** At the place where it began: what was touched scrolls, however far the fingers go. */
  | { readonly is: "scrolling"; readonly at: Place }
  | { readonly is: "zooming"; last: Pair }
  /** Done; waits for all fingers to be lifted. */
  | { readonly is: "over" };

export class Touch {
  private way: TouchMode = "direct";
  private state: State = { is: "none" };
  private readonly fingers = new Map<number, Finger>();
  /** Where the trackpad has the pointer. */
  private cursor: Place | undefined;
  private stopRest = (): void => undefined;
  private tapped = false;
  private stopAgain = (): void => undefined;

  /** after runs f in so many milliseconds, unless what it returned is called before. */
  constructor(
    private readonly mouse: Mouse,
    private readonly after: (ms: number, f: () => void) => () => void,
    private readonly options: TouchOptions = {},
  ) {}

  get mode(): TouchMode {
    return this.way;
  }

  /** A tap of before the change begins no drag after it. */
  set mode(mode: TouchMode) {
    if (mode !== this.way) this.tapped = false;
    this.way = mode;
  }

  down(finger: Finger): void {
    this.fingers.set(finger.id, finger);
    if (this.state.is === "none" && this.fingers.size === 1) {
      this.stopRest();
      const timer = this.after(LONG_PRESS_MS, () => {
        this.state = { is: "over" };
        this.click(this.place(finger), RIGHT);
      });
      this.state = { is: "touched", first: finger, again: this.tapped, timer };
    } else if (this.state.is === "touched") {
      this.state.timer();
      this.state = { is: "two", first: new Map(this.fingers), at: this.place(this.state.first) };
    }
  }

  move(finger: Finger): void {
    const before = this.fingers.get(finger.id);
    if (before === undefined) return;
    this.fingers.set(finger.id, finger);
    const { state } = this;
    if (state.is === "touched" && far(state.first, finger) > SLOP) {
      state.timer();
      this.begin(state.first, finger, state.again);
    } else if (state.is === "dragging" && state.id === finger.id) {
      this.mouse.point(this.moved(before, finger), LEFT);
    } else if (state.is === "gliding" && state.id === finger.id) {
      this.mouse.point(this.moved(before, finger), 0);
    } else if (state.is === "two") {
      this.decide(state.first, state.at);
    } else if (state.is === "scrolling") {
      this.scroll(state.at, before, finger);
    } else if (state.is === "zooming") {
      this.zoom(state);
    }
  }

  /** A finger is lifted; cancelled when the browser took it away. */
  up(finger: Finger, cancelled: boolean): void {
    // A page that is busy may hear of the last way only now: what moved is no tap.
    if (!cancelled && this.state.is === "touched") this.move(finger);
    if (!this.fingers.delete(finger.id)) return;
    const { state } = this;
    if (state.is === "touched") {
      state.timer();
      if (!cancelled) this.tap(state.first);
      this.state = { is: "over" };
    } else if (state.is === "dragging" && state.id === finger.id) {
      this.mouse.point(this.mode === "trackpad" ? this.place(finger) : finger.at, 0);
      this.state = { is: "over" };
    } else if (state.is === "two") {
      if (!cancelled) this.click(state.at, RIGHT);
      this.state = { is: "over" };
    } else if (state.is === "zooming" || state.is === "gliding") {
      this.state = { is: "over" }; // the finger that stays does nothing new
    }
    if (this.fingers.size > 0) return;
    this.state = { is: "none" };
    this.stopRest = this.after(REST_MS, () => {
      this.cursor = undefined;
    });
  }

  /** Forgets the fingers; the client was told to release everything. */
  forget(): void {
    if (this.state.is === "touched") this.state.timer();
    this.fingers.clear();
    this.state = { is: "none" };
    this.cursor = undefined;
  }

  private begin(first: Finger, finger: Finger, again: boolean): void {
    const from = this.place(first);
    if (this.mode === "trackpad" && !again) {
      this.state = { is: "gliding", id: finger.id };
      this.mouse.point(this.moved(first, finger), 0);
      return;
    }
    this.state = { is: "dragging", id: finger.id };
    this.mouse.point(from, 0);
    this.mouse.point(from, LEFT);
    this.mouse.point(this.moved(first, finger), LEFT);
  }

  private tap(finger: Finger): void {
    this.click(this.place(finger), LEFT);
    this.tapped = true;
    this.stopAgain();
    this.stopAgain = this.after(AGAIN_MS, () => {
      this.tapped = false;
    });
  }

  /** Where a finger acts. */
  private place(finger: Finger): Place {
    if (this.mode === "direct") return finger.at;
    this.cursor ??= this.options.pointer?.() ?? finger.at;
    return this.cursor;
  }

  /** Where it acts after a move. */
  private moved(before: Finger, finger: Finger): Place {
    if (this.mode === "direct") return finger.at;
    const { x, y } = this.place(finger);
    const box = this.options.picture?.();
    const part = (by: number, size: number) => (size > 0 ? Math.round((by * SPEED * 65536) / size) : 0);
    this.cursor = {
      x: clamp(x + part(finger.clientX - before.clientX, box?.width ?? 0), 0, 65535),
      y: clamp(y + part(finger.clientY - before.clientY, box?.height ?? 0), 0, 65535),
    };
    return this.cursor;
  }

  /** Whether two fingers turn the wheel or look closer: once both have moved, or one went far alone. */
  private decide(first: ReadonlyMap<number, Finger>, at: Place): void {
    const [a, b] = [...first.values()];
    if (a === undefined || b === undefined) return;
    const nowA = this.fingers.get(a.id) ?? a;
    const nowB = this.fingers.get(b.id) ?? b;
    const alone = Math.max(far(a, nowA), far(b, nowB)) > ALONE;
    if (!alone && Math.min(far(a, nowA), far(b, nowB)) < MEANT) return;
    const together =
      (nowA.clientX - a.clientX) * (nowB.clientX - b.clientX) +
      (nowA.clientY - a.clientY) * (nowB.clientY - b.clientY);
    if (together > 0 || this.options.pinch === undefined) {
      this.state = { is: "scrolling", at };
      this.scroll(at, a, nowA);
      this.scroll(at, b, nowB);
    } else {
      const zooming = { is: "zooming" as const, last: pair(a, b) };
      this.state = zooming;
      this.zoom(zooming);
    }
  }

  /** The picture follows the fingers; each of the two gives half. */
  private scroll(at: Place, before: Finger, finger: Finger): void {
    const share = Math.max(this.fingers.size, 1);
    const dx = (before.clientX - finger.clientX) / share;
    const dy = (before.clientY - finger.clientY) / share;
    this.mouse.wheel(at, dx, dy, 0);
  }

  private zoom(state: { last: Pair }): void {
    const [a, b] = [...this.fingers.values()];
    if (a === undefined || b === undefined) return;
    const { last } = state;
    const now = pair(a, b);
    state.last = now;
    const by = { x: now.middle.x - last.middle.x, y: now.middle.y - last.middle.y };
    this.options.pinch?.(now.distance / last.distance, now.middle, by);
  }

  private click(at: Place, button: number): void {
    this.mouse.point(at, button);
    this.mouse.point(at, 0);
  }
}

function far(a: Finger, b: Finger): number {
  return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
}

function pair(a: Finger, b: Finger): Pair {
  return {
    distance: Math.max(1, far(a, b)),
    middle: { x: (a.clientX + b.clientX) / 2, y: (a.clientY + b.clientY) / 2 },
  };
}
