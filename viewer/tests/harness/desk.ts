import { expect, type Page } from "@playwright/test";
import { text } from "./client.ts";

/** The technician at the desk, who uses what a page says and nothing else. */
export class Desk {
  constructor(readonly page: Page) {}

  /** Opens a sign-in link and presses its button. */
  async signIn(link: string): Promise<void> {
    await this.page.goto(link);
    await this.page.getByRole("button", { name: text("signin.button") }).click();
    await expect(this.page).not.toHaveURL(/signin/);
  }

  /** Opens a ticket of the list. */
  async choose(subject: string): Promise<void> {
    await this.page.getByRole("link", { name: subject }).click();
    await expect(this.page.getByRole("heading", { name: subject })).toBeVisible();
  }

  /** Presses Help on the open ticket and returns the link that it made. */
  async help(requester: string): Promise<string> {
    await this.page.getByRole("button", { name: text("desk.help"), exact: true }).click();
    return await this.page.getByRole("textbox", { name: text("desk.link", { requester }) }).inputValue();
  }

  /** Waits until somebody joined, and lets them be asked. */
  async accept(): Promise<void> {
    await this.page.getByRole("button", { name: text("desk.accept") }).click({ timeout: 20_000 });
  }
}
