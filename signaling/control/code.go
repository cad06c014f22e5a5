package control

import "slices"

// Code names a physical key as KeyboardEvent.code does (W3C UI Events
// KeyboardEvent code Values), by its place and not by what is printed on it.
type Code string

// codes is the closed table. Keys that switch the machine off or put it to
// sleep are not in it.
var codes = [...]Code{
	"Escape", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12",
	"F13", "F14", "F15", "F16", "F17", "F18", "F19", "F20", "F21", "F22", "F23", "F24",
	"PrintScreen", "ScrollLock", "Pause",
	"Backquote", "Digit1", "Digit2", "Digit3", "Digit4", "Digit5", "Digit6", "Digit7", "Digit8", "Digit9", "Digit0",
	"Minus", "Equal", "IntlYen", "Backspace",
	"Tab", "KeyQ", "KeyW", "KeyE", "KeyR", "KeyT", "KeyY", "KeyU", "KeyI", "KeyO", "KeyP", "BracketLeft", "BracketRight", "Backslash",
	"CapsLock", "KeyA", "KeyS", "KeyD", "KeyF", "KeyG", "KeyH", "KeyJ", "KeyK", "KeyL", "Semicolon", "Quote", "Enter",
	"ShiftLeft", "IntlBackslash", "KeyZ", "KeyX", "KeyC", "KeyV", "KeyB", "KeyN", "KeyM", "Comma", "Period", "Slash", "IntlRo", "ShiftRight",
	"ControlLeft", "MetaLeft", "AltLeft", "NonConvert", "Space", "Convert", "KanaMode", "Lang1", "Lang2", "Lang3", "Lang4",
	"AltRight", "MetaRight", "ContextMenu", "ControlRight",
	"Insert", "Delete", "Home", "End", "PageUp", "PageDown", "Help",
	"ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight",
	"NumLock", "NumpadDivide", "NumpadMultiply", "NumpadSubtract", "NumpadAdd", "NumpadEnter", "NumpadDecimal", "NumpadComma", "NumpadEqual",
	"Numpad0", "Numpad1", "Numpad2", "Numpad3", "Numpad4", "Numpad5", "Numpad6", "Numpad7", "Numpad8", "Numpad9",
	"AudioVolumeMute", "AudioVolumeDown", "AudioVolumeUp",
	"MediaTrackNext", "MediaTrackPrevious", "MediaPlayPause", "MediaStop",
}

// Known reports whether c is in the closed table.
func (c Code) Known() bool { return slices.Contains(codes[:], c) }

// Codes lists the closed table.
func Codes() []Code { return slices.Clone(codes[:]) }
