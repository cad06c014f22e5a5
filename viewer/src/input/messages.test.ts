import { expect, test } from "vitest";
import goldenCodes from "../../../signaling/control/testdata/codes.json";
import golden from "../../../signaling/control/testdata/input.json";
import { CODES, isCode } from "./codes.ts";
import {
  type ButtonNumber,
  encode,
  MAX_TEXT,
  MAX_WHEEL,
  type Message,
  Outbox,
  sendable,
} from "./messages.ts";
import { Recorder } from "./recorder.ts";
import { press, SINGLE_KEYS, SPECIAL_KEYS } from "./special-keys.ts";

test("the table of keys is the client's", () => {
  expect(CODES).toEqual(goldenCodes);
});

/** Builds the message that a golden one stands for, by the types of this side. */
function rebuild(wanted: (typeof golden)[number]["message"]): Message {
  const { gen, n = 0, x = 0, y = 0, down = false } = wanted;
  switch (wanted.type) {
    case "key": {
      const code = wanted.code ?? "";
      if (!isCode(code)) throw new Error(`unknown key ${code}`);
      return { type: "key", gen, code, down };
    }
    case "text":
      return { type: "text", gen, text: wanted.text ?? "" };
    case "release":
      return { type: "release", gen };
    case "move":
      return { type: "move", gen, n, x, y };
    case "button":
      return { type: "button", gen, n, x, y, button: wanted.button ?? 0, down };
    case "wheel":
      return { type: "wheel", gen, n, x, y, dx: wanted.dx ?? 0, dy: wanted.dy ?? 0 };
    case "point":
    case "here":
      return { type: wanted.type, gen, n, x, y };
    case "unpoint":
      return { type: "unpoint", gen, n };
    default:
      throw new Error(`unknown type ${wanted.type}`);
  }
}

test.each(golden)("golden message: $name", ({ message }) => {
  expect(JSON.parse(encode(rebuild(message)))).toEqual(message);
});

test("a text loses what the client refuses", () => {
  expect(sendable("a\r\nb\rc\td\u001b[2J\u007f\u009b😀\ud800é").join("")).toBe("a\nb\nc\td[2J😀é");
});

test("a long text travels in parts of whole characters", () => {
  const to = new Recorder();
  new Outbox(to).text("😀".repeat(MAX_TEXT + 1));
  const texts = to.messages.map(({ message }) => String(message["text"]));
  expect(texts.map((text) => [...text].length)).toEqual([MAX_TEXT, 1]);
  new Outbox(to).text("\u001b");
  expect(to.messages).toHaveLength(2);
});

test("moves, buttons and wheel share one count from 1, and moves have their own channel", () => {
  const to = new Recorder();
  const outbox = new Outbox(to);
  const at = { x: 1, y: 2 };
  outbox.move(at);
  outbox.button(at, 0 satisfies ButtonNumber, true);
  outbox.move(at);
  outbox.wheel(at, -1e6, 1e6);
  outbox.key("KeyA", true);
  expect(to.messages.map(({ message }) => message["n"])).toEqual([1, 2, 3, 4, undefined]);
  expect(to.messages.map(({ channel }) => channel)).toEqual([
    "pointer",
    "control",
    "pointer",
    "control",
    "control",
  ]);
  expect(to.messages[3]?.message).toMatchObject({ dx: -MAX_WHEEL, dy: MAX_WHEEL, gen: 7 });
});

test("special keys are named once", () => {
  const labels = [...SPECIAL_KEYS, ...SINGLE_KEYS].map(({ label }) => label);
  expect(new Set(labels).size).toBe(labels.length);
});

test("special keys are held for a moment", () => {
  const recorder = new Recorder();
  const waiting: (() => void)[] = [];
  press(new Outbox(recorder), ["AltLeft", "Tab"], (act) => waiting.push(act));
  expect(recorder.take()).toBe("+AltLeft +Tab");
  for (const act of waiting) act();
  expect(recorder.take()).toBe("-Tab -AltLeft");
});
