/**
 * The technician's hands on the page: keyboard, mouse and touch on one picture,
 * sent to one client. It knows nothing of rights: whoever has it listens only
 * while control is granted.
 */
import type { Code } from "./codes.ts";
import { Keyboard, type KeyboardMode } from "./keyboard.ts";
import { listenKeys } from "./listen-keys.ts";
import { listenPointer } from "./listen-pointer.ts";
import { Outbox, type Sender } from "./messages.ts";
import { Mouse } from "./mouse.ts";
import { press } from "./special-keys.ts";
import { Touch } from "./touch.ts";

/** What the page has for the hands. */
export interface Surface {
  /** Filled by the shown monitor; takes pointer, touch and wheel. */
  readonly picture: HTMLElement;
  /** Has the focus while the technician types: an empty, transparent textarea, or the picture itself. */
  readonly keys: HTMLElement;
  /** The technician pressed LEAVE_KEYS. */
  readonly onLeave: () => void;
}

export class Hands {
  private readonly outbox: Outbox;
  private readonly keyboard: Keyboard;
  private readonly mouse: Mouse;
  private readonly touch: Touch;

  constructor(sender: Sender) {
    this.outbox = new Outbox(sender);
    this.mouse = new Mouse(this.outbox, {
      frame: (f) => requestAnimationFrame(f),
      beforePress: () => this.keyboard.flush(),
    });
    this.touch = new Touch(this.mouse, (ms, f) => {
      const timer = setTimeout(f, ms);
      return () => clearTimeout(timer);
    });
    this.keyboard = new Keyboard(this.outbox, {
      mac: /^(Mac|iP)/.test(navigator.platform),
      onRelease: () => {
        this.mouse.forget();
        this.touch.forget();
      },
    });
  }

  /** Takes the surface's input until signal aborts: control or the page is gone. */
  listen(surface: Surface, signal: AbortSignal): void {
    listenKeys(surface.keys, this.keyboard, { signal, onLeave: surface.onLeave });
    listenPointer(surface.picture, this.mouse, this.touch, signal);
  }

  /** Text or keys; what is held is let go of first. */
  setMode(mode: KeyboardMode): void {
    if (mode === this.keyboard.mode) return;
    this.keyboard.release();
    this.keyboard.mode = mode;
  }

  /** Presses keys together, from a menu. */
  press(codes: readonly Code[]): void {
    press(this.outbox, codes, (act, ms) => void setTimeout(act, ms));
  }
}
