/** The closed table of physical keys: KeyboardEvent.code as signaling/control/code.go has it. */
export const CODES = [
  ...["Escape", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12"],
  ...["F13", "F14", "F15", "F16", "F17", "F18", "F19", "F20", "F21", "F22", "F23", "F24"],
  ...["PrintScreen", "ScrollLock", "Pause"],
  ...["Backquote", "Digit1", "Digit2", "Digit3", "Digit4", "Digit5", "Digit6", "Digit7", "Digit8", "Digit9"],
  ...["Digit0", "Minus", "Equal", "IntlYen", "Backspace"],
  ...["Tab", "KeyQ", "KeyW", "KeyE", "KeyR", "KeyT", "KeyY", "KeyU", "KeyI", "KeyO", "KeyP"],
  ...["BracketLeft", "BracketRight", "Backslash"],
  ...["CapsLock", "KeyA", "KeyS", "KeyD", "KeyF", "KeyG", "KeyH", "KeyJ", "KeyK", "KeyL"],
  ...["Semicolon", "Quote", "Enter"],
  ...["ShiftLeft", "IntlBackslash", "KeyZ", "KeyX", "KeyC", "KeyV", "KeyB", "KeyN", "KeyM"],
  ...["Comma", "Period", "Slash", "IntlRo", "ShiftRight"],
  ...["ControlLeft", "MetaLeft", "AltLeft", "NonConvert", "Space", "Convert", "KanaMode"],
  ...["Lang1", "Lang2", "Lang3", "Lang4", "AltRight", "MetaRight", "ContextMenu", "ControlRight"],
  ...["Insert", "Delete", "Home", "End", "PageUp", "PageDown", "Help"],
  ...["ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight"],
  ...["NumLock", "NumpadDivide", "NumpadMultiply", "NumpadSubtract", "NumpadAdd", "NumpadEnter"],
  ...["NumpadDecimal", "NumpadComma", "NumpadEqual"],
  ...["Numpad0", "Numpad1", "Numpad2", "Numpad3", "Numpad4"],
  ...["Numpad5", "Numpad6", "Numpad7", "Numpad8", "Numpad9"],
  ...["AudioVolumeMute", "AudioVolumeDown", "AudioVolumeUp"],
  ...["MediaTrackNext", "MediaTrackPrevious", "MediaPlayPause", "MediaStop"],
] as const;

/** A physical key. */
export type Code = (typeof CODES)[number];

const known: ReadonlySet<string> = new Set(CODES);

/** Whether the client knows this key. */
export function isCode(code: string): code is Code {
  return known.has(code);
}

/** Keys that change what others give, by the flag of a keyboard event that they set. */
export const MODIFIERS = {
  shift: ["ShiftLeft", "ShiftRight"],
  ctrl: ["ControlLeft", "ControlRight"],
  alt: ["AltLeft", "AltRight"],
  meta: ["MetaLeft", "MetaRight"],
} as const satisfies Record<string, readonly Code[]>;

const modifiers: ReadonlySet<string> = new Set(Object.values(MODIFIERS).flat());

/** Whether a key changes what others give. */
export function isModifier(code: string): boolean {
  return modifiers.has(code);
}
