import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import { looksSound } from "./harness/looks.ts";
import { Notepad } from "./harness/notepad.ts";
import { eventKinds, Session } from "./harness/session.ts";

const sam = { requester: "Sam Okafor" };
const words = "Grüße – „漢字“ 👍\n\tzweite Zeile";

async function tool(page: Page, key: string): Promise<void> {
  await page.getByRole("button", { name: text("session.tools"), exact: true }).click();
  await page.getByRole("menuitem", { name: new RegExp(`^${text(key)}`) }).click();
  await expect(page.getByRole("menu")).toHaveCount(0);
}

async function allowClipboard(session: Session): Promise<void> {
  await tool(session.page, "session.clip.ask");
  await session.tells("session.asking-clipboard");
  await session.client.allow({ tick: [0, 1], nothing: true });
  await expect(session.page.getByText(text("session.asking-clipboard", sam))).toHaveCount(0);
}

test("copy and paste work with the usual keys, as if both computers were one", async ({
  desktop,
  broker,
  page,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const notepad = await Notepad.open(desktop);
  const session = await Session.controlled(broker, desktop, page);
  await allowClipboard(session);
  await session.focus(notepad.window);

  // Theirs to ours is a key, and so is what is typed right after it.
  await page.evaluate((t) => navigator.clipboard.writeText(t), words);
  await page.keyboard.press("Control+v");
  await page.keyboard.type("!");
  await notepad.holds(`${words}!`);

  // A long text comes whole.
  const long = "0123456789 äöü\n".repeat(2000);
  await page.evaluate((t) => navigator.clipboard.writeText(t), long);
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete"); // a Tk field on X11 does not paste over what is chosen
  await notepad.holds("");
  await page.keyboard.press("Control+v");
  await notepad.holds(long);

  // What is copied there is here.
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+x");
  await notepad.holds("");
  await expect(page.getByText(text("session.clip.taken"), { exact: true })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(long);
  await looksSound(page, "a text was taken");

  const kinds = await eventKinds(broker);
  for (const kind of ["client.clipboard_filled", "client.clipboard_read"]) expect(kinds).toContain(kind);
  expect(JSON.stringify(await broker.auditExport()), "the log has no text").not.toContain("Zeile");
  expect(kinds).not.toContain("client.violation");
});

test("what the person copied before stays theirs, and what is marked as secret too", async ({
  desktop,
  broker,
  page,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const session = await Session.seen(broker, desktop, page);
  const copies = (what: string) =>
    desktop.run("bash", [
      "-c",
      'printf %s "$1" | xclip -selection clipboard -in >/dev/null 2>&1',
      "copy",
      what,
    ]);
  await copies("my password");
  await allowClipboard(session);
  await tool(page, "session.clip.take");
  await session.tells("session.clip.failed.nothing");
  await looksSound(page, "session.clip.failed");
  await copies("the error text");
  await tool(page, "session.clip.take");
  await expect(page.getByText(text("session.clip.taken"), { exact: true })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("the error text");

  // A right taken back takes the keys with it, and nothing more comes.
  await session.client.takeBackRight(1);
  await page.getByRole("button", { name: text("session.tools"), exact: true }).click();
  await expect(
    page.getByRole("menuitem", { name: new RegExp(`^${text("session.clip.take")}`) }),
  ).toHaveAttribute("aria-disabled", "true");
  await page.keyboard.press("Escape");
  expect((await eventKinds(broker)).filter((kind) => kind === "client.clipboard_read")).toHaveLength(1);
});

test("a text is given or typed from a dialog, without the browser's leave", async ({
  desktop,
  broker,
  page,
}) => {
  const notepad = await Notepad.open(desktop);
  const session = await Session.controlled(broker, desktop, page);
  await session.focus(notepad.window);
  const field = page.getByLabel(text("session.clip.text"), { exact: true });
  const put = page.getByRole("button", { name: text("session.clip.put"), exact: true });

  // Typing needs control alone.
  await tool(page, "session.clip.give");
  await field.fill("typed: äß");
  await expect(put).toBeDisabled();
  await looksSound(page, "a text to give");
  await page.getByRole("button", { name: text("session.clip.type"), exact: true }).click();
  await notepad.holds("typed: äß");

  await allowClipboard(session);
  await tool(page, "session.clip.give");
  await field.fill("given");
  await put.click();
  await session.tells("session.clip.placed");
  const pasted = await desktop.run("xclip", ["-selection", "clipboard", "-out"]);
  expect(pasted.toString()).toBe("given");

  // Where the browser keeps its clipboard to itself, what was copied there is offered.
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("not now"));
  });
  await session.focus(notepad.window);
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+c");
  await session.tells("session.clip.came");
  await looksSound(page, "a text that came");

  // With the session goes what was put there.
  await session.client.stop();
  await session.ended("requester");
  await expect
    .poll(async () =>
      (await desktop.run("bash", ["-c", "xclip -selection clipboard -out || true"])).toString(),
    )
    .not.toBe("given");
});

test("a picture of the screen is kept with the ticket, and the requester reads of it", async ({
  desktop,
  broker,
  page,
}) => {
  const session = await Session.seen(broker, desktop, page);
  await tool(page, "session.picture");
  await session.tells("session.picture.kept");
  await expect.poll(() => eventKinds(broker)).toContain("client.screen_pictured");
  await page.getByRole("link", { name: text("session.back"), exact: true }).click();
  const file = page.getByRole("link", { name: /^Screen .*\.png$/ });
  const [download] = await Promise.all([page.waitForEvent("download"), file.click()]);
  const bytes = await readFile(await download.path());
  expect(bytes.readUInt32BE(16), "as wide as the screen").toBe(1280);
});

test("a picture that the broker does not take is said not to be kept", async ({ desktop, broker, page }) => {
  await Session.seen(broker, desktop, page);
  await page.route("**/attachments", (route) => route.abort());
  await tool(page, "session.picture");
  const [words] = text("session.picture.failed").split("{");
  await expect(page.getByText(words ?? "")).toBeVisible();
  expect(await eventKinds(broker)).not.toContain("client.screen_pictured");
});
