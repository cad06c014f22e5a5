import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "./fixtures.ts";
import { robin } from "./harness/broker.ts";
import { Client, text } from "./harness/client.ts";
import { Desk } from "./harness/desk.ts";
import { eventKinds, Session } from "./harness/session.ts";
import { Stage } from "./harness/stage.ts";
import { waitFor } from "./harness/wait.ts";

test("from a ticket to a resolution, by clicks and keys alone", async ({
  desktop,
  broker,
  page,
  openPage,
}) => {
  await broker.addTechnician();
  const desk = new Desk(page);
  await desk.signIn(await broker.signInLink());
  await page
    .getByRole("button", { name: text("desk.new") })
    .first()
    .click();
  await page
    .getByLabel(text("desk.field.subject"), { exact: true })
    .fill("The mail program asks for a password");
  await page.getByLabel(text("desk.field.requester"), { exact: true }).fill("Sam Okafor");
  await page.getByRole("button", { name: text("desk.new.submit"), exact: true }).click();
  const link = await desk.help("Sam Okafor");

  // The person: link, Start, and the line that the page gives them for their terminal.
  const person = await openPage();
  await person.goto(link);
  const [download] = await Promise.all([
    person.waitForEvent("download"),
    person.getByRole("link", { name: text("requester.start") }).click(),
  ]);
  const name = download.suggestedFilename();
  expect(name).toMatch(/^Beside-[0-9A-Z]{40}$/);
  await desktop.writeFile(`Downloads/${name}`, "");
  await copyFile(await download.path(), join(desktop.home, "Downloads", name));
  const line = await person.getByRole("textbox", { name: text("requester.run.line") }).inputValue();
  const client = Client.ofProgram(desktop, desktop.start("bash", ["-c", line]));

  await desk.accept();
  await client.asked();
  const open = page.getByRole("link", { name: text("desk.help.open") });
  if (await open.first().isVisible()) await open.first().click();
  await client.allow();
  const stage = new Stage(page);
  await stage.live();

  const terminal = await desktop.terminal();
  await expect
    .poll(async () => (await stage.pixels())?.differences(await desktop.pixels()), { timeout: 15_000 })
    .toBe(0);

  await page.getByRole("button", { name: text("session.ask"), exact: true }).click();
  await client.allow();
  await expect(page.getByText(text("session.mode.control"), { exact: true })).toBeVisible({
    timeout: 15_000,
  });
  await stage.click(terminal.window.x + 40, terminal.window.y + 40);
  await page.keyboard.type("It works: 100% of {it}, [now] \\ ~ | @ #\n", { delay: 5 });
  await terminal.typed("It works: 100% of {it}, [now] \\ ~ | @ #\n");

  await page.getByRole("button", { name: text("session.finish"), exact: true }).click();
  await page.getByLabel(text("desk.resolution"), { exact: true }).fill("A new password was set");
  await page.getByRole("button", { name: text("session.finish.submit") }).click();
  await client.closeSummary();
  await expect(page.getByText("A new password was set").first()).toBeVisible();

  const kinds = await eventKinds(broker);
  const story = [
    "ticket.created",
    "invitation.created",
    "invitation.opened",
    "session.joined",
    "session.accepted",
  ];
  const rights = ["client.verified", "client.asked", "client.granted", "client.asked", "client.granted"];
  const wanted = [...story, ...rights, "client.control_started", "session.ended"];
  expect(kinds.filter((kind, i) => wanted.includes(kind) && !(kind === "session.ended" && i < 5))).toEqual(
    wanted,
  );
  await page.goto(`${broker.url}/sessions`);
  await expect(page.getByText(robin.name).first()).toBeVisible();
});

test("the requester declines", async ({ desktop, broker, page }) => {
  const session = await Session.asking(broker, desktop, page);
  await session.client.decline();
  await session.ended("declined");
  expect((await session.stage.pixels())?.colours() ?? 1, "an empty canvas").toBe(1);
  expect(await eventKinds(broker)).not.toContain("client.capture_started");
});

test("Stop ends picture and input", async ({ desktop, broker, page }) => {
  const session = await Session.controlled(broker, desktop, page);
  const terminal = await desktop.terminal();
  await session.focus(terminal.window);
  await page.keyboard.type("before");
  await terminal.typed("before");
  await session.client.stop();
  await session.ended("requester");
  await page.keyboard.type("after");
  await session.client.closeSummary();
  await terminal.typed("before");
});

test("the panic key ends the session", async ({ desktop, broker, page }) => {
  const session = await Session.seen(broker, desktop, page);
  await desktop.keys("ctrl+alt+shift+s");
  await session.ended("requester");
});

test("control taken back while the technician types: nothing arrives after", async ({
  desktop,
  broker,
  page,
}) => {
  const session = await Session.controlled(broker, desktop, page);
  const terminal = await desktop.terminal();
  await session.focus(terminal.window);
  let over = false;
  const typing = (async () => {
    while (!over) await page.keyboard.press("x", { delay: 2 });
  })();
  await waitFor("typing arrives", async () => (await terminal.text()).length > 10);
  await session.client.takeBack();
  await session.mode("view");
  const then = await terminal.text();
  await page.waitForTimeout(500); // the technician types on
  over = true;
  await typing;
  expect(await terminal.text()).toBe(then);
  expect(then).toMatch(/^x+$/);
  await session.takeControl(); // and can be given it again
});

test("the requester pauses and resumes", async ({ desktop, broker, page }) => {
  const session = await Session.seen(broker, desktop, page);
  await session.client.pause();
  await session.mode("paused");
  await session.client.pause();
  await session.mode("view");
});
