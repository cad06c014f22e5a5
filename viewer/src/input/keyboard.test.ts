import { describe, expect, test } from "vitest";
import { Keyboard, type KeyboardMode, type KeyboardOptions, type Stroke } from "./keyboard.ts";
import { Outbox } from "./messages.ts";
import { Recorder } from "./recorder.ts";

const FLAGS = {
  Shift: "shift",
  Control: "ctrl",
  Alt: "alt",
  Meta: "meta",
  AltGraph: "altGraph",
} as const;

/** A keyboard on which keys are pressed as "key/code". */
class Board {
  readonly to = new Recorder();
  readonly keyboard: Keyboard;
  private readonly flags = { shift: false, ctrl: false, alt: false, meta: false, altGraph: false };
  private time = 0;

  constructor(mode: KeyboardMode, options?: KeyboardOptions) {
    this.keyboard = new Keyboard(new Outbox(this.to), options);
    this.keyboard.mode = mode;
  }

  down(name: string, more: Partial<Stroke> = {}): boolean {
    const { key, code } = split(name);
    this.flag(key, true);
    this.time += 100;
    return this.keyboard.down({
      ...this.flags,
      ...{ key, code, repeat: false, composing: false, time: this.time },
      ...more,
    });
  }

  up(name: string): void {
    const { key, code } = split(name);
    this.flag(key, false);
    this.keyboard.up(code);
  }

  tap(name: string): void {
    this.down(name);
    this.up(name);
  }

  private flag(key: string, on: boolean): void {
    if (Object.hasOwn(FLAGS, key)) this.flags[FLAGS[key as keyof typeof FLAGS]] = on;
  }
}

function split(name: string): { key: string; code: string } {
  const i = name.lastIndexOf("/");
  return i < 0 ? { key: name, code: name } : { key: name.slice(0, i), code: name.slice(i + 1) };
}

