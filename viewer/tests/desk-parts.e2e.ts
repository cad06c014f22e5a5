import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "./fixtures.ts";
import { administrator } from "./harness/administrator.ts";
import { robin } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { Desk } from "./harness/desk.ts";
import { looksSound } from "./harness/looks.ts";

// What stands around a ticket: its category, answers given often, time, links, and what is kept as knowledge.

const save = (page: Page) => page.getByRole("button", { name: text("app.save"), exact: true }).click();

test("categories and answers are the desk's own", async ({ broker, page, openPage }) => {
  await administrator(broker, page, { email: "kim@desk.example", name: "Kim Aalto" });
  await page.goto(`${broker.url}/admin/desk`);
  await looksSound(page, "the order of the queue");
  await page
    .getByLabel(`${text("desk.impact.medium")}, ${text("desk.urgency.high")}`, { exact: true })
    .selectOption("5");
  await page.getByRole("button", { name: text("admin.rules.save") }).click();
  await expect(page.getByText("cannot come later")).toBeVisible();
  await page
    .getByLabel(`${text("desk.impact.medium")}, ${text("desk.urgency.high")}`, { exact: true })
    .selectOption("1");
  await page.getByRole("button", { name: text("admin.rules.save") }).click();
  await expect(page.getByText(text("admin.rules.saved"))).toBeVisible();
  await page.getByRole("button", { name: text("admin.categories.add") }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(text("admin.desk.name")).fill("Toner");
  await dialog.getByLabel(text("admin.categories.parent")).selectOption("Printing");
  await looksSound(page, "adding a category");
  await save(page);
  await expect(page.getByRole("button", { name: `${text("desk.edit")}: Printing / Toner` })).toBeVisible();
  await page.getByRole("button", { name: `${text("admin.categories.retire")}: Mail` }).click();
  await expect(page.getByText(text("admin.categories.retired"), { exact: true })).toBeVisible();
  await page.getByRole("button", { name: text("admin.phrases.add") }).click();
  await dialog.getByLabel(text("admin.desk.name")).fill("Restart");
  await dialog.getByLabel(text("admin.phrases.text")).fill("please restart it once");
  await save(page);
  await expect(page.getByText("please restart it once")).toBeVisible();
  await looksSound(page, "the desk's own lists");

  await broker.addTechnician();
  await broker.addTicket("Printer prints blank pages", "Sam Okafor");
  const desk = await openPage();
  await new Desk(desk).signIn(await broker.signInLink());
  await new Desk(desk).choose("Printer prints blank pages");
  const category = desk.getByLabel(text("desk.field.category"));
  await expect(category.locator("option")).not.toContainText(["Mail"]);
  await category.selectOption("Printing / Toner");
  await desk.reload();
  await expect(category).toHaveValue("Printing / Toner");

  // An answer goes in at the caret, by keys alone.
  const note = desk.getByLabel(text("desk.note.add"));
  await note.fill("Hello, and call again");
  await note.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(6, 6));
  await desk.getByRole("button", { name: text("desk.phrases") }).focus();
  await desk.keyboard.press("Enter");
  await expect(desk.getByRole("menuitem", { name: "Restart" })).toBeFocused();
  await desk.keyboard.press("Enter");
  await expect(note).toHaveValue("Hello, please restart it once and call again");
  await expect(note).toBeFocused();

  // The ticket follows its category to another name, and keeps it when it is retired.
  await page.getByRole("button", { name: `${text("desk.edit")}: Printing`, exact: true }).click();
  await dialog.getByLabel(text("admin.desk.name")).fill("Print");
  await save(page);
  await page.getByRole("button", { name: `${text("admin.categories.retire")}: Print / Toner` }).click();
  await expect(page.getByText(text("admin.categories.retired"), { exact: true })).toHaveCount(2);
  await desk.reload();
  await expect(category).toHaveValue("Print / Toner");
  await expect(category.locator("option:checked")).toHaveText(
    text("desk.category.retired", { name: "Print / Toner" }),
  );
  await looksSound(desk, "a ticket with a retired category");
});

