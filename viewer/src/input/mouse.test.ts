import { describe, expect, test } from "vitest";
import { Outbox } from "./messages.ts";
import { Mouse, placeIn } from "./mouse.ts";
import { Recorder } from "./recorder.ts";
import { AGAIN_MS, LONG_PRESS_MS, Touch, type TouchOptions } from "./touch.ts";

function setup() {
  const to = new Recorder();
  const frames: (() => void)[] = [];
  const mouse = new Mouse(new Outbox(to), {
    frame: (f) => frames.push(f),
    beforePress: () => to.sendInput("control", '{"type":"flush"}'),
  });
  const frame = () => {
    for (const f of frames.splice(0)) f();
    return to.take();
  };
  return { to, mouse, frame };
}

/** What the client makes of a fraction. */
const pixelOf = (fraction: number, size: number) => Math.floor((fraction * size) / 65536);

test("a place at 1:1 is the very pixel", () => {
  for (const size of [1, 7, 1279, 1280, 1366, 1920, 3840, 7680]) {
    const box = { left: 10, top: 20, width: size, height: size };
    for (let p = 0; p < size; p++) {
      const { x, y } = placeIn(box, 10 + p, 20 + p);
      if (pixelOf(x, size) !== p || pixelOf(y, size) !== p) {
        expect.fail(`size ${size}: pixel ${p} became ${pixelOf(x, size)}, ${pixelOf(y, size)}`);
      }
    }
  }
});

test("a place outside is the nearest inside", () => {
  const box = { left: 100, top: 100, width: 50, height: 50 };
  expect(placeIn(box, 0, 500)).toEqual({ x: 0, y: 65535 });
  expect(placeIn({ ...box, width: 0 }, 0, 0).x).toBe(0);
});

describe("mouse", () => {
  test("of the moves of a frame the last is sent", () => {
    const { mouse, frame } = setup();
    mouse.point({ x: 1, y: 1 }, 0);
    mouse.point({ x: 2, y: 2 }, 0);
    expect(frame()).toBe("move@2,2");
    expect(frame()).toBe("");
  });

  test("a button goes at once, after the modifiers, and takes the place of a move", () => {
    const { mouse, frame, to } = setup();
    mouse.point({ x: 1, y: 1 }, 0);
    mouse.point({ x: 2, y: 2 }, 1);
    expect(to.take()).toBe("flush +0@2,2");
    mouse.point({ x: 3, y: 3 }, 1 | 2);
    mouse.point({ x: 3, y: 3 }, 2);
    mouse.point({ x: 4, y: 4 }, 0);
    expect(frame()).toBe("flush +2@3,3 -0@3,3 -2@4,4");
  });

  test("all five buttons have their number", () => {
    const { mouse, to } = setup();
    const at = { x: 0, y: 0 };
    for (const bit of [1, 2, 4, 8, 16]) mouse.point(at, bit);
    expect(to.take()).toBe(
      "flush +0@0,0 -0@0,0 flush +2@0,0 flush +1@0,0 -2@0,0 -1@0,0 flush +3@0,0 -3@0,0 flush +4@0,0",
    );
  });

  test("a button that was released over there has to be pressed anew", () => {
    const { mouse, frame, to } = setup();
    const at = { x: 0, y: 0 };
    mouse.point(at, 1);
    mouse.forget();
    to.take();
    mouse.point({ x: 1, y: 1 }, 1);
    mouse.point(at, 0);
    expect(frame()).toBe("move@0,0");
    mouse.point(at, 1);
    expect(to.take()).toBe("flush +0@0,0");
  });

  test("small turns of a trackpad add up to exactly what they are", () => {
    const { mouse, frame } = setup();
    for (let i = 0; i < 250; i++) mouse.wheel({ x: 0, y: 0 }, 0, -1, 0);
    expect(frame()).toBe("flush wheel(0,-300)@0,0");
  });

  test("the wheel counts 120 to a notch in every unit, adds up, and goes once a frame", () => {
    const { mouse, frame } = setup();
    const at = { x: 5, y: 5 };
    mouse.wheel(at, 0, 100, 0);
    expect(frame()).toBe("flush wheel(0,120)@5,5");
    mouse.wheel(at, 0, -3, 1);
    mouse.wheel(at, 1, 0, 2);
    expect(frame()).toBe("flush wheel(120,-120)@5,5");
    for (let i = 0; i < 4; i++) mouse.wheel(at, 0, 0.625, 0); // a slow touchpad: 2.5 px are 3 units
    expect(frame()).toBe("flush wheel(0,3)@5,5");
    mouse.wheel(at, 0, 0.1, 0);
    expect(frame()).toBe("");
  });
});