describe("text", () => {
  test("a printable key is its character, whatever its place", () => {
    const b = new Board("text");
    b.tap("z/KeyY");
    b.tap("ß/Minus");
    b.tap(" /Space");
    b.tap("5/Numpad5");
    expect(b.to.take()).toBe("'z' 'ß' ' ' '5'");
  });

  test("Shift is in the character", () => {
    const b = new Board("text");
    b.down("Shift/ShiftLeft");
    b.tap("A/KeyA");
    b.up("Shift/ShiftLeft");
    expect(b.to.take()).toBe("'A'");
  });

  test("a modifier goes with the first key that needs it", () => {
    const b = new Board("text");
    b.down("Shift/ShiftLeft");
    b.tap("A/KeyA");
    b.tap("ArrowLeft");
    b.tap("ArrowLeft");
    b.up("Shift/ShiftLeft");
    expect(b.to.take()).toBe("'A' +ShiftLeft +ArrowLeft -ArrowLeft +ArrowLeft -ArrowLeft -ShiftLeft");
  });

  test("a shortcut is of physical keys", () => {
    const b = new Board("text");
    b.down("Control/ControlLeft");
    b.down("c/KeyC");
    b.up("c/KeyC");
    b.up("Control/ControlLeft");
    expect(b.to.take()).toBe("+ControlLeft +KeyC -KeyC -ControlLeft");
  });

  test("a modifier pressed alone is a press of it", () => {
    const b = new Board("text");
    b.tap("Meta/MetaLeft");
    expect(b.to.take()).toBe("+MetaLeft -MetaLeft");
  });

  test("a click gets the modifiers that are down", () => {
    const b = new Board("text");
    b.down("Control/ControlRight");
    b.keyboard.flush();
    b.up("Control/ControlRight");
    expect(b.to.take()).toBe("+ControlRight -ControlRight");
  });

  test("AltGr is in the character, on Linux and on Windows", () => {
    const linux = new Board("text");
    linux.down("AltGraph/AltRight");
    linux.tap("@/KeyQ");
    linux.up("AltGraph/AltRight");
    expect(linux.to.take()).toBe("'@'");
    const windows = new Board("text");
    windows.down("Control/ControlLeft", { time: 1000 });
    windows.down("AltGraph/AltRight", { time: 1000 });
    windows.down("@/KeyQ", { ctrl: false });
    windows.up("@/KeyQ");
    windows.up("Control/ControlLeft");
    windows.up("AltGraph/AltRight");
    windows.tap("q/KeyQ");
    expect(windows.to.take()).toBe("'@' 'q'");
  });

  test("a true Ctrl long before AltGr stays", () => {
    const b = new Board("text");
    b.down("Control/ControlLeft");
    b.down("AltGraph/AltRight");
    b.tap("Delete");
    expect(b.to.take()).toBe("+ControlLeft +Delete -Delete");
  });

  test("Option makes characters on macOS only", () => {
    const mac = new Board("text", { mac: true });
    mac.down("Alt/AltLeft");
    mac.tap("å/KeyA");
    mac.up("Alt/AltLeft");
    expect(mac.to.take()).toBe("'å'");
    const linux = new Board("text");
    linux.down("Alt/AltLeft");
    linux.tap("f/KeyF");
    linux.up("Alt/AltLeft");
    expect(linux.to.take()).toBe("+AltLeft +KeyF -KeyF -AltLeft");
  });

  test("composition is left to the browser and sent as a text", () => {
    const b = new Board("text");
    expect(b.down("Dead/Equal")).toBe(false);
    expect(b.down("e/KeyE", { composing: true })).toBe(false);
    b.keyboard.text("é");
    expect(b.down("Process/KeyN")).toBe(false);
    expect(b.down("Unidentified/")).toBe(false);
    b.keyboard.text("你好");
    expect(b.to.take()).toBe("'é' '你好'");
  });

  test("repeats repeat", () => {
    const b = new Board("text");
    b.down("a/KeyA");
    b.down("a/KeyA", { repeat: true });
    b.up("a/KeyA");
    b.down("Backspace");
    b.down("Backspace", { repeat: true });
    b.up("Backspace");
    b.down("Shift/ShiftLeft");
    b.down("Shift/ShiftLeft", { repeat: true });
    expect(b.to.take()).toBe("'a' 'a' +Backspace +Backspace -Backspace");
  });

  test("the number pad without NumLock moves, whatever NumLock is over there", () => {
    const b = new Board("text");
    b.tap("Home/Numpad7");
    b.tap("Enter/NumpadEnter");
    expect(b.to.take()).toBe("+Home -Home +NumpadEnter -NumpadEnter");
  });

  test("CapsLock is in the characters", () => {
    const b = new Board("text");
    b.tap("CapsLock");
    expect(b.to.take()).toBe("");
  });

  test("a keyup that was swallowed is made up for", () => {
    const b = new Board("text");
    b.down("Alt/AltLeft");
    b.down("Tab");
    b.down("a/KeyA", { alt: false });
    expect(b.to.take()).toBe("+AltLeft +Tab -AltLeft 'a'");
  });

  test("what the client does not know is not sent", () => {
    const b = new Board("text");
    b.tap("Power");
    b.tap("Fn");
    expect(b.to.take()).toBe("");
  });
});

describe("keys", () => {
  test("every key is physical", () => {
    const b = new Board("keys");
    b.down("Shift/ShiftLeft");
    b.tap("Z/KeyY");
    b.up("Shift/ShiftLeft");
    b.tap("Dead/Equal");
    b.tap("CapsLock");
    expect(b.to.take()).toBe("+ShiftLeft +KeyY -KeyY -ShiftLeft +Equal -Equal +CapsLock -CapsLock");
  });

  test("AltGr is a key, without the Ctrl that Windows puts before it", () => {
    const b = new Board("keys");
    b.down("Control/ControlLeft", { time: 1000 });
    b.down("AltGraph/AltRight", { time: 1000 });
    b.down("@/KeyQ", { ctrl: false });
    b.up("@/KeyQ");
    b.up("Control/ControlLeft");
    b.up("AltGraph/AltRight");
    expect(b.to.take()).toBe("+AltRight +KeyQ -KeyQ -AltRight");
  });

  test("Ctrl held alone arrives with its repeat", () => {
    const b = new Board("keys");
    b.down("Control/ControlLeft");
    expect(b.to.take()).toBe("");
    b.down("Control/ControlLeft", { repeat: true });
    expect(b.to.take()).toBe("+ControlLeft");
  });
});

