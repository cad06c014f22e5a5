import type { Page } from "@playwright/test";
import { test } from "./fixtures.ts";
import { EventWindow } from "./harness/event-window.ts";
import { Session } from "./harness/session.ts";

/** As X counts them: left, middle, right, the wheel up, down, left and right, back and forward. */
const [UP, DOWN, LEFT, RIGHT] = [4, 5, 6, 7] as const;

test("five buttons and both wheels arrive, each as often as it was turned", async ({
  desktop,
  broker,
  page,
}) => {
  const session = await Session.controlled(broker, desktop, page);
  const buttons = await EventWindow.open(desktop);
  const at = await session.stage.place(500, 400);
  await page.mouse.move(at.x, at.y);
  await five(page, at);
  await buttons.pressed([1, 2, 3, 8, 9]);

  // Each turn on its own: the last notch is waited for before the next way.
  const turns = [
    { dx: 0, dy: 100, times: 7, want: DOWN, notches: 7 },
    { dx: 0, dy: -100, times: 5, want: UP, notches: 5 },
    { dx: 100, dy: 0, times: 3, want: RIGHT, notches: 3 },
    { dx: -100, dy: 0, times: 4, want: LEFT, notches: 4 },
    // A wheel of high resolution and a trackpad: parts of a notch add up.
    { dx: 0, dy: 12.5, times: 32, want: DOWN, notches: 4 },
    { dx: -25, dy: 0, times: 12, want: LEFT, notches: 3 },
    { dx: 0, dy: -1, times: 250, want: UP, notches: 2 },
    // A throw of the wheel.
    { dx: 0, dy: 3000, times: 1, want: DOWN, notches: 30 },
  ];
  for (const { dx, dy, times, want, notches } of turns) {
    await buttons.clear();
    for (let i = 0; i < times; i++) await page.mouse.wheel(dx, dy);
    await buttons.pressed(Array.from({ length: notches }, () => want));
  }
});

async function five(page: Page, { x, y }: { x: number; y: number }): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  for (const button of ["left", "middle", "right", "back", "forward"] as const) {
    await cdp.send("Input.dispatchMouseEvent", { type: "mousePressed", x, y, button, clickCount: 1 });
    await cdp.send("Input.dispatchMouseEvent", { type: "mouseReleased", x, y, button, clickCount: 1 });
  }
}
