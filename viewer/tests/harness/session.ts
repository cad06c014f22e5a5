import { expect, type Locator, type Page } from "@playwright/test";
import type { Broker, Invitation } from "./broker.ts";
import { Client, text } from "./client.ts";
import type { Desktop, Window } from "./desktop.ts";
import { Stage } from "./stage.ts";

/** A session between a person at a desktop and a technician at a page, from both sides. */
export class Session {
  private constructor(
    readonly client: Client,
    readonly page: Page,
    readonly stage: Stage,
    readonly invitation: Invitation,
  ) {}

  /** Up to the question whether the technician may see: the link is used, and who joined is accepted. */
  static async asking(broker: Broker, desktop: Desktop, page: Page): Promise<Session> {
    await broker.addTechnician();
    const invitation = await broker.invite(await broker.addTicket());
    const client = Client.start(desktop, await broker.installClient(desktop, invitation.secret));
    const stage = new Stage(page);
    await stage.signIn(invitation.open);
    await page.getByRole("button", { name: text("desk.accept"), exact: true }).click();
    return new Session(client, page, stage, invitation);
  }

  /** Up to the picture. */
  static async seen(broker: Broker, desktop: Desktop, page: Page): Promise<Session> {
    const session = await Session.asking(broker, desktop, page);
    await session.client.allow();
    await session.stage.live();
    return session;
  }

  /** Up to mouse and keyboard. */
  static async controlled(broker: Broker, desktop: Desktop, page: Page): Promise<Session> {
    const session = await Session.seen(broker, desktop, page);
    await session.takeControl();
    return session;
  }

  /** The same session at another page. */
  at(page: Page): Session {
    return new Session(this.client, page, new Stage(page), this.invitation);
  }

  /** Asks for control and is allowed it. */
  async takeControl(): Promise<void> {
    await this.page.getByRole("button", { name: text("session.ask"), exact: true }).click();
    await this.client.allow();
    await this.mode("control");
  }

  /** Waits until the page says what the technician may do. */
  async mode(mode: "view" | "control" | "paused" | "off"): Promise<void> {
    await expect(this.page.getByText(text(`session.mode.${mode}`), { exact: true })).toBeVisible({
      timeout: 20_000,
    });
  }

  /** One of the figures of the connection that the page shows. */
  figure(key: string): Locator {
    return this.page
      .getByLabel(text("session.figures"), { exact: true })
      .getByText(text(key), { exact: true });
  }

  /** Gives mouse and keyboard back. */
  async giveBack(): Promise<void> {
    await this.page.getByRole("button", { name: text("session.give-back"), exact: true }).click();
  }

  /** Chooses a line of the menu of keys: how the keyboard types, or keys to press there. */
  async keys(label: string): Promise<void> {
    await this.page.getByRole("button", { name: text("session.keys"), exact: true }).click();
    await this.page.getByRole("menuitem", { name: new RegExp(`^${label.replaceAll("+", "\\+")}`) }).click();
    await expect(this.page.getByRole("menu")).toHaveCount(0);
  }

  /** Waits until the page says this in place of the picture. */
  async says(key: string, timeoutMs = 15_000): Promise<void> {
    const name = text(key, { requester: "Sam Okafor" });
    await expect(this.page.getByRole("heading", { name })).toBeVisible({ timeout: timeoutMs });
    await expect(this.stage.canvas).toBeHidden();
  }

  /** Waits for a line over the picture. */
  async tells(key: string): Promise<void> {
    const line = this.page.getByText(text(key, { requester: "Sam Okafor" }));
    await expect(line).toBeVisible({ timeout: 15_000 });
  }

  /** Waits until the page says how the session ended. */
  async ended(reason: string): Promise<void> {
    const words = text(`end.${reason}`);
    await expect(this.page.getByRole("heading", { name: words }).first()).toBeVisible({ timeout: 15_000 });
  }

  /** Clicks a window as the technician, and waits until it has the keyboard. */
  async focus(window: Window): Promise<void> {
    await this.stage.click(window.x + 40, window.y + 40);
    await this.client.desktop.active(window);
  }
}

/** The kinds of all events so far; throws where the sequence has a gap. */
export async function eventKinds(broker: Broker): Promise<string[]> {
  const events = (await broker.auditExport())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { seq: number; kind: string });
  expect(
    events.map((event) => event.seq),
    "a sequence without gaps",
  ).toEqual(events.map((_, i) => i + 1));
  return events.map((event) => event.kind);
}
