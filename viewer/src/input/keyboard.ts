/**
 * What a keyboard event becomes. In the mode "text" a printable key is sent as
 * the character that the technician sees, whatever the requester's layout;
 * everything else, and in the mode "keys" all of it, as the physical key.
 *
 * In the mode "text" modifiers are sent late, with the first key or click that
 * needs them: the character already holds what Shift and AltGr did to it, and a
 * lone Alt or Super would open a menu over there.
 */
import { type Code, isCode, isModifier, MODIFIERS } from "./codes.ts";
import type { Outbox } from "./messages.ts";
import { press } from "./special-keys.ts";

export type KeyboardMode = "text" | "keys";

/** What of a KeyboardEvent matters here. */
export interface Stroke {
  readonly code: string;
  readonly key: string;
  readonly shift: boolean;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly meta: boolean;
  readonly altGraph: boolean;
  readonly repeat: boolean;
  /** Which lock keys are on here. */
  readonly locks?: LockKeys;
  /** The key feeds an input method or a dead key: its text comes by itself. */
  readonly composing: boolean;
  /** Milliseconds of any clock. */
  readonly time: number;
}

/** Lock keys that are on. */
export interface LockKeys {
  readonly caps: boolean;
  readonly num: boolean;
}

export interface KeyboardOptions {
  /** The technician's system is macOS: Option makes characters, and no key comes up while Command is down. */
  readonly mac?: boolean;
  /** Called when everything is released, buttons included. */
  readonly onRelease?: () => void;
  /** Told which modifiers wait for the next key. */
  readonly onSticky?: (codes: readonly Code[]) => void;
  /** Runs act in so many milliseconds. */
  readonly later?: (act: () => void, ms: number) => void;
}

/** Windows puts a ControlLeft before AltGr, at the same time. */
const FAKE_CTRL_MS = 50;

export class Keyboard {
  mode: KeyboardMode = "text";
  /** Keys that the client holds. */
  private readonly sent = new Set<Code>();
  /** Modifiers that are down here and not there, and whether they have served for a character. */
  private readonly waiting = new Map<Code, { used: boolean; since: number }>();

  /** Lock keys of the requester, as the client last said it; undefined before. */
  locks: LockKeys | undefined;
  /** They were not compared since the keyboard came to the picture. */
  private fresh = true;
  /** Modifiers that were tapped, and go with the next key or click. */
  private readonly sticky = new Set<Code>();
  /** Those of them that are down for a click. */
  private readonly clicked = new Set<Code>();

  constructor(
    private readonly outbox: Outbox,
    private readonly options: KeyboardOptions = {},
  ) {}

  /** Makes a modifier go with the next key or click, or no longer. */
  stick(code: Code): void {
    if (!this.sticky.delete(code)) this.sticky.add(code);
    this.options.onSticky?.([...this.sticky]);
  }

  /** Presses keys one after the other, with the modifiers that wait, and lets go of them. */
  tap(codes: readonly Code[]): void {
    const chord = [...this.sticky, ...codes];
    this.unstick();
    press(this.outbox, chord, this.options.later ?? ((act) => act()));
  }

  /** A key goes down. Returns whether it is dealt with; else the browser may compose with it. */
  down(stroke: Stroke): boolean {
    if (this.mode === "text" && composes(stroke)) return false;
    this.resync(stroke);
    if (this.mode === "keys") this.alignLocks(stroke);
    if (this.sticky.size > 0 && isCode(stroke.code) && !isModifier(stroke.code)) this.tap([stroke.code]);
    else if (stroke.key === "AltGraph") this.onAltGraph(stroke);
    else if (isModifier(stroke.code)) this.onModifier(stroke);
    else if (this.mode === "text" && this.isText(stroke)) this.onText(stroke.key);
    else this.onKey(stroke);
    return true;
  }

  /** A key comes up. */
  up(code: string): void {
    if (!isCode(code)) return;
    const waited = this.waiting.get(code);
    this.waiting.delete(code);
    if (waited !== undefined && !waited.used) {
      this.outbox.key(code, true); // it was pressed alone
      this.outbox.key(code, false);
    }
    this.letGo(code);
    if (this.options.mac === true && (code === "MetaLeft" || code === "MetaRight")) {
      for (const held of [...this.sent]) if (!isModifier(held)) this.letGo(held);
    }
  }

  /**
   * Presses keys that copy or paste, of which the modifiers are down here, once what has to come before them was done.
   * Nothing is pressed when that failed.
   */
  chord(codes: readonly Code[], before: () => Promise<boolean>): void {
    for (const modifier of this.waiting.values()) modifier.used = true; // or it would be pressed alone when it comes up
    const missing = codes.filter((code) => !this.sent.has(code));
    this.outbox.first(async (tap) => {
      if (await before()) tap(missing);
    });
  }

  /** A text that is not of one key: composed, dictated, from a keyboard on the screen. */
  text(text: string): void {
    const code = this.sticky.size > 0 ? keyOf(text) : undefined;
    if (code === undefined) this.onText(text);
    else this.tap([code]);
  }

  /** Sends the modifiers that are down, before a click that may mean them. */
  flush(): void {
    for (const code of this.sticky) {
      this.outbox.key(code, true);
      this.clicked.add(code);
    }
    this.unstick();
    for (const code of this.waiting.keys()) {
      this.outbox.key(code, true);
      this.sent.add(code);
    }
    this.waiting.clear();
  }

