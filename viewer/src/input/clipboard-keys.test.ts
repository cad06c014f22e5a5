import { expect, test } from "vitest";
import { clipboardChord, type Pressed } from "./clipboard-keys.ts";
import { Keyboard, type Stroke } from "./keyboard.ts";
import { Outbox } from "./messages.ts";
import { Recorder } from "./recorder.ts";

function pressed(key: string, code: string, held: string): Pressed {
  const has = (name: string) => held.includes(name);
  return {
    key,
    code,
    ctrlKey: has("ctrl"),
    metaKey: has("meta"),
    altKey: has("alt"),
    shiftKey: has("shift"),
  };
}

test.each([
  ["v", "KeyV", "ctrl", "paste ControlLeft KeyV"],
  ["V", "KeyV", "ctrl shift", "paste ControlLeft ShiftLeft KeyV"],
  ["v", "KeyV", "meta", "paste ControlLeft KeyV"],
  ["Insert", "Insert", "shift", "paste ShiftLeft Insert"],
  ["c", "KeyC", "ctrl", "copy ControlLeft KeyC"],
  ["x", "KeyX", "meta", "copy ControlLeft KeyX"],
  ["Insert", "Insert", "ctrl", "copy ControlLeft Insert"],
  ["v", "Period", "ctrl", "paste ControlLeft Period"], // Dvorak
  ["v", "KeyV", "", "nothing"],
  ["v", "KeyV", "ctrl alt", "nothing"],
  ["v", "KeyV", "ctrl meta", "nothing"],
  ["Insert", "Insert", "", "nothing"],
  ["constructor", "KeyV", "ctrl", "nothing"],
])("%s on %s with %s: %s", (key, code, held, want) => {
  const chord = clipboardChord(pressed(key, code, held));
  expect(chord === undefined ? "nothing" : `${chord.is} ${chord.codes.join(" ")}`).toBe(want);
});

const stroke = (key: string, code: string, held: Partial<Stroke> = {}): Stroke => ({
  ...{ key, code, shift: false, ctrl: false, alt: false, meta: false, altGraph: false },
  ...{ repeat: false, composing: false, time: 0 },
  ...held,
});

function setup() {
  const to = new Recorder();
  const keyboard = new Keyboard(new Outbox(to));
  let answer: (ok: boolean) => void = () => undefined;
  const before = () => new Promise<boolean>((resolve) => (answer = resolve));
  const answers = async (ok: boolean) => {
    answer(ok);
    await new Promise((resolve) => setTimeout(resolve));
    return to.take();
  };
  return { to, keyboard, before, answers };
}

test("what is typed after a paste waits for it, and comes after it", async () => {
  const { to, keyboard, before, answers } = setup();
  keyboard.down(stroke("Control", "ControlLeft", { ctrl: true }));
  keyboard.chord(["ControlLeft", "KeyV"], before);
  keyboard.up("KeyV");
  keyboard.up("ControlLeft");
  keyboard.down(stroke("a", "KeyA"));
  expect(to.take(), "before the text is there").toBe("");
  expect(await answers(true)).toBe("+ControlLeft +KeyV -KeyV -ControlLeft 'a'");
});

test("what could not be put there is not pasted, and typing goes on", async () => {
  const { keyboard, before, answers } = setup();
  keyboard.chord(["ControlLeft", "KeyV"], before);
  keyboard.down(stroke("a", "KeyA"));
  expect(await answers(false)).toBe("'a'");
});

test("a modifier that is down there stays down", async () => {
  const { to, keyboard, before, answers } = setup();
  keyboard.down(stroke("Control", "ControlLeft", { ctrl: true }));
  keyboard.down(stroke("a", "KeyA", { ctrl: true }));
  keyboard.up("KeyA");
  expect(to.take()).toBe("+ControlLeft +KeyA -KeyA");
  keyboard.chord(["ControlLeft", "KeyV"], before);
  keyboard.up("ControlLeft");
  expect(await answers(true)).toBe("+KeyV -KeyV -ControlLeft");
});

test("when everything is released nothing is pasted any more", async () => {
  const { to, keyboard, before, answers } = setup();
  keyboard.chord(["ControlLeft", "KeyV"], before);
  keyboard.down(stroke("a", "KeyA"));
  keyboard.release();
  expect(to.take(), "at once").toBe("release");
  expect(await answers(true)).toBe("");
});
