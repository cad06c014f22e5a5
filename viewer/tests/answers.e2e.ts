import { expect, test } from "./fixtures.ts";
import { text, titles } from "./harness/client.ts";
import type { Window } from "./harness/desktop.ts";
import { held } from "./harness/held.ts";
import { eventKinds, Session } from "./harness/session.ts";
import { holds, waitFor } from "./harness/wait.ts";

/** What the technician sees of a window. */
async function seen(session: Session, window: Window): Promise<Buffer> {
  const picture = await session.stage.pixels();
  if (picture === undefined) throw new Error("there is no picture on the page");
  return picture.part(window).rgb;
}

test("the requester declines", async ({ desktop, broker, page }) => {
  const session = await Session.asking(broker, desktop, page);
  await session.client.decline();
  await session.ended("declined");
  expect((await session.stage.pixels())?.colours() ?? 1, "an empty canvas").toBe(1);
  expect(await eventKinds(broker)).not.toContain("client.capture_started");
});

test("closing the question is a no", async ({ desktop, broker, page }) => {
  const session = await Session.asking(broker, desktop, page);
  await session.client.asked();
  await waitFor("the window is closed", async () => {
    await desktop.keys("alt+F4");
    return (await desktop.findWindow(titles.consent)) === undefined;
  });
  await session.ended("declined");
  expect(await eventKinds(broker)).not.toContain("client.capture_started");
});

test("no to control leaves the picture, and may be asked again", async ({ desktop, broker, page }) => {
  const session = await Session.seen(broker, desktop, page);
  await page.getByRole("button", { name: text("session.ask"), exact: true }).click();
  await session.client.decline();
  await session.tells("session.declined.declined");
  await session.mode("view");
  await session.takeControl();
});

test("the technician gives control back: nothing of theirs arrives any more", async ({
  desktop,
  broker,
  page,
}) => {
  const terminal = await desktop.terminal();
  const session = await Session.controlled(broker, desktop, page);
  await session.keys(text("session.keyboard.keys"));
  await session.focus(terminal.window);
  await page.keyboard.type("mine");
  await terminal.typed("mine");
  await page.keyboard.down("Shift");
  await waitFor("Shift is down", async () => (await held(desktop)).length === 1);

  await session.giveBack();
  await session.mode("view");
  await waitFor("Shift came up", async () => (await held(desktop)).length === 0);
  await page.keyboard.up("Shift");
  await session.focus(terminal.window);
  await page.keyboard.type("not mine");
  expect(await terminal.before("period")).toBe("mine");
  await session.takeControl(); // which takes another question
});

test("control is taken back while the technician types: nothing arrives after", async ({
  desktop,
  broker,
  page,
}) => {
  const terminal = await desktop.terminal();
  const session = await Session.controlled(broker, desktop, page);
  await session.focus(terminal.window);
  const phrase = "the quick brown fox jumps over the lazy dog ";
  let over = false;
  let sent = "";
  const typing = (async () => {
    while (!over) {
      const character = phrase.charAt(sent.length % phrase.length);
      sent += character;
      await page.keyboard.type(character);
    }
  })();
  try {
    await waitFor("typing arrives", async () => (await terminal.text()).length > 10);
    await session.client.takeBack();
    await session.mode("view");
    const arrived = await terminal.before("period");
    expect(sent.startsWith(arrived), `a beginning of what was typed: ${arrived}`).toBe(true);
    await waitFor("the technician types on", () => sent.length > arrived.length + 10);
    const then = sent.length;
    await holds("nothing more arrives", async () => (await terminal.text()) === `${arrived}.`);
    expect(sent.length, "the technician typed all the while").toBeGreaterThan(then);
  } finally {
    over = true;
    await typing;
  }
});

test("paused, nothing is seen and nothing arrives; resumed, all is as it is", async ({
  desktop,
  broker,
  page,
}) => {
  const terminal = await desktop.terminal();
  const session = await Session.controlled(broker, desktop, page);
  await session.focus(terminal.window);
  await page.keyboard.type("before");
  await terminal.typed("before");
  await session.client.pause();
  await session.mode("paused");
  await session.says("session.paused");
  const last = await seen(session, terminal.window);

  await page.keyboard.type("now");
  expect(await terminal.before("period")).toBe("before");
  await holds("the picture stays", async () => (await seen(session, terminal.window)).equals(last));

  await session.client.pause();
  await session.mode("control");
  await waitFor("the picture is the screen", async () => {
    const screen = await desktop.pixels();
    return (await session.stage.pixels())?.differences(screen) === 0;
  });
  await session.focus(terminal.window);
  await page.keyboard.type("after");
  await terminal.typed("before.after");
});

test("Stop, with a key of the technician's down: it comes up, picture and input are over", async ({
  desktop,
  broker,
  page,
}) => {
  const terminal = await desktop.terminal();
  const session = await Session.controlled(broker, desktop, page);
  await session.keys(text("session.keyboard.keys"));
  await session.focus(terminal.window);
  await page.keyboard.type("before");
  await terminal.typed("before");
  await page.keyboard.down("Shift");
  await waitFor("Shift is down", async () => (await held(desktop)).length === 1);

  await session.client.stop();
  await waitFor("Shift came up", async () => (await held(desktop)).length === 0);
  await session.ended("requester");
  const last = await seen(session, terminal.window);
  await page.keyboard.up("Shift");
  await page.keyboard.type("after");
  expect(await terminal.before("period")).toBe("before");
  await holds("the picture stays", async () => (await seen(session, terminal.window)).equals(last));
  await session.client.closeSummary();
});

test("the panic key ends the session", async ({ desktop, broker, page }) => {
  const session = await Session.seen(broker, desktop, page);
  await desktop.keys("ctrl+alt+shift+s");
  await session.ended("requester");
});
