import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "./fixtures.ts";
import { administrator } from "./harness/administrator.ts";
import { robin } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { Desk } from "./harness/desk.ts";
import { looksSound, tabTo } from "./harness/looks.ts";
import { shot } from "./harness/tour.ts";

// The administrator's pages: people, policy, keys, and what each role is shown.

const picture = (page: Page) => page.screenshot();

async function menu(page: Page, of: string, item: string): Promise<void> {
  await page.getByRole("button", { name: text("admin.people.menu", { name: of }) }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

test("people come, change and go", async ({ broker, page, openPage }) => {
  await administrator(broker, page);
  await page.getByRole("link", { name: text("admin.title") }).click();
  await expect(page.getByText(robin.email)).toBeVisible();
  await page.getByRole("button", { name: text("admin.people.add") }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(text("admin.people.name")).fill("Kim Aalto");
  await dialog.getByLabel(text("signin.email")).fill("kim@desk.example");
  await dialog.getByLabel(text("account.role.auditor")).check();
  await looksSound(page, "adding somebody");
  await shot("admin-add", () => picture(page));
  await dialog.getByRole("button", { name: text("admin.people.add.submit") }).click();
  const field = page.getByRole("textbox", { name: text("admin.people.link") });
  const link = await field.inputValue();
  await looksSound(page, "the link of a new account");
  await page
    .getByRole("button", { name: text("app.close") })
    .last()
    .click();
  await looksSound(page, "people");
  await shot("admin-people", () => picture(page));

  const kim = await openPage();
  await new Desk(kim).signIn(link);
  await expect(kim.getByRole("link", { name: text("app.desk"), exact: true })).toBeVisible();
  await expect(kim.getByRole("link", { name: text("admin.title") })).toHaveCount(0);
  await kim.goto(`${broker.url}/admin/people`);
  await expect(kim.getByRole("heading", { name: text("app.missing") })).toBeVisible();

  await menu(page, "Kim Aalto", text("admin.people.edit"));
  await dialog.getByLabel(text("account.role.technician")).uncheck();
  await dialog.getByRole("button", { name: text("app.save"), exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await kim.goto(broker.url);
  await expect(kim.getByRole("heading", { name: text("app.sessions"), exact: true })).toBeVisible();
  await expect(kim.getByRole("link", { name: text("app.desk"), exact: true })).toHaveCount(0);

  await menu(page, "Kim Aalto", text("admin.people.close"));
  await looksSound(page, "closing an account");
  await dialog.getByRole("button", { name: text("admin.people.close") }).click();
  await expect(page.getByText(text("admin.people.closed"), { exact: true })).toBeVisible();
  await kim.reload();
  await expect(kim.getByRole("heading", { name: text("signin.title") })).toBeVisible();
  await menu(page, "Kim Aalto", text("admin.people.reopen"));
  await expect(page.getByText(text("admin.people.closed"), { exact: true })).toHaveCount(0);
  await menu(page, robin.name, text("admin.people.edit"));
  await expect(dialog.getByText(text("admin.people.own"))).toBeVisible();
});

test("policy and keys", async ({ broker, page }) => {
  await administrator(broker, page);
  await page.goto(`${broker.url}/admin/policy`);
  await expect(page.getByText(text("admin.policy.never"))).toBeVisible();
  const control = page.getByRole("checkbox").nth(1);
  await control.uncheck();
  await looksSound(page, "the policy");
  await shot("admin-policy", () => picture(page));
  await tabTo(page, "button", text("app.save"));
  await page.keyboard.press("Enter");
  await expect(page.getByText(text("admin.policy.saved"))).toBeVisible();
  await page.reload();
  await expect(control).not.toBeChecked();
  await page.getByLabel(text("retention.recordings")).fill("90");
  await page.getByRole("button", { name: text("retention.save") }).click();
  await expect(page.getByText(text("retention.saved"))).toBeVisible();
  expect(await broker.command("audit", "retention")).toContain("recordings 90");

  const published = async (): Promise<string> =>
    await (await fetch(`${broker.url}/.well-known/jwks.json`)).text();
  const before = await published();
  await page.getByRole("link", { name: text("admin.keys") }).click();
  await expect(page.getByRole("listitem")).toHaveCount(2);
  const next =
    (await page
      .getByRole("listitem")
      .filter({ hasText: text("admin.keys.next") })
      .locator("code")
      .textContent()) ?? "";
  expect(before, "the next key is published before its turn").toContain(next);
  await page.getByRole("button", { name: text("admin.keys.rotate") }).click();
  await expect(page.getByRole("listitem")).toHaveCount(3);
  await expect(page.getByRole("listitem").filter({ hasText: next })).toContainText(text("admin.keys.signs"));
  await looksSound(page, "the keys");
  await shot("admin-keys", () => picture(page));
  await expect.poll(published, "the set is the new one").not.toBe(before);
});

test("an auditor reads and exports", async ({ broker, page }) => {
  await administrator(broker, page, robin, "auditor");
  await expect(page.getByRole("link", { name: text("admin.title") })).toHaveCount(0);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: text("sessions.export") }).click();
  await looksSound(page, "exporting the log");
  await page.getByRole("button", { name: text("sessions.export.submit") }).click();
  const lines = (await readFile(await (await download).path(), "utf8")).trim().split("\n");
  const kinds = lines.map((line) => String(Reflect.get(JSON.parse(line), "kind")));
  expect(kinds[0]).toBe("broker.started");
  expect(kinds).toContain("passkey.added");
  // The next goes on where this one ended, in another format.
  await expect(page.getByText(/^Saved up to event \d+/)).toBeVisible();
  await page.getByLabel(text("sessions.export.csv"), { exact: false }).check();
  const more = page.waitForEvent("download");
  await page.getByRole("button", { name: text("sessions.export.submit") }).click();
  const rows = (await readFile(await (await more).path(), "utf8")).trim().split("\r\n");
  expect(rows[0]).toMatch(/^seq,id,time,kind/);
  expect(rows[1], "the export before").toMatch(new RegExp(`^${lines.length + 1},.*audit\\.exported`));
  await page
    .getByRole("button", { name: text("app.close") })
    .last()
    .click();
  await looksSound(page, "the auditor's sessions");
  expect(await broker.auditExport()).toContain('"kind":"audit.exported"');
});
