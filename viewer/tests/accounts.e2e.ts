import { expect, type Page, test } from "./fixtures.ts";
import { Authenticator } from "./harness/authenticator.ts";
import { type Broker, robin } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { Desk } from "./harness/desk.ts";
import { looksSound, tabTo } from "./harness/looks.ts";
import { shot } from "./harness/tour.ts";

// How people sign in and look after their accounts, with the authenticator that Chromium plays.

const picture = (page: Page) => page.screenshot();

async function menu(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole("button", { name }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

async function signOut(page: Page): Promise<void> {
  await menu(page, text("app.account", { name: robin.name }), text("app.sign-out"));
  await expect(page.getByRole("heading", { name: text("signin.title") })).toBeVisible();
}

/** Signs in by a link, adds a passkey as the page offers it, and returns the recovery codes. */
async function enrol(broker: Broker, page: Page): Promise<readonly string[]> {
  await new Desk(page).signIn(await broker.signInLink());
  await page.getByRole("button", { name: text("passkey.add") }).click();
  await page.getByRole("dialog").getByLabel(text("passkey.name")).fill("Work laptop");
  await page.getByRole("button", { name: text("passkey.add.submit") }).click();
  const codes = page.getByRole("list", { name: text("account.codes") }).getByRole("listitem");
  await expect(codes).toHaveCount(10);
  const shown = await codes.allTextContents();
  await page.getByRole("button", { name: text("account.codes.kept") }).click();
  return shown;
}

test("a passkey from the first link to the next sign-in", async ({ broker, page }) => {
  await broker.addTechnician();
  const device = await Authenticator.of(page);
  await new Desk(page).signIn(await broker.signInLink());
  await expect(page.getByRole("complementary", { name: text("passkey.offer.title") })).toBeVisible();
  await looksSound(page, "the offer of a passkey");
  await page.getByRole("button", { name: text("passkey.add") }).click();
  await looksSound(page, "adding a passkey");
  await shot("passkey-add", () => picture(page));

  await device.knows(false);
  await page.getByRole("button", { name: text("passkey.add.submit") }).click();
  await expect(page.getByRole("alert")).toContainText(text("passkey.cancelled"));
  await device.knows(true);
  await page.getByRole("button", { name: text("passkey.add.submit") }).click();
  await expect(page.getByRole("heading", { name: text("account.codes.keep") })).toBeVisible();
  await looksSound(page, "recovery codes");
  await shot("recovery-codes", () => picture(page));
  await page.getByRole("button", { name: text("account.codes.kept") }).click();
  await expect(page.getByRole("complementary")).toHaveCount(0);

  await signOut(page);
  await looksSound(page, "the choice of ways");
  await shot("sign-in-choice", () => picture(page));
  await device.knows(false);
  await page.getByRole("button", { name: text("signin.passkey") }).click();
  await expect(page.getByRole("alert")).toContainText(text("passkey.cancelled"));
  await device.knows(true);
  await tabTo(page, "button", text("signin.passkey"));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: text("desk.none.work") })).toBeVisible();
  expect(Math.max(...(await device.counters())), "the authenticator counts").toBeGreaterThan(1);
  const log = await broker.auditExport();
  expect(log).toContain('"method":"passkey"');
  expect(log).not.toContain("Work laptop");
});

test("the page of one's own account", async ({ broker, page, openPage }) => {
  await broker.addTechnician();
  await Authenticator.of(page);
  const codes = await enrol(broker, page);

  const elsewhere = await openPage();
  await elsewhere.goto(broker.url);
  await elsewhere.getByText(text("signin.recovery"), { exact: true }).click();
  await elsewhere.getByLabel(text("signin.email")).fill(robin.email);
  await elsewhere.getByLabel(text("signin.code")).fill("0000-0000-0000-0000");
  await elsewhere.getByRole("button", { name: text("signin.button"), exact: true }).click();
  await expect(elsewhere.getByRole("alert")).toContainText("do not belong together");
  await looksSound(elsewhere, "a refused recovery code");
  await shot("sign-in-recovery", () => picture(elsewhere));
  await elsewhere.getByLabel(text("signin.code")).fill((codes[0] ?? "").toLowerCase().replaceAll("-", " "));
  await elsewhere.getByRole("button", { name: text("signin.button"), exact: true }).click();
  await expect(elsewhere.getByRole("heading", { name: text("desk.none.work") })).toBeVisible();

  await menu(page, text("app.account", { name: robin.name }), text("account.title"));
  await expect(page.getByText(text("account.codes.left", { n: "9" }))).toBeVisible();
  await expect(page.getByText(text("account.devices.here"))).toBeVisible();
  await looksSound(page, "the account");
  await shot("account", () => picture(page));

  await menu(page, text("passkey.menu", { name: "Work laptop" }), text("passkey.rename"));
  await page.getByRole("dialog").getByLabel(text("passkey.name")).fill("Old laptop");
  await looksSound(page, "renaming a passkey");
  await page.getByRole("button", { name: text("app.save") }).click();
  await expect(page.getByText("Old laptop")).toBeVisible();

  await page.getByRole("button", { name: /^Sign out Chrome/ }).click();
  await expect(page.getByRole("button", { name: /^Sign out Chrome/ })).toHaveCount(0);
  await elsewhere.reload();
  await expect(elsewhere.getByRole("heading", { name: text("signin.title") })).toBeVisible();

  await page.getByRole("button", { name: text("account.codes.make") }).click();
  await expect(page.getByRole("heading", { name: text("account.codes.keep") })).toBeVisible();
  await page.getByRole("button", { name: text("account.codes.kept") }).click();
  await menu(page, text("passkey.menu", { name: "Old laptop" }), text("passkey.remove"));
  await expect(page.getByText(text("passkey.remove.last"))).toBeVisible();
  await looksSound(page, "removing the last passkey");
  await page.getByRole("button", { name: text("passkey.remove"), exact: true }).click();
  await expect(page.getByText("Old laptop")).toHaveCount(0);
});

test("a proof is asked for again", async ({ startBroker, page }) => {
  const broker = await startBroker(["--proof-life", "8s"]);
  await broker.addTechnician();
  const device = await Authenticator.of(page);
  await enrol(broker, page);
  await page.goto(`${broker.url}/account`);
  const dialog = page.getByRole("dialog", { name: text("proof.title") });
  const kept = page.getByRole("button", { name: text("account.codes.kept") });
  await expect(async () => {
    if (await kept.isVisible()) await kept.click(); // the proof of before was good still
    await page.getByRole("button", { name: text("account.codes.make") }).click({ timeout: 2000 });
    await expect(dialog.or(kept)).toBeVisible();
    await expect(dialog).toBeVisible({ timeout: 1000 });
  }).toPass();
  await looksSound(page, "the question for a proof");
  await shot("proof", () => picture(page));
  await device.knows(false);
  await page.getByRole("button", { name: text("proof.submit") }).click();
  await expect(dialog.getByRole("alert")).toContainText(text("passkey.cancelled"));
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("alert")).toBeVisible();

  await device.knows(true);
  await page.getByRole("button", { name: text("account.codes.make") }).click();
  await page.getByRole("button", { name: text("proof.submit") }).click();
  await expect(page.getByRole("heading", { name: text("account.codes.keep") })).toBeVisible();
  expect(await broker.auditExport()).toContain("signin.proved");
});