  /** The click is over; so is what waited for it. */
  afterClick(): void {
    for (const code of this.clicked) this.outbox.key(code, false);
    this.clicked.clear();
  }

  /** Of physical keys the locks over there decide what they give: once they are made those of here. */
  private alignLocks(stroke: Stroke): void {
    const [here, there] = [stroke.locks, this.locks];
    if (!this.fresh || here === undefined || there === undefined) return;
    this.fresh = false;
    const taps = [
      ["CapsLock", here.caps !== there.caps],
      ["NumLock", here.num !== there.num && this.options.mac !== true],
    ] as const;
    for (const [code, differs] of taps) {
      if (!differs || code === stroke.code) continue; // this very press does it
      this.outbox.key(code, true);
      this.outbox.key(code, false);
    }
  }

  private unstick(): void {
    if (this.sticky.size === 0) return;
    this.sticky.clear();
    this.options.onSticky?.([]);
  }

  /** Lets go of everything: focus, page or control is lost. */
  release(): void {
    this.unstick();
    this.clicked.clear();
    this.fresh = true;
    this.sent.clear();
    this.waiting.clear();
    this.outbox.release();
    this.options.onRelease?.();
  }

  private onAltGraph(stroke: Stroke): void {
    if (stroke.repeat) return;
    const fake = this.waiting.get("ControlLeft");
    if (fake !== undefined && stroke.time - fake.since <= FAKE_CTRL_MS) this.waiting.delete("ControlLeft");
    if (this.mode === "text") return;
    this.flush();
    this.hold("AltRight");
  }

  private onModifier(stroke: Stroke): void {
    if (!isCode(stroke.code) || this.sent.has(stroke.code)) return;
    if (!stroke.repeat) this.waiting.set(stroke.code, { used: false, since: stroke.time });
    // A ControlLeft may be the fake one: it waits for what comes next, if only its own repeat.
    if (this.mode === "keys" && (stroke.repeat || stroke.code !== "ControlLeft")) this.flush();
  }

  private isText(stroke: Stroke): boolean {
    if ([...stroke.key].length !== 1) return false;
    if (stroke.altGraph) return true;
    const option = this.options.mac === true && stroke.alt;
    return !stroke.ctrl && !stroke.meta && (!stroke.alt || option);
  }

  private onText(text: string): void {
    for (const modifier of this.waiting.values()) modifier.used = true;
    this.outbox.text(text);
  }

  private onKey(stroke: Stroke): void {
    if (this.mode === "text" && stroke.code === "CapsLock") return; // it is in the characters
    const code = this.mode === "text" ? meant(stroke) : stroke.code;
    if (!isCode(code)) return;
    this.flush();
    if (this.options.mac === true && code === "CapsLock") {
      this.outbox.key(code, true); // macOS tells only of its switching on or off
      this.outbox.key(code, false);
      return;
    }
    this.hold(code);
  }

  /** Presses a key; for one that is held this is a repeat. */
  private hold(code: Code): void {
    this.sent.add(code);
    this.outbox.key(code, true);
  }

  private letGo(code: Code): void {
    if (this.sent.delete(code)) this.outbox.key(code, false);
    const moved = NAVIGATION_OF[code];
    if (moved !== undefined && this.sent.delete(moved)) this.outbox.key(moved, false);
  }

  /** Lets go of modifiers whose coming up was not told, as when another program took the keys. */
  private resync(stroke: Stroke): void {
    for (const name of ["shift", "ctrl", "alt", "meta"] as const) {
      if (stroke[name] || (name === "alt" && stroke.altGraph)) continue;
      for (const code of MODIFIERS[name]) {
        if (code === stroke.code) continue;
        this.waiting.delete(code);
        this.letGo(code);
      }
    }
  }
}

/** What the number pad gives without NumLock; over there NumLock may be on. */
const NAVIGATION_OF: Readonly<Partial<Record<Code, Code>>> = {
  Numpad0: "Insert",
  Numpad1: "End",
  Numpad2: "ArrowDown",
  Numpad3: "PageDown",
  Numpad4: "ArrowLeft",
  Numpad6: "ArrowRight",
  Numpad7: "Home",
  Numpad8: "ArrowUp",
  Numpad9: "PageUp",
  NumpadDecimal: "Delete",
};

/** The key of a character that came without one, from a keyboard on the screen: by its place on a US keyboard. */
function keyOf(text: string): Code | undefined {
  const signs: Readonly<Record<string, Code>> = { "\n": "Enter", "\t": "Tab", " ": "Space" };
  const code = signs[text] ?? (/^[a-z]$/i.test(text) ? `Key${text.toUpperCase()}` : `Digit${text}`);
  return isCode(code) ? code : undefined;
}

/** Whether the key is for the browser to make a text of. */
function composes(stroke: Stroke): boolean {
  return stroke.composing || ["Dead", "Process", "Unidentified"].includes(stroke.key);
}

function meant(stroke: Stroke): string {
  const moved = isCode(stroke.code) ? NAVIGATION_OF[stroke.code] : undefined;
  return moved !== undefined && moved === stroke.key ? moved : stroke.code;
}
