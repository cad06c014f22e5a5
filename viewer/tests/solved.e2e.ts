import { expect, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import { Desk } from "./harness/desk.ts";
import { looksSound } from "./harness/looks.ts";
import { shot } from "./harness/tour.ts";

test("how a trouble was solved is offered where it comes again", async ({ broker, page }) => {
  await broker.addTechnician();
  await broker.addTicket("Printer prints blank pages", "Sam Okafor");
  await new Desk(page).signIn(await broker.signInLink());
  await page.getByRole("link", { name: /Printer prints blank pages/ }).click();
  const offer = page.getByText(text("desk.similar", { n: "1" }));
  await page.getByRole("button", { name: text("desk.resolve") }).click();
  await page.getByLabel(text("desk.resolution"), { exact: true }).fill("The toner was empty: replaced it");
  await page.getByRole("button", { name: text("app.save"), exact: true }).click();
  await expect(page.getByText("The toner was empty")).toBeVisible();
  await expect(offer, "no ticket is like itself").toHaveCount(0);

  await page
    .getByRole("button", { name: text("desk.new") })
    .first()
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(text("desk.field.subject")).fill("Blank pages from our printer");
  await dialog.getByText(text("desk.similar", { n: "1" })).click();
  await expect(dialog.getByText("The toner was empty")).toBeVisible();
  await looksSound(page, "solved before, while typing");
  await dialog.getByLabel(text("desk.field.requester")).fill("Mina Roth");
  await dialog.getByRole("button", { name: text("desk.new.submit") }).click();

  await expect(page.getByRole("heading", { name: "Blank pages from our printer" })).toBeVisible();
  await offer.click();
  await looksSound(page, "solved before");
  await shot("solved-before", () => page.screenshot());
  await page.getByRole("button", { name: `${text("desk.similar.use")}: #1` }).click();
  await expect(page.getByLabel(text("desk.resolution"), { exact: true })).toHaveValue(/The toner was empty/);
  await page.getByRole("button", { name: text("app.save"), exact: true }).click();
  await expect(page.getByText("The toner was empty")).toBeVisible();
});
