/** Keys that a browser or the technician's own system keeps for itself, to be sent from a menu. */
import type { Code } from "./codes.ts";
import type { Outbox } from "./messages.ts";

export interface SpecialKey {
  /** As it is written on keyboards; not translated. */
  readonly label: string;
  /** Pressed in this order and let go of in the other. */
  readonly codes: readonly Code[];
}

/** Modifiers that a tap makes go with the next key. */
export const STICKY = [
  { label: "Ctrl", code: "ControlLeft" },
  { label: "Alt", code: "AltLeft" },
  { label: "Shift", code: "ShiftLeft" },
  { label: "Super", code: "MetaLeft" },
] as const satisfies readonly { readonly label: string; readonly code: Code }[];

/** Single keys that a keyboard on the screen does not have, or a browser keeps for itself. */
export const SINGLE_KEYS: readonly SpecialKey[] = [
  { label: "Esc", codes: ["Escape"] },
  ...(["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12"] as const).map((code) => ({
    label: code,
    codes: [code],
  })),
];

/** Those that a keyboard on a telephone lacks most. */
export const TOUCH_KEYS = [
  { label: "Esc", code: "Escape" },
  { label: "Tab", code: "Tab" },
  { label: "Del", code: "Delete" },
] as const satisfies readonly { readonly label: string; readonly code: Code }[];

const terminals: readonly SpecialKey[] = (["F1", "F2", "F3", "F4", "F5", "F6", "F7"] as const).map(
  (code) => ({
    label: `Ctrl+Alt+${code}`,
    codes: ["ControlLeft", "AltLeft", code],
  }),
);

export const SPECIAL_KEYS: readonly SpecialKey[] = [
  { label: "Ctrl+Alt+Del", codes: ["ControlLeft", "AltLeft", "Delete"] },
  { label: "Super", codes: ["MetaLeft"] },
  { label: "Super+L", codes: ["MetaLeft", "KeyL"] },
  { label: "Alt+Tab", codes: ["AltLeft", "Tab"] },
  { label: "Alt+F4", codes: ["AltLeft", "F4"] },
  { label: "Ctrl+W", codes: ["ControlLeft", "KeyW"] },
  { label: "Ctrl+Shift+Esc", codes: ["ControlLeft", "ShiftLeft", "Escape"] },
  { label: "Print Screen", codes: ["PrintScreen"] },
  ...terminals,
];

/**
 * How long keys are held, as a quick hand does. Window managers take hold of the keyboard at the press: one that is let
 * go of in the same moment passes by openbox about every third time.
 */
const HELD_MS = 60;

/** Presses keys together and lets go of them. */
export function press(
  outbox: Outbox,
  codes: readonly Code[],
  later: (act: () => void, ms: number) => void,
): void {
  for (const code of codes) outbox.key(code, true);
  later(() => {
    for (const code of codes.toReversed()) outbox.key(code, false);
  }, HELD_MS);
}