test("release lets go of all, and what comes up afterwards is known to be up", () => {
  let told = 0;
  const b = new Board("text", { onRelease: () => told++ });
  b.down("Control/ControlLeft");
  b.down("c/KeyC");
  b.down("Shift/ShiftLeft");
  b.to.take();
  b.keyboard.release();
  b.up("c/KeyC");
  b.up("Control/ControlLeft");
  b.up("Shift/ShiftLeft");
  expect(b.to.take()).toBe("release");
  expect(told).toBe(1);
});

test("keys that macOS keeps silent about come up with Command", () => {
  const b = new Board("text", { mac: true });
  b.down("Meta/MetaLeft");
  b.down("c/KeyC");
  b.up("Meta/MetaLeft");
  expect(b.to.take()).toBe("+MetaLeft +KeyC -MetaLeft -KeyC");
});

describe("lock keys", () => {
  const on = { caps: true, num: true };

  test("are made those of here with the first key, once for each time that the keyboard comes", () => {
    const b = new Board("keys");
    b.keyboard.locks = { caps: false, num: true };
    b.down("a/KeyA", { locks: on });
    b.down("b/KeyB", { locks: on });
    expect(b.to.take()).toBe("+CapsLock -CapsLock +KeyA +KeyB");
    b.keyboard.release();
    b.keyboard.locks = { caps: true, num: false };
    b.down("c/KeyC", { locks: on });
    expect(b.to.take()).toBe("release +NumLock -NumLock +KeyC");
  });

  test("are left alone where they are not known, and where text is typed", () => {
    const keys = new Board("keys");
    keys.down("a/KeyA", { locks: on });
    expect(keys.to.take()).toBe("+KeyA");
    const typed = new Board("text");
    typed.keyboard.locks = { caps: false, num: false };
    typed.tap("A/KeyA");
    expect(typed.to.take()).toBe("'A'");
  });

  test("are not switched twice by a press of them", () => {
    const b = new Board("keys");
    b.keyboard.locks = { caps: false, num: true };
    b.down("CapsLock", { locks: on });
    expect(b.to.take()).toBe("+CapsLock");
  });
});

describe("a modifier that was tapped", () => {
  function sticky() {
    const told: string[] = [];
    const board = new Board("text", { onSticky: (codes) => told.push(codes.join(" ")) });
    return { board, told };
  }

  test("goes with the next key, and with that one only", () => {
    const { board: b, told } = sticky();
    b.keyboard.stick("ControlLeft");
    b.keyboard.stick("ShiftLeft");
    expect(b.to.take()).toBe("");
    b.tap("c/KeyC");
    b.tap("c/KeyC");
    expect(b.to.take()).toBe("+ControlLeft +ShiftLeft +KeyC -KeyC -ShiftLeft -ControlLeft 'c'");
    expect(told).toEqual(["ControlLeft", "ControlLeft ShiftLeft", ""]);
  });

  test("goes with a character of a keyboard on the screen, if there is a key for it", () => {
    const { board: b } = sticky();
    b.keyboard.stick("ControlLeft");
    b.keyboard.text("é");
    b.keyboard.text("v");
    b.keyboard.text("v");
    expect(b.to.take()).toBe("'é' +ControlLeft +KeyV -KeyV -ControlLeft 'v'");
  });

  test("goes with a click, and comes up after it", () => {
    const { board: b } = sticky();
    b.keyboard.stick("ShiftLeft");
    b.keyboard.flush();
    b.keyboard.afterClick();
    b.keyboard.flush();
    b.keyboard.afterClick();
    expect(b.to.take()).toBe("+ShiftLeft -ShiftLeft");
  });

  test("is taken back by a second tap, and when everything is let go of", () => {
    const { board: b, told } = sticky();
    b.keyboard.stick("MetaLeft");
    b.keyboard.stick("MetaLeft");
    b.keyboard.stick("AltLeft");
    b.keyboard.release();
    b.tap("x/KeyX");
    expect(b.to.take()).toBe("release 'x'");
    expect(told.at(-1)).toBe("");
  });
});
