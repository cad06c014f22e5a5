import { expect, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import { eventKinds, Session } from "./harness/session.ts";

test("what is allowed ends by itself, after the time that the person chose", async ({
  broker,
  desktop,
  page,
}) => {
  const session = await Session.asking(broker, desktop, page);
  await session.client.allow({ term: 0 });
  await session.stage.live();
  await expect(page.getByText(text("session.left", { time: "15 min" }), { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: text("session.left.ask") })).toHaveCount(0);

  // The last answer counts for all of it.
  await session.takeControl();
  await expect(page.getByText(text("session.left", { time: "1 h" }), { exact: true })).toBeVisible();
});

test("a locked screen ends control, and both are told why", async ({ broker, desktop, page }) => {
  const session = await Session.controlled(broker, desktop, page);
  await desktop.run("xset", ["s", "activate"]);
  await session.mode("view");
  await session.tells("session.taken.locked");
  await desktop.run("xset", ["s", "reset"]);
  await session.takeControl();
  await session.client.stop();
  await session.ended("requester");
  const kinds = await eventKinds(broker);
  expect(kinds.filter((kind) => kind === "client.revoked")).toHaveLength(1);
});

test("where the person has a mouse, it wins, and only it can allow", async ({
  broker,
  startDesktop,
  page,
}) => {
  const desktop = await startDesktop({ resizes: true });
  const terminal = await desktop.terminal();
  const session = await Session.asking(broker, desktop, page);
  const window = await session.client.asked();
  await page.waitForTimeout(1500); // until it listens
  const allow = [`${window.x + window.width - 80}`, `${window.y + window.height - 36}`];
  await desktop.run("xdotool", ["mousemove", ...allow, "click", "1"]); // a program, as the technician's hands are
  await page.waitForTimeout(1500);
  expect(await eventKinds(broker), "what a program pressed").not.toContain("client.granted");
  await session.client.allow();
  await session.stage.live();
  await session.takeControl();
  await session.focus(terminal.window);
  await page.keyboard.type("before");
  await terminal.typed("before");

  const mouse = await desktop.mouse();
  const moving = setInterval(() => mouse.move(600 + (Date.now() % 100), 500), 20);
  await session.tells("session.own");
  await page.keyboard.type("meanwhile");
  clearInterval(moving);
  await expect(page.getByText(text("session.own", { requester: "Sam Okafor" }))).toHaveCount(0);
  await session.focus(terminal.window);
  await page.keyboard.type(" after");
  await terminal.typed("before after");
});
