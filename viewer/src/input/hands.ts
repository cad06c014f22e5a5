/**
 * The technician's hands on the page: keyboard, mouse and touch on one picture,
 * sent to one client. It knows nothing of rights: whoever has it listens only
 * while control is granted.
 */
import type { ClipboardKeys } from "./clipboard-keys.ts";
import type { Code } from "./codes.ts";
import { Keyboard, type KeyboardMode, type LockKeys } from "./keyboard.ts";
import { listenKeys } from "./listen-keys.ts";
import { listenPointer } from "./listen-pointer.ts";
import { Outbox, type Place, type Sender } from "./messages.ts";
import { Mouse } from "./mouse.ts";
import { listenPointing } from "./pointing.ts";
import { press } from "./special-keys.ts";
import { Touch, type TouchMode, type TouchOptions } from "./touch.ts";

/** What the page has for the hands. */
export interface Surface {
  /** Filled by the shown monitor; takes pointer, touch and wheel. */
  readonly picture: HTMLElement;
  /** Has the focus while the technician types: an empty, transparent textarea, or the picture itself. */
  readonly keys: HTMLElement;
  /** The technician pressed LEAVE_KEYS. */
  readonly onLeave: () => void;
}

/** What the page hears from the hands, and they from it. */
export interface HandsOptions {
  /** The requester's pointer, which the trackpad moves on. */
  readonly pointer?: () => Place | undefined;
  /** Two fingers look closer. */
  readonly pinch?: TouchOptions["pinch"];
  /** The clipboards of both sides; without them the keys that copy and paste are keys like others. */
  readonly clipboard?: ClipboardKeys;
  /** Modifiers wait for the next key. */
  readonly onSticky?: (codes: readonly Code[]) => void;
}

const NO_CLIPBOARD: ClipboardKeys = {
  fills: () => false,
  reads: () => false,
  put: () => Promise.resolve(false),
  copied: () => undefined,
};

export class Hands {
  private readonly outbox: Outbox;
  private readonly keyboard: Keyboard;
  private readonly mouse: Mouse;
  private readonly touch: Touch;

  private readonly clipboard: ClipboardKeys;

  private picture: HTMLElement | undefined;

  constructor(sender: Sender, options: HandsOptions = {}) {
    this.outbox = new Outbox(sender);
    this.clipboard = options.clipboard ?? NO_CLIPBOARD;
    this.mouse = new Mouse(this.outbox, {
      frame: (f) => requestAnimationFrame(f),
      beforePress: () => this.keyboard.flush(),
      afterRelease: () => this.keyboard.afterClick(),
    });
    const after = (ms: number, f: () => void) => {
      const timer = setTimeout(f, ms);
      return () => clearTimeout(timer);
    };
    const nowhere = { left: 0, top: 0, width: 0, height: 0 };
    this.touch = new Touch(this.mouse, after, {
      pinch: (...what) => options.pinch?.(...what),
      pointer: () => options.pointer?.(),
      picture: () => this.picture?.getBoundingClientRect() ?? nowhere,
    });
    this.keyboard = new Keyboard(this.outbox, {
      mac: /^(Mac|iP)/.test(navigator.platform),
      onRelease: () => {
        this.mouse.forget();
        this.touch.forget();
      },
      later: (act, ms) => void setTimeout(act, ms),
      onSticky: (codes) => options.onSticky?.(codes),
    });
  }

  /** Takes the surface's input until signal aborts: control or the page is gone. With `keysOnly` the pointer is not for it. */
  listen(surface: Surface, signal: AbortSignal, keysOnly = false): void {
    this.picture = surface.picture;
    listenKeys(surface.keys, this.keyboard, { signal, onLeave: surface.onLeave, clipboard: this.clipboard });
    if (!keysOnly) listenPointer(surface.picture, this.mouse, this.touch, signal);
  }

  /** Shows the requester where the pointer is on the picture, until signal aborts. */
  point(picture: HTMLElement, signal: AbortSignal): void {
    listenPointing(picture, this.outbox, signal);
  }

  /** Text or keys; what is held is let go of first. */
  setMode(mode: KeyboardMode): void {
    if (mode === this.keyboard.mode) return;
    this.keyboard.release();
    this.keyboard.mode = mode;
  }

  /** What the requester's lock keys are. */
  setLocks(locks: LockKeys | undefined): void {
    this.keyboard.locks = locks;
  }

  /** Whether fingers act where they are or move the pointer. */
  setTouch(mode: TouchMode): void {
    this.touch.forget();
    this.touch.mode = mode;
  }

  /** Makes a modifier go with the next key or click, or no longer. */
  stick(code: Code): void {
    this.keyboard.stick(code);
  }

  /** Taps a key, with the modifiers that wait. */
  tap(code: Code): void {
    this.keyboard.tap([code]);
  }

  /** Types a text, whatever the layout there. */
  type(text: string): void {
    this.outbox.text(text);
  }

  /** Presses keys together, from a menu. */
  press(codes: readonly Code[]): void {
    press(this.outbox, codes, (act, ms) => void setTimeout(act, ms));
  }
}
