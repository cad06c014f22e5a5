import type { Page } from "@playwright/test";
import { text } from "./client.ts";

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
