import { readFile } from "node:fs/promises";
import { expect, test } from "./fixtures.ts";
import { robin } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { Desk } from "./harness/desk.ts";
import { looksSound } from "./harness/looks.ts";
import { shot } from "./harness/tour.ts";

test("a report of the desk, and its table as a file", async ({ broker, page }) => {
  await broker.addTechnician(robin, "technician,administrator");
  const desk = new Desk(page);
  await desk.signIn(await broker.signInLink());
  await page.goto(`${broker.url}/reports`);
  await expect(page.getByText(text("report.none"))).toBeVisible();
  await looksSound(page, "a report of nothing");

  for (const name of ["=Network", "Printer"]) {
    await page.request.post(`${broker.url}/api/v1/categories`, { data: { name } });
  }
  const add = async (subject: string, category: string, requester: string, ...levels: readonly string[]) => {
    const [impact = "", urgency = ""] = levels;
    const flags = ["--category", category, "--impact", impact, "--urgency", urgency];
    await broker.json("ticket", "add", "--subject", subject, "--requester", requester, ...flags);
  };
  await add("VPN drops", "Network", "Jo Lindqvist", "high", "high");
  await add("No network", "=Network", "Ines Duarte", "high", "medium");
  await add("Printer jams", "Printer", "Sam Okafor", "low", "medium");
  await add("Printer jams again", "Printer", "sam okafor", "low", "low");
  await page.goto(broker.url);
  await desk.choose("VPN drops");
  await desk.help("Jo Lindqvist");
  await page.getByRole("link", { name: text("report.title") }).click();
  await expect(page.getByRole("heading", { name: text("report.title") })).toBeVisible();
  const tile = (key: string) => page.locator("dl > div", { hasText: text(key) }).locator("dd");
  await expect(tile("report.calls")).toHaveText("4");
  await expect(tile("report.waiting")).toHaveText("4");
  await expect(tile("report.kept")).toHaveText("100 %");
  await expect(tile("report.again")).toHaveText("1");
  const issues = page.getByRole("region", { name: text("report.issues") }).getByRole("listitem");
  await expect(issues.first()).toContainText("Printer");
  await expect(issues.first()).toContainText("2");
  await looksSound(page, "a report");
  await shot("report", () => page.screenshot({ fullPage: true }));

  await page.emulateMedia({ media: "print" });
  for (const control of [text("report.print"), text("report.csv.of", { title: text("report.by.week") })]) {
    await expect(page.getByRole("button", { name: control, exact: true })).toBeHidden();
  }
  await expect(page.getByRole("link", { name: text("report.title") })).toBeHidden();
  await page.emulateMedia({ media: null });

  const saving = page.waitForEvent("download");
  await page
    .getByRole("button", { name: text("report.csv.of", { title: text("report.by.category") }) })
    .click();
  const file = await readFile(await (await saving).path(), "utf8");
  const rows = file.trimEnd().split("\r\n");
  expect(rows.map((row) => row.split(",").slice(0, 2).join(","))).toEqual([
    `"${text("report.by.category")}","${text("report.col.calls")}"`,
    `"'=Network","1"`,
    `"Network","1"`,
    `"Printer","2"`,
  ]);

  await page.getByLabel(text("report.to"), { exact: true }).fill("2020-01-31");
  await page.getByLabel(text("report.from"), { exact: true }).fill("2020-01-01");
  await expect(page.getByText(text("report.none"))).toBeVisible();
});
