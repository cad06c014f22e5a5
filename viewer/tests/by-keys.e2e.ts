import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "./fixtures.ts";
import { Client, text } from "./harness/client.ts";
import { tabTo } from "./harness/looks.ts";
import { askedUsByKeys } from "./harness/requester.ts";

const sam = "Sam Okafor";
const subject = "Printer prints nothing";

test("by keys alone: from a link to the end of the help, and what is left of it", async ({
  broker,
  desktop,
  page,
  openPage,
}) => {
  await broker.addTechnician();
  await broker.addTicket(subject, sam);
  await page.goto(await broker.signInLink());
  const { keyboard } = page;
  await tabTo(page, "button", text("signin.button"));
  await keyboard.press("Enter");
  await tabTo(page, "link", new RegExp(subject));
  await keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: subject })).toBeVisible();
  await tabTo(page, "button", text("desk.help"));
  await keyboard.press("Enter");
  const link = page.getByRole("textbox", { name: text("desk.link", { requester: sam }) });
  await expect(link).toHaveValue(/#[0-9A-Z]{40}$/);

  // The person: Start, and the line for the terminal.
  const person = await openPage({ permissions: ["clipboard-read", "clipboard-write"] });
  await person.goto(await link.inputValue());
  await tabTo(person, "radio", /./);
  await askedUsByKeys(person);
  await tabTo(person, "link", text("requester.start"));
  const downloaded = person.waitForEvent("download");
  await person.keyboard.press("Enter");
  const download = await downloaded;
  await expect(person.getByRole("heading", { name: text("requester.run") })).toBeFocused();
  await tabTo(person, "textbox", text("requester.run.line"));
  await tabTo(person, "button", text("app.copy"));
  await person.keyboard.press("Enter");
  await expect(person.getByRole("button", { name: text("app.copied") })).toBeFocused();
  const line = await person.evaluate(() => navigator.clipboard.readText());
  const name = download.suggestedFilename();
  await desktop.writeFile(`Downloads/${name}`, "");
  await copyFile(await download.path(), join(desktop.home, "Downloads", name));
  const client = Client.ofProgram(desktop, desktop.start("bash", ["-c", line]));

  // The technician: Accept, Ask for control, what is typed, and the way back to the page.
  await expect(page.getByRole("button", { name: text("desk.accept") })).toBeVisible({ timeout: 20_000 });
  await tabTo(page, "button", text("desk.accept"));
  await keyboard.press("Enter");
  await client.allow();
  await expect(page.getByText(text("session.mode.view"), { exact: true })).toBeVisible({ timeout: 20_000 });
  const terminal = await desktop.terminal();
  await tabTo(page, "button", text("session.ask"));
  await keyboard.press("Enter");
  await client.allow();
  await expect(page.getByText(text("session.mode.control"), { exact: true })).toBeVisible({
    timeout: 20_000,
  });
  await terminal.focus();
  await expect(page.getByText(text("session.focus.there"))).toBeVisible();
  await keyboard.type("without a mouse");
  await terminal.typed("without a mouse");
  await keyboard.press("Control+Alt+Shift+KeyL");
  await expect(page.getByText(text("session.focus.here"))).toBeVisible();

  await tabTo(page, "button", text("session.finish"));
  await keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await tabTo(page, "textbox", text("desk.resolution"));
  await keyboard.type("The queue runs again");
  await tabTo(page, "button", text("session.finish.submit"));
  await keyboard.press("Enter");
  await client.closeSummary();
  await expect(dialog).toHaveCount(0);
  await expect(person.getByRole("heading", { name: text("requester.ended") })).toBeVisible();

  // What is left: the list of sessions, what happened in one, and each thing in full.
  await tabTo(page, "link", text("app.sessions"));
  await keyboard.press("Enter");
  await expect(page.getByRole("table")).toBeVisible();
  await tabTo(page, "link", subject);
  await keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: text("sessions.timeline") })).toBeVisible();
  await tabTo(page, "checkbox", text("sessions.timeline.all"));
  await keyboard.press("Space");
  await expect(page.getByRole("checkbox", { name: text("sessions.timeline.all") })).toBeChecked();
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await expect(page.locator("details[open]")).toHaveCount(1);
});
