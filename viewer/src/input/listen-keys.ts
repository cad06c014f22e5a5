/** Keyboard events of the page, handed to a Keyboard. */
import { type ClipboardKeys, listenClipboard } from "./clipboard-keys.ts";
import type { Keyboard, Stroke } from "./keyboard.ts";

/** The combination that takes the keyboard out of the picture, so that Tab works on the page again. */
export const LEAVE_KEYS = "Ctrl+Alt+Shift+L";

export interface KeyListening {
  readonly signal: AbortSignal;
  /** LEAVE_KEYS were pressed: move the focus elsewhere. */
  readonly onLeave: () => void;
  /** The clipboards of both sides. */
  readonly clipboard: ClipboardKeys;
}

/**
 * Listens while target has the focus, until signal aborts; then, and whenever
 * focus or page is lost, everything is released. Dead keys and input methods
 * need a target that takes text, such as an empty, transparent textarea.
 */
export function listenKeys(target: HTMLElement, keyboard: Keyboard, listening: KeyListening): void {
  const { signal, onLeave } = listening;
  const clipboard = listenClipboard(target, keyboard, listening.clipboard, signal);
  const release = () => keyboard.release();
  target.addEventListener("keydown", (event) => clipboard(event) || onDown(event, keyboard, onLeave), {
    signal,
  });
  target.addEventListener(
    "keyup",
    (event) => {
      keyboard.up(event.code);
      event.preventDefault();
    },
    { signal },
  );
  listenText(target, keyboard, signal);
  target.addEventListener("blur", release, { signal });
  document.addEventListener("visibilitychange", () => document.hidden && release(), { signal });
  signal.addEventListener("abort", release, { once: true });
}

function onDown(event: KeyboardEvent, keyboard: Keyboard, onLeave: () => void): void {
  if (event.ctrlKey && event.altKey && event.shiftKey && event.code === "KeyL") {
    event.preventDefault();
    keyboard.release();
    onLeave();
    return;
  }
  if (keyboard.down(stroke(event))) event.preventDefault();
}

function stroke(event: KeyboardEvent): Stroke {
  return {
    code: event.code,
    key: event.key,
    shift: event.shiftKey,
    ctrl: event.ctrlKey,
    alt: event.altKey,
    meta: event.metaKey,
    altGraph: event.getModifierState("AltGraph"),
    repeat: event.repeat,
    locks: { caps: event.getModifierState("CapsLock"), num: event.getModifierState("NumLock") },
    composing: event.isComposing,
    time: event.timeStamp,
  };
}

/** Text that comes without keys: composed, dictated, from a keyboard on the screen. */
function listenText(target: HTMLElement, keyboard: Keyboard, signal: AbortSignal): void {
  // A keyboard on the screen tells of Backspace only where there is something to take away.
  const rest = matchMedia("(pointer: coarse)").matches ? FILLER : "";
  const empty = () => {
    if (target instanceof HTMLTextAreaElement) target.value = rest;
  };
  target.addEventListener("focus", empty, { signal });
  target.addEventListener(
    "compositionend",
    (event) => {
      keyboard.text(event.data);
      empty();
    },
    { signal },
  );
  target.addEventListener(
    "beforeinput",
    (event) => {
      if (event.isComposing || event.inputType === "insertCompositionText") return;
      event.preventDefault();
      if (event.inputType === "insertText") keyboard.text(event.data ?? "");
      else if (event.inputType === "insertLineBreak") keyboard.text("\n");
      else if (event.inputType === "deleteContentBackward") tapBackspace(keyboard, event.timeStamp);
    },
    { signal },
  );
  target.addEventListener("input", (event) => event instanceof InputEvent && !event.isComposing && empty(), {
    signal,
  });
}

/** A space without a width; it is never sent, for only what was added is. */
const FILLER = "\u200b";

function tapBackspace(keyboard: Keyboard, time: number): void {
  const none = { shift: false, ctrl: false, alt: false, meta: false, altGraph: false };
  keyboard.down({ ...none, code: "Backspace", key: "Backspace", repeat: false, composing: false, time });
  keyboard.up("Backspace");
}
