import { expect, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import type { Desktop } from "./harness/desktop.ts";
import { looksSound } from "./harness/looks.ts";
import { eventKinds, Session } from "./harness/session.ts";
import { shot } from "./harness/tour.ts";

/** The colour of the ring's line. */
const RING = 0xe8590c;

/** Chooses a line of the menu of tools. */
async function tool(session: Session, name: string): Promise<void> {
  const { page } = session;
  await page.getByRole("button", { name: text("session.tools"), exact: true }).click();
  await page.getByRole("menuitem", { name: new RegExp(`^${name}`) }).click();
  await expect(page.getByRole("menu")).toHaveCount(0);
}

/** Whether a place of the person's screen is on the line of a ring. */
async function ringed(desktop: Desktop, x: number, y: number): Promise<boolean> {
  const shot = await desktop.pixels();
  return shot.at(x, y) === RING;
}

test("the technician points, the person sees where, and nothing is clicked", async ({
  desktop,
  broker,
  page,
}) => {
  const session = await Session.seen(broker, desktop, page);
  const { client, stage } = session;
  await tool(session, text("session.point.ask"));
  await session.tells("session.asking-point");
  await client.allow();
  const stop = page.getByRole("button", { name: text("session.point.stop"), exact: true });
  await expect(stop).toBeVisible();

  // A monitor 800 pixels high has a ring of 50, whose line is 6 wide.
  const there = await stage.place(600, 500);
  await page.mouse.move(there.x, there.y);
  await expect.poll(() => ringed(desktop, 622, 500), { message: "a ring on the person's screen" }).toBe(true);
  await page.mouse.down();
  await page.mouse.up();
  await expect.poll(() => ringed(desktop, 644, 500), { message: "a larger one after a press" }).toBe(true);
  await expect.poll(() => ringed(desktop, 622, 500), { message: "which is small again" }).toBe(true);
  await expect
    .poll(async () => (await stage.pixels())?.at(622, 500), { message: "the technician sees it too" })
    .toBe(RING);
  await shot("pointing", () => page.screenshot());
  await shot("pointing-there", () => desktop.screenshot());
  await looksSound(page, "pointing");

  await page.mouse.move(4, 4); // away from the picture
  await expect.poll(() => ringed(desktop, 622, 500), { message: "no ring where nobody points" }).toBe(false);
  expect(await eventKinds(broker)).toContain("client.pointing_started");
  expect(await eventKinds(broker), "nothing was clicked").not.toContain("client.control_started");

  // The person takes it back on the bar, and the technician's pointer is their own again.
  await client.takeBackRight();
  await expect(stop).toHaveCount(0);
  await page.mouse.move(there.x, there.y);
  await page.mouse.click(there.x, there.y);
  await page.waitForTimeout(300); // what is wrong would be on its way
  expect(await ringed(desktop, 622, 500), "a ring without the right").toBe(false);
  expect(await eventKinds(broker)).not.toContain("client.violation");
});

test("who points while mouse and keyboard are lent clicks nothing, until they stop pointing", async ({
  desktop,
  broker,
  page,
}) => {
  const terminal = await desktop.terminal();
  const session = await Session.controlled(broker, desktop, page);
  await session.focus(terminal.window);
  await tool(session, text("session.point.ask"));
  await session.client.allow();
  const stop = page.getByRole("button", { name: text("session.point.stop"), exact: true });
  await expect(stop).toBeVisible();
  const { x, y } = terminal.window;
  await session.stage.click(x + 60, y + 60);
  await expect.poll(() => ringed(desktop, x + 60 + 22, y + 60), { message: "a ring" }).toBe(true);
  await page.keyboard.type("still typing");
  await terminal.typed("still typing");

  await stop.click();
  await expect.poll(() => ringed(desktop, x + 60 + 22, y + 60), { message: "no ring" }).toBe(false);
  await session.focus(terminal.window);
});
