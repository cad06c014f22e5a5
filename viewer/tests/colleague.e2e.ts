import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import type { Broker } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { Desk } from "./harness/desk.ts";
import type { Desktop } from "./harness/desktop.ts";
import { looksSound } from "./harness/looks.ts";
import { eventKinds, Session } from "./harness/session.ts";
import { shot } from "./harness/tour.ts";

const kim = { email: "kim@desk.example", name: "Kim Aalto" };
const names = { technician: kim.name, requester: "Sam Okafor" };

/** Another technician, signed in at a browser of their own. */
async function signedIn(broker: Broker, page: Page): Promise<void> {
  await broker.addTechnician(kim);
  await new Desk(page).signIn(await broker.signInLink(kim));
}

/** The first technician makes a link for a colleague and reads it. */
async function called(page: Page): Promise<string> {
  await page.getByRole("button", { name: text("session.tools"), exact: true }).click();
  await page.getByRole("menuitem", { name: new RegExp(`^${text("colleague.call")}`) }).click();
  await page.getByRole("button", { name: text("colleague.call.make"), exact: true }).click();
  await expect(page.getByText(text("colleague.called"))).toBeVisible();
  return await page.getByLabel(text("colleague.link"), { exact: true }).inputValue();
}

async function looksOn(
  broker: Broker,
  desktop: Desktop,
  page: Page,
  other: Page,
): Promise<{ session: Session; second: Session }> {
  const session = await Session.seen(broker, desktop, page);
  await signedIn(broker, other);
  await other.goto(await called(page));
  const second = session.at(other);
  await expect(page.getByText(text("colleague.asking", names))).toBeVisible();
  await looksSound(page, "a colleague is called in");
  await shot("colleague-asks", () => desktop.screenshot());
  await session.client.allow();
  await second.stage.live();
  return { session, second };
}

test("a second technician looks on when the person allows it, and everybody is told who does", async ({
  desktop,
  broker,
  page,
  openPage,
}) => {
  const other = await openPage();
  const { session, second } = await looksOn(broker, desktop, page, other);
  await expect(page.getByText(text("colleague.here", names))).toBeVisible();
  await page.keyboard.press("Escape");
  const chip = page.getByText(text("colleague.bar", { technician: kim.name }), { exact: true });
  await expect(chip).toBeVisible();
  await expect(other.getByText(text("colleague.looking-on", { technician: "Robin Hale" }))).toBeVisible();
  await looksSound(other, "looking on");
  await shot("colleague-bar", () => desktop.screenshot());
  await shot("colleague", () => other.screenshot());

  // They see the same, and what they press reaches nobody.
  const here = await session.stage.pixels();
  await expect
    .poll(async () => (await second.stage.pixels())?.colours(20), { message: "the same picture" })
    .toBe(here?.colours(20));
  await second.stage.click(300, 300);
  await other.keyboard.type("nothing of this arrives");

  // Their page loads anew: nobody is asked again.
  await other.reload();
  await second.stage.live();
  await expect(chip).toBeVisible();

  await other.getByRole("button", { name: text("colleague.leave"), exact: true }).click();
  await second.says("colleague.stage.parted");
  await expect(chip).toHaveCount(0);
  await session.stage.live();
  const kinds = await eventKinds(broker);
  const ours = kinds.filter((kind) => kind.includes("colleague"));
  expect(ours).toEqual([
    "session.colleague_called",
    "session.colleague_came",
    "client.colleague_asked",
    "client.colleague_allowed",
    "client.colleague_left",
  ]);
  expect(kinds).not.toContain("client.control_started");
});

test("the person lets no second technician look on, and the session goes on", async ({
  desktop,
  broker,
  page,
  openPage,
}) => {
  const other = await openPage();
  const session = await Session.seen(broker, desktop, page);
  await signedIn(broker, other);
  const link = await called(page);
  await other.goto(link);
  await session.client.decline();
  await expect(page.getByText(text("colleague.declined", names))).toBeVisible();
  const second = session.at(other);
  await second.says("colleague.stage.turned-away");
  await looksSound(other, "turned away");
  await page.keyboard.press("Escape");
  await session.stage.live();

  // A link that is not whole says so, and the whole one was for once.
  await other.goto(link.slice(0, -3));
  await expect(other.getByRole("heading", { name: text("colleague.link.bad") })).toBeVisible();
  await other.goto(link);
  await second.says("colleague.stage.parted");
});

test("the first technician sends the second away, and Stop ends it for both", async ({
  desktop,
  broker,
  page,
  openPage,
}) => {
  const other = await openPage();
  const { session, second } = await looksOn(broker, desktop, page, other);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: text("session.tools"), exact: true }).click();
  const away = text("colleague.dismiss", { technician: kim.name });
  await page.getByRole("menuitem", { name: away }).click();
  await second.says("colleague.stage.parted");

  await other.goto(await called(page));
  await session.client.allow();
  await second.stage.live();
  await session.client.stop();
  await second.ended("requester");
  await session.ended("requester");

  // The person's own receipt names who looked on.
  const person = await openPage();
  await person.goto(session.invitation.link);
  const receipt = person.getByRole("region", { name: text("receipt.title") });
  await expect(async () => {
    await person.reload();
    await person.getByRole("button", { name: text("receipt.get") }).click();
    await expect(receipt).toContainText(`${text("receipt.looked-on")}${kim.name}`, { timeout: 3000 });
  }).toPass();
});
