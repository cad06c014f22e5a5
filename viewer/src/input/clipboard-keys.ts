/**
 * Copy and paste with the keys that people know, as if both computers had one clipboard. A paste brings the
 * technician's text there first, by the event of the browser, which needs no permission; a copy asks for what is being
 * copied there.
 */
import { type Code, isCode } from "./codes.ts";
import type { Keyboard } from "./keyboard.ts";

/** The clipboards of both sides. */
export interface ClipboardKeys {
  /** Texts may be put on the requester's clipboard now. */
  readonly fills: () => boolean;
  /** What is copied there may be taken now. */
  readonly reads: () => boolean;
  /** Puts a text there; false when that failed. */
  readonly put: (text: string) => Promise<boolean>;
  /** Keys that copy were pressed there. */
  readonly copied: () => void;
}

/** A browser that has nothing to paste does not always say so. */
const NO_PASTE_MS = 300;

/** What of a KeyboardEvent says that it copies or pastes. */
export type Pressed = Pick<KeyboardEvent, "code" | "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

const MEANINGS: ReadonlyMap<string, "copy" | "paste"> = new Map([
  ["v", "paste"],
  ["c", "copy"],
  ["x", "copy"],
  ["Insert", "copy"],
]);

/** The keys that do there what these do here, if they copy or paste; a Mac has Command for Ctrl. */
export function clipboardChord(event: Pressed): { is: "copy" | "paste"; codes: readonly Code[] } | undefined {
  const { code, key, shiftKey: shift } = event;
  if (event.altKey || !isCode(code)) return undefined;
  const command = event.ctrlKey !== event.metaKey;
  const is = command ? MEANINGS.get(key.length === 1 ? key.toLowerCase() : key) : undefined;
  if (is !== undefined)
    return { is, codes: ["ControlLeft", ...(shift ? (["ShiftLeft"] as const) : []), code] };
  if (!event.ctrlKey && !event.metaKey && shift && key === "Insert") {
    return { is: "paste", codes: ["ShiftLeft", code] };
  }
  return undefined;
}

/** Listens for pastes; the returned function takes a key that goes down, and returns whether it is dealt with. */
export function listenClipboard(
  target: HTMLElement,
  keyboard: Keyboard,
  clipboard: ClipboardKeys,
  signal: AbortSignal,
): (event: KeyboardEvent) => boolean {
  let pasting: { readonly codes: readonly Code[]; readonly timer: ReturnType<typeof setTimeout> } | undefined;
  const paste = (text: string) => {
    if (pasting === undefined) return;
    clearTimeout(pasting.timer);
    // What is no text, such as a picture, stays here: there is pasted what is on the clipboard there.
    keyboard.chord(pasting.codes, () => (text === "" ? Promise.resolve(true) : clipboard.put(text)));
    pasting = undefined;
  };
  target.addEventListener(
    "paste",
    (event) => {
      event.preventDefault();
      paste(event.clipboardData?.getData("text/plain") ?? "");
    },
    { signal },
  );
  return (event) => {
    const chord = clipboardChord(event);
    if (chord?.is === "paste" && clipboard.fills()) {
      if (event.repeat || pasting !== undefined) event.preventDefault();
      else pasting = { codes: chord.codes, timer: setTimeout(() => paste(""), NO_PASTE_MS) };
      return true; // what the browser does of itself is the event that brings the text
    }
    if (chord?.is === "copy" && clipboard.reads() && !event.repeat) {
      event.preventDefault();
      keyboard.chord(chord.codes, () => Promise.resolve(true));
      clipboard.copied();
      return true;
    }
    return false;
  };
}
