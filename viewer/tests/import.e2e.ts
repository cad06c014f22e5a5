import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import { Desk } from "./harness/desk.ts";
import { looksSound } from "./harness/looks.ts";
import { docsFolder } from "./harness/paths.ts";

const choose = (page: Page, content: string | Buffer) =>
  page
    .getByLabel(text("desk.import.file"), { exact: true })
    .setInputFiles({ name: "tickets.csv", mimeType: "text/csv", buffer: Buffer.from(content) });

test("a file of tickets is looked at first, and nothing of it comes twice", async ({ broker, page }) => {
  await broker.addTechnician();
  await new Desk(page).signIn(await broker.signInLink());
  await page.getByRole("button", { name: text("desk.new") }).click();
  await page.getByRole("button", { name: text("desk.import") }).click();
  const example = await readFile(join(docsFolder, "tickets.csv"), "utf8");
  await choose(page, `${example}OLD-1044,,Nobody,,,,\n`);
  await expect(page.getByText("1 wrong line")).toBeVisible();
  await expect(page.getByRole("dialog").getByRole("listitem").filter({ hasText: "subject" })).toContainText(
    "6",
  );
  await looksSound(page, "a file with a wrong line");
  await choose(page, "subject\nNo id\n");
  await expect(page.getByRole("alert")).toContainText("external id");
  await looksSound(page, "a file that cannot be read");

  await choose(page, example);
  await expect(page.getByText("3 new tickets")).toBeVisible();
  await page.getByRole("button", { name: text("desk.import.all") }).click();
  await expect(page.getByText(text("desk.import.done"))).toBeVisible();
  await looksSound(page, "a file that was taken");
  await page
    .getByRole("button", { name: text("app.close") })
    .first()
    .click();
  await expect(page.getByRole("link", { name: /Second screen stays black/ })).toBeVisible();

  await page.getByRole("button", { name: text("desk.new") }).click();
  await page.getByRole("button", { name: text("desk.import") }).click();
  await choose(page, example);
  await expect(page.getByText("3 came before")).toBeVisible();
  await expect(page.getByRole("button", { name: text("desk.import.all") })).toHaveCount(0);
});
