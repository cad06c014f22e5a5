import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { Client, text } from "./client.ts";
import type { Desktop } from "./desktop.ts";

/** Says on the page of a link whom the person asked for help: these, as the broker of the tests is called. */
export async function askedUs(page: Page, organisation = "Help desk"): Promise<void> {
  await page.getByRole("radio", { name: organisation, exact: true }).check();
}

/** The same by keys alone: the first of the choices has the focus. */
export async function askedUsByKeys(page: Page, organisation = "Help desk"): Promise<void> {
  const ours = page.getByRole("radio", { name: organisation, exact: true });
  await page.keyboard.press("Space");
  for (let moves = 0; moves < 4 && !(await ours.isChecked()); moves++) await page.keyboard.press("ArrowDown");
}

/** Presses Start once the question is answered. */
export async function pressStart(page: Page): Promise<void> {
  await askedUs(page);
  await page.getByRole("link", { name: text("requester.start") }).click();
}

/**
 * Presses Start, puts the program, whose name is like this, where a browser does, and runs it by the line that the page
 * gives for a terminal, with further flags.
 */
export async function runOffered(desktop: Desktop, page: Page, name: RegExp, flags = ""): Promise<Client> {
  const [download] = await Promise.all([page.waitForEvent("download"), pressStart(page)]);
  const file = download.suggestedFilename();
  expect(file).toMatch(name);
  await desktop.writeFile(`Downloads/${file}`, "");
  await copyFile(await download.path(), join(desktop.home, "Downloads", file));
  const line = await page.getByRole("textbox", { name: text("requester.run.line") }).inputValue();
  return Client.ofProgram(desktop, desktop.start("bash", ["-c", `${line} ${flags}`]));
}
