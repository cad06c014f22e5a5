/** What pointer and wheel events become: moves at most once a frame, buttons and wheel at their place. */
import { type ButtonNumber, clamp, NOTCH, type Outbox, type Place } from "./messages.ts";

/** A rectangle on the page, as getBoundingClientRect gives it. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The place on the monitor that is drawn in box, of a place on the page; outside it the nearest. */
export function placeIn(box: Box, clientX: number, clientY: number): Place {
  return { x: fraction(clientX - box.left, box.width), y: fraction(clientY - box.top, box.height) };
}

/** Rounded up: the client rounds down, and must find the very pixel at 1:1. */
function fraction(offset: number, size: number): number {
  return size > 0 ? clamp(Math.ceil((offset / size) * 65536), 0, 65535) : 0;
}

/** Bits of PointerEvent.buttons, in the order of button numbers. */
const BITS: readonly (readonly [ButtonNumber, number])[] = [
  [0, 1],
  [1, 4],
  [2, 2],
  [3, 8],
  [4, 16],
];

/** Pixels and lines of a WheelEvent for one notch, as browsers have it; a page counts as a notch. */
const PIXELS = 100;
const LINES = 3;

/** Without what adding binary fractions leaves: a hair less than a notch would be no notch. */
function exact(units: number): number {
  return Math.round(units * 1e4) / 1e4;
}

export interface MouseOptions {
  /** Runs f at the next frame. */
  readonly frame: (f: () => void) => void;
  /** Called before a press and before the wheel turns. */
  readonly beforePress: () => void;
  /** Called when the last button came up, and after the wheel turned. */
  readonly afterRelease?: () => void;
}

export class Mouse {
  /** PointerEvent.buttons of before. */
  private buttons = 0;
  /** Buttons that were let go of over there while they were down here: they have to be pressed anew. */
  private spent = 0;
  private moved: Place | undefined;
  private turned: { at: Place; dx: number; dy: number } | undefined;
  /** Parts of a unit that are left over. */
  private restX = 0;
  private restY = 0;
  private framed = false;

  constructor(
    private readonly outbox: Outbox,
    private readonly options: MouseOptions,
  ) {}

  /** The pointer is somewhere with these buttons down. */
  point(at: Place, pressed: number): void {
    this.spent &= pressed;
    const buttons = pressed & ~this.spent;
    if (buttons === this.buttons) {
      this.moved = at;
      this.atFrame();
      return;
    }
    this.moved = undefined; // the button says where
    for (const [number, bit] of BITS) {
      const down = (buttons & bit) !== 0;
      if (down === ((this.buttons & bit) !== 0)) continue;
      if (down) this.options.beforePress();
      this.outbox.button(at, number, down);
    }
    this.buttons = buttons;
    if (buttons === 0) this.options.afterRelease?.();
  }

  /** The wheel turned; mode is WheelEvent.deltaMode. */
  wheel(at: Place, deltaX: number, deltaY: number, mode: number): void {
    const perNotch = mode === 0 ? PIXELS : mode === 1 ? LINES : 1;
    this.restX = exact(this.restX + (deltaX * NOTCH) / perNotch);
    this.restY = exact(this.restY + (deltaY * NOTCH) / perNotch);
    const dx = Math.trunc(this.restX);
    const dy = Math.trunc(this.restY);
    this.restX -= dx;
    this.restY -= dy;
    const before = this.turned ?? { dx: 0, dy: 0 };
    this.turned = { at, dx: before.dx + dx, dy: before.dy + dy };
    this.atFrame();
  }

  /** Forgets what is under way; the client was told to release everything. */
  forget(): void {
    this.spent |= this.buttons;
    this.buttons = 0;
    this.moved = undefined;
    this.turned = undefined;
  }

  private atFrame(): void {
    if (this.framed) return;
    this.framed = true;
    this.options.frame(() => {
      this.framed = false;
      this.onFrame();
    });
  }

  private onFrame(): void {
    const { moved, turned } = this;
    this.moved = undefined;
    this.turned = undefined;
    if (moved !== undefined) this.outbox.move(moved);
    if (turned !== undefined && (turned.dx !== 0 || turned.dy !== 0)) {
      this.options.beforePress();
      this.outbox.wheel(turned.at, turned.dx, turned.dy);
      if (this.buttons === 0) this.options.afterRelease?.();
    }
  }
}
