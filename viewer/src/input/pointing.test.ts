import { expect, test } from "vitest";
import { Outbox } from "./messages.ts";
import { Pointing } from "./pointing.ts";
import { Recorder } from "./recorder.ts";

function setup() {
  const to = new Recorder();
  const frames: (() => void)[] = [];
  const pointing = new Pointing(new Outbox(to), (f) => frames.push(f));
  const frame = () => {
    for (const f of frames.splice(0)) f();
    return to.take();
  };
  return { to, pointing, frame };
}

test("of the places of a frame the last is shown, and may get lost", () => {
  const { to, pointing, frame } = setup();
  pointing.move({ x: 1, y: 1 });
  pointing.move({ x: 2, y: 2 });
  expect(to.messages).toHaveLength(0);
  pointing.move({ x: 3, y: 3 });
  expect(frame()).toBe("point@3,3");
  pointing.move({ x: 4, y: 4 });
  frame();
  expect(to.messages).toEqual([]);
});

test("a press is shown at once, surely, and in place of a move", () => {
  const { to, pointing, frame } = setup();
  pointing.move({ x: 1, y: 1 });
  pointing.press({ x: 2, y: 2 });
  expect(to.messages.map(({ channel }) => channel)).toEqual(["control"]);
  expect(to.take()).toBe("here@2,2");
  expect(frame()).toBe("");
});

test("who leaves the picture, or stops, points nowhere", () => {
  const { to, pointing, frame } = setup();
  pointing.move({ x: 1, y: 1 });
  pointing.leave();
  expect(to.take()).toBe("unpoint");
  expect(frame()).toBe("");
  pointing.move({ x: 1, y: 1 });
  pointing.end();
  expect(to.take()).toBe("unpoint");
  pointing.move({ x: 2, y: 2 });
  expect(frame()).toBe("");
});

test("messages are counted, so that one that was overtaken is known", () => {
  const { to, pointing, frame } = setup();
  pointing.move({ x: 1, y: 1 });
  for (const f of [() => pointing.press({ x: 2, y: 2 }), () => pointing.leave()]) f();
  pointing.move({ x: 3, y: 3 });
  expect(to.messages.map(({ message }) => message["n"])).toEqual([1, 2]);
  expect(frame()).toBe("here@2,2 unpoint point@3,3");
});