test("time, duplicates and knowledge", async ({ broker, page }) => {
  await broker.addTechnician(robin);
  await broker.addTicket("Printer prints blank pages", "Sam Okafor");
  await broker.addTicket("No ink on paper", "Mina Roth");
  await new Desk(page).signIn(await broker.signInLink());
  await new Desk(page).choose("No ink on paper");
  await page.getByText(text("desk.linked.add")).first().click();
  await page.getByLabel(text("desk.linked.kind")).selectOption("duplicate_of");
  await page.getByLabel(text("desk.linked.number")).fill("1");
  await page.getByRole("button", { name: text("desk.linked.add") }).click();
  await expect(page.getByRole("link", { name: "#1 Printer prints blank pages" })).toBeVisible();

  // A duplicate that is closed says so, and what was done besides sessions is time too.
  await page.getByRole("button", { name: text("desk.resolve") }).click();
  const said = text("desk.linked.draft", { number: "1", subject: "Printer prints blank pages" });
  await expect(page.getByLabel(text("desk.resolution"), { exact: true })).toHaveValue(said);
  await page.getByLabel(text("desk.minutes")).fill("25");
  await looksSound(page, "resolving a duplicate");
  await save(page);
  await expect(page.getByText(said)).toBeVisible();
  await expect(page.getByText("25 min")).toBeVisible();

  await page.getByRole("button", { name: text("desk.known.keep") }).click();
  await page.getByLabel(text("desk.known.title")).fill("Blank pages: the toner");
  await page.getByRole("button", { name: text("desk.known.keep") }).click();
  await expect(page.getByText("Blank pages: the toner")).toBeVisible();
  await looksSound(page, "a duplicate that is knowledge");

  await page.getByRole("link", { name: "#1 Printer prints blank pages" }).click();
  await expect(page.getByRole("listitem").getByText(text("desk.linked.duplicated-by"))).toBeVisible();
  await page.getByRole("button", { name: text("desk.linked.remove", { number: "2" }) }).click();
  await expect(page.getByRole("link", { name: "#2 No ink on paper" })).toHaveCount(0);

  await page.getByText(text("desk.known.mark"), { exact: true }).first().click();
  await page.getByRole("link", { name: "Blank pages: the toner" }).click();
  await expect(page.getByRole("heading", { name: "No ink on paper" })).toBeVisible();
  await looksSound(page, "the knowledge");

  await page.goto(`${broker.url}/reports`);
  const csv = page.waitForEvent("download");
  await page
    .getByRole("button", { name: text("report.csv.of", { title: text("report.by.technician") }) })
    .click();
  const rows = (await readFile(await (await csv).path(), "utf8")).split("\r\n");
  expect(rows[0]).toContain(`"${text("report.col.spent")}"`);
  expect(rows[1]).toContain('"25"');
});

test("files come by button, drop and paste, and go", async ({ broker, page }) => {
  await broker.addTechnician();
  await broker.addTicket("Printer prints blank pages", "Sam Okafor");
  await new Desk(page).signIn(await broker.signInLink());
  await new Desk(page).choose("Printer prints blank pages");
  const part = page.getByRole("region", { name: text("desk.files") });
  const file = { name: "log <1>.txt", mimeType: "text/plain", buffer: Buffer.from("out of toner") };
  await part.locator("input").setInputFiles(file);
  const link = part.getByRole("link", { name: "log -1-.txt" });
  await expect(link).toBeVisible();
  const download = page.waitForEvent("download");
  await link.click();
  expect(await readFile(await (await download).path(), "utf8")).toBe("out of toner");

  for (const [kind, name] of [
    ["drop", "dropped.txt"],
    ["paste", "pasted.png"],
  ] as const) {
    await part.evaluate(
      (section, { kind, name }) => {
        const data = new DataTransfer();
        data.items.add(new File(["x"], name));
        section.dispatchEvent(
          kind === "drop"
            ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
            : new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
        );
      },
      { kind, name },
    );
    await expect(part.getByRole("link", { name })).toBeVisible();
  }
  await looksSound(page, "a ticket with files");
  await part.getByRole("button", { name: text("desk.files.remove", { name: "dropped.txt" }) }).click();
  await expect(part.getByRole("link", { name: "dropped.txt" })).toHaveCount(0);
  await part
    .locator("input")
    .setInputFiles({ ...file, name: "big.bin", buffer: Buffer.alloc(10 * 2 ** 20 + 1) });
  await expect(part.getByRole("alert")).toHaveText(text("desk.files.large", { name: "big.bin" }));
});
