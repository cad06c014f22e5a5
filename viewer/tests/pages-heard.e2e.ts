import { expect, type Page, test } from "./fixtures.ts";
import { robin } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { Code, redeem } from "./harness/code.ts";
import { Desk } from "./harness/desk.ts";
import { tabTo } from "./harness/looks.ts";
import { pressStart } from "./harness/requester.ts";
import { Session } from "./harness/session.ts";

const sam = "Sam Okafor";
const subject = "Printer prints nothing";

test("by keyboard alone: sign in, make a ticket, help, copy, revoke, sign out", async ({ broker, page }) => {
  await broker.addTechnician();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(await broker.signInLink());
  const { keyboard } = page;
  await tabTo(page, "button", text("signin.button"));
  await keyboard.press("Enter");
  await tabTo(page, "button", text("desk.new"));
  await keyboard.press("Enter");

  await expect(page.getByRole("textbox", { name: text("desk.field.subject") })).toBeFocused();
  await keyboard.type(subject);
  await tabTo(page, "textbox", text("desk.field.requester"));
  await keyboard.type(sam);
  await tabTo(page, "textbox", text("desk.field.words"));
  await keyboard.type("It blinks.");
  await tabTo(page, "radio", text("desk.impact.low"));
  await keyboard.press("ArrowLeft");
  await expect(page.getByRole("radio", { name: text("desk.impact.medium") })).toBeChecked();
  await tabTo(page, "button", text("desk.new.submit"));
  await keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: subject })).toBeVisible();

  await tabTo(page, "button", text("desk.help"));
  await keyboard.press("Enter");
  const link = page.getByRole("textbox", { name: text("desk.link", { requester: sam }) });
  await expect(link).toHaveValue(/#[0-9A-Z]{40}$/);
  await page.evaluate(() => navigator.clipboard.writeText(""));
  await tabTo(page, "button", text("app.copied")); // it was copied when it was made
  await keyboard.press("Enter");
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(await link.inputValue());
  await tabTo(page, "button", text("desk.link.revoke"));
  await keyboard.press("Enter");
  await expect(page.getByRole("button", { name: text("desk.help"), exact: true })).toBeVisible();

  await tabTo(page, "button", text("app.account", { name: robin.name }));
  await keyboard.press("Enter");
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  await keyboard.press("End");
  await keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: text("signin.title") })).toBeVisible();
});

test("stages are announced, and who arrives is heard of elsewhere", async ({ broker, page }) => {
  await page.context().grantPermissions(["notifications"]);
  await page.addInitScript(watchNotices);
  await broker.addTechnician();
  const desk = new Desk(page);
  await desk.signIn(await broker.signInLink());
  await broker.addTicket(subject, sam);
  await desk.choose(subject);
  await canSound(page);
  const link = await desk.help(sam);
  const region = page.locator("[aria-live=polite]", { has: page.getByText(text("desk.link.waits")) });
  await expect(region).toHaveCount(1);

  const requester = await page.context().newPage();
  await requester.goto(link);
  await pressStart(requester);
  await expect(page.locator("[aria-live=polite]").getByText(text("desk.link.opened"))).toBeVisible();

  await redeem(broker, Code.of(link));
  const news = text("desk.news.joined", { requester: sam });
  await expect(
    page.locator("[aria-live=polite]").getByText(text("desk.arrived", { requester: sam })),
  ).toBeVisible();
  await heard(page, news);

  await expect(requester.getByRole("heading", { name: text("requester.running") })).toBeFocused();
  await expect(requester.getByRole("status")).toHaveText(
    text("requester.stage.joined", { technician: robin.name }),
  );
});

test("what the person answers is heard of elsewhere", async ({ broker, desktop, page }) => {
  await page.context().grantPermissions(["notifications"]);
  await page.addInitScript(watchNotices);
  const { client } = await Session.asking(broker, desktop, page);
  await canSound(page);
  await client.allow();
  await heard(page, text("desk.news.allowed", { requester: sam }));

  const ask = page.getByRole("button", { name: text("session.ask"), exact: true });
  await ask.click();
  await client.decline();
  await heard(page, text("session.news.no-control", { requester: sam }));
  await ask.click();
  await client.allow();
  await heard(page, text("session.news.control", { requester: sam }));
});

test("that the person declines is heard of elsewhere", async ({ broker, desktop, page }) => {
  await page.context().grantPermissions(["notifications"]);
  await page.addInitScript(watchNotices);
  const { client } = await Session.asking(broker, desktop, page);
  await canSound(page);
  await client.decline();
  await heard(page, text("desk.news.declined", { requester: sam }));
});

interface Noticed {
  noticed: string[];
  sounding: AudioContext[];
}

/** Waits until the page may sound: a browser allows it some time after the first gesture. */
async function canSound(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const { sounding } = window as unknown as Noticed;
    return sounding.some((context) => context.state === "running");
  });
}

/** Waits until news came by all three ways, and no more than once; then looks at the page again. */
async function heard(page: Page, news: string): Promise<void> {
  await expect(page).toHaveTitle(`● ${news} · ${text("app.name")}`, { timeout: 20_000 });
  const noticed = () => page.evaluate(() => (window as unknown as Noticed).noticed.toSorted());
  await expect.poll(noticed).toEqual([`${text("desk.notification")}: ${news}`, "sound"]);
  await page.evaluate(() => {
    (window as unknown as Noticed).noticed.length = 0;
    dispatchEvent(new Event("focus"));
  });
  await expect(page, "who looks again needs no mark").not.toHaveTitle(/●/);
}

/** Makes the page one that nobody looks at, and keeps what it then sounds and notifies. */
function watchNotices(): void {
  const noticed: string[] = [];
  const sounding: AudioContext[] = [];
  Object.assign(window, { noticed, sounding });
  window.AudioContext = class extends AudioContext {
    constructor() {
      super();
      sounding.push(this);
    }
  };
  Object.defineProperty(Document.prototype, "hasFocus", { value: () => false });
  window.Notification = class extends Notification {
    constructor(title: string, options?: NotificationOptions) {
      super(title, options);
      noticed.push(`${title}: ${options?.body ?? ""}`);
    }
  };
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (when) {
    if (!noticed.includes("sound")) noticed.push("sound");
    start.call(this, when);
  };
}
