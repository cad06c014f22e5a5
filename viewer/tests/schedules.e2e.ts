import { expect, test } from "./fixtures.ts";
import { administrator } from "./harness/administrator.ts";
import { Broker } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { looksSound } from "./harness/looks.ts";
import { PostOffice } from "./harness/postoffice.ts";

test("a report by the clock is added and removed", async ({ page }) => {
  const office = await PostOffice.open();
  const broker = await Broker.start(office.flags);
  try {
    await administrator(broker, page);
    await page.goto(`${broker.url}/admin/desk`);
    await page.getByRole("button", { name: text("admin.schedules.add") }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(text("admin.schedules.every")).selectOption("month");
    await dialog.getByLabel(text("admin.schedules.zone")).fill("Nowhere/Land");
    await dialog.getByLabel(text("admin.schedules.addresses")).fill("boss@desk.example, ada@desk.example");
    const save = dialog.getByRole("button", { name: text("app.save"), exact: true });
    await save.click();
    await expect(dialog.getByRole("alert")).toContainText("Europe/Berlin");
    await looksSound(page, "a zone that there is not");
    await dialog.getByLabel(text("admin.schedules.zone")).fill("Europe/Berlin");
    await save.click();
    const month = `${text("admin.schedules.every.month")} · Europe/Berlin`;
    await expect(page.getByText(month)).toBeVisible();
    await expect(page.getByText("boss@desk.example, ada@desk.example")).toBeVisible();
    await looksSound(page, "reports by the clock");
    await page.getByRole("button", { name: `${text("admin.schedules.remove")}: ${month}` }).click();
    await expect(page.getByText(month)).toHaveCount(0);
  } finally {
    await broker.end();
    await office.close();
  }
});

test("without mail a report is for webhooks alone", async ({ broker, page }) => {
  await administrator(broker, page);
  await page.goto(`${broker.url}/admin/desk`);
  await page.getByRole("button", { name: text("admin.schedules.add") }).click();
  await expect(page.getByRole("dialog").getByText(text("admin.schedules.mail-off"))).toBeVisible();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: text("app.save"), exact: true })
    .click();
  await expect(page.getByText(text("admin.schedules.every.week"))).toBeVisible();
});