describe("touch", () => {
  function withTouch(options: TouchOptions = {}) {
    const base = setup();
    const timers: { ms: number; f: () => void }[] = [];
    const touch = new Touch(
      base.mouse,
      (ms, f) => {
        const timer = { ms, f };
        timers.push(timer);
        return () => timers.includes(timer) && timers.splice(timers.indexOf(timer), 1);
      },
      options,
    );
    const finger = (id: number, x: number, y: number) => ({ id, clientX: x, clientY: y, at: { x, y } });
    const wait = (ms: number) => {
      for (const t of [...timers]) if (t.ms <= ms) timers.splice(timers.indexOf(t), 1)[0]?.f();
    };
    return { ...base, touch, finger, wait };
  }

  test("a tap clicks", () => {
    const { touch, finger, to } = withTouch();
    touch.down(finger(1, 50, 50));
    touch.move(finger(1, 52, 52));
    expect(to.take()).toBe("");
    touch.up(finger(1, 52, 52), false);
    expect(to.take()).toBe("flush +0@50,50 -0@50,50");
  });

  test("what moved is no tap, though the page hears of the way only at its end", () => {
    const { touch, finger, to } = withTouch();
    touch.mode = "trackpad";
    touch.down(finger(1, 50, 50));
    touch.up(finger(1, 90, 50), false);
    expect(to.take()).not.toContain("+0");
  });

  test("a tap of before the change to the trackpad begins no drag", () => {
    const { touch, finger, frame, to } = withTouch();
    touch.down(finger(1, 50, 50));
    touch.up(finger(1, 50, 50), false);
    to.take();
    touch.mode = "trackpad";
    touch.down(finger(1, 50, 50));
    touch.move(finger(1, 70, 50));
    expect(frame()).not.toContain("+0");
  });

  test("a tap that the browser takes away does nothing", () => {
    const { touch, finger, to } = withTouch();
    touch.down(finger(1, 50, 50));
    touch.up(finger(1, 50, 50), true);
    expect(to.take()).toBe("");
  });

  test("a long press clicks right, once", () => {
    const { touch, finger, to, wait } = withTouch();
    touch.down(finger(1, 50, 50));
    wait(LONG_PRESS_MS);
    touch.move(finger(1, 90, 90));
    touch.up(finger(1, 90, 90), false);
    expect(to.take()).toBe("flush +2@50,50 -2@50,50");
  });

  test("one finger drags from where it began", () => {
    const { touch, finger, to, frame, wait } = withTouch();
    touch.down(finger(1, 50, 50));
    touch.move(finger(1, 70, 50));
    wait(LONG_PRESS_MS);
    expect(frame()).toBe("flush +0@50,50 move@70,50");
    touch.up(finger(1, 80, 50), false);
    expect(to.take()).toBe("-0@80,50");
  });

  test("two fingers turn the wheel, the picture following them", () => {
    const { touch, finger, frame } = withTouch();
    touch.down(finger(1, 50, 50));
    touch.down(finger(2, 60, 50));
    touch.move(finger(1, 50, 0));
    touch.move(finger(2, 60, 0));
    expect(frame()).toBe("flush wheel(0,60)@50,50");
    touch.up(finger(1, 50, 0), false);
    touch.up(finger(2, 60, 0), false);
    expect(frame()).toBe("");
  });

  test("a tap of two fingers clicks right where the first was", () => {
    const { touch, finger, to } = withTouch();
    touch.down(finger(1, 50, 50));
    touch.down(finger(2, 90, 50));
    touch.move(finger(1, 51, 51));
    touch.up(finger(2, 90, 50), false);
    touch.up(finger(1, 51, 51), false);
    expect(to.take()).toBe("flush +2@50,50 -2@50,50");
  });

  test("two fingers that go apart look closer and turn no wheel", () => {
    const seen: unknown[] = [];
    const pinch = (...what: unknown[]) => void seen.push(what);
    const { touch, finger, frame } = withTouch({ pinch });
    touch.down(finger(1, 50, 50));
    touch.down(finger(2, 70, 50));
    touch.move(finger(1, 40, 50));
    touch.move(finger(2, 80, 50));
    touch.move(finger(2, 120, 50));
    touch.up(finger(2, 120, 50), false);
    touch.move(finger(1, 20, 50));
    touch.up(finger(1, 20, 50), false);
    expect(seen).toEqual([
      [2, { x: 60, y: 50 }, { x: 0, y: 0 }],
      [2, { x: 80, y: 50 }, { x: 20, y: 0 }],
    ]);
    expect(frame()).toBe("");
  });

  /** A picture of 65536 pixels of the page, so that places are pixels. */
  function withTrackpad() {
    const picture = () => ({ left: 0, top: 0, width: 65536, height: 65536 });
    const base = withTouch({ pointer: () => ({ x: 1000, y: 1000 }), picture });
    base.touch.mode = "trackpad";
    return base;
  }

  test("on the trackpad a finger moves the pointer from wherever it touches, and a tap clicks there", () => {
    const { touch, finger, to, frame, wait } = withTrackpad();
    touch.down(finger(1, 50, 50));
    touch.move(finger(1, 150, 50));
    expect(frame()).toBe("move@1160,1000"); // the pointer goes faster than the finger
    touch.up(finger(1, 150, 50), false);
    touch.down(finger(1, 7, 7));
    touch.up(finger(1, 7, 7), false);
    expect(to.take()).toBe("flush +0@1160,1000 -0@1160,1000");
    touch.down(finger(1, 7, 7));
    wait(LONG_PRESS_MS);
    touch.up(finger(1, 7, 7), false);
    expect(to.take()).toBe("flush +2@1160,1000 -2@1160,1000");
    wait(1000); // rested: the requester may have moved it
    touch.down(finger(1, 7, 7));
    touch.up(finger(1, 7, 7), false);
    expect(to.take()).toBe("flush +0@1000,1000 -0@1000,1000");
  });

  test("on the trackpad a touch that moves right after a tap drags, and later it does not", () => {
    const { touch, finger, to, frame, wait } = withTrackpad();
    const stroke = () => {
      touch.down(finger(1, 50, 50));
      touch.move(finger(1, 50, 100));
      const moved = frame();
      touch.up(finger(1, 50, 100), false);
      return [moved, to.take()];
    };
    touch.down(finger(1, 50, 50));
    touch.up(finger(1, 50, 50), false);
    to.take();
    expect(stroke()).toEqual(["flush +0@1000,1000 move@1000,1080", "-0@1000,1080"]);
    wait(AGAIN_MS);
    expect(stroke()).toEqual(["move@1000,1160", ""]);
  });
});
