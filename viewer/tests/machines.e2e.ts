import { readFile } from "node:fs/promises";
import { hostname, totalmem } from "node:os";
import { expect, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import { looksSound } from "./harness/looks.ts";
import { eventKinds, Session } from "./harness/session.ts";
import { shot } from "./harness/tour.ts";

// What the requester's machine says of itself, from the question to the list of machines.

test("facts of the machine are asked for, shown beside the picture, kept and listed", async ({
  broker,
  desktop,
  page,
}) => {
  test.setTimeout(120_000);
  const session = await Session.seen(broker, desktop, page);
  const ask = page.getByRole("button", { name: text("session.facts.ask"), exact: true });
  const card = page.getByRole("complementary", { name: text("machine.of") });

  // No is no: nothing is read.
  await ask.click();
  await session.client.decline();
  await session.tells("session.declined.declined");
  await expect(card).toHaveCount(0);
  expect(await eventKinds(broker)).not.toContain("client.facts_told");

  await ask.click();
  await session.client.asked();
  await page.waitForTimeout(1500); // until it listens
  await shot("facts-asked", () => desktop.screenshot());
  await session.client.allow();
  await expect(card).toBeVisible({ timeout: 40_000 });
  await expect(card.getByRole("heading", { name: hostname() })).toBeVisible();
  const memory = `${Number((totalmem() / 2 ** 30).toFixed(1))} GiB`;
  await expect(fact(card, "memory")).toContainText(memory);
  await expect(fact(card, "displays")).toContainText("1280 × 800");
  await expect(card.getByText(text("machine.keep.kept"))).toBeVisible({ timeout: 20_000 });
  await expect(card.getByText(text("machine.first"))).toBeVisible();
  await looksSound(page, "facts beside the picture");
  await shot("facts", () => page.screenshot());
  const kinds = await eventKinds(broker);
  for (const kind of ["client.facts_told", "facts.kept"]) expect(kinds).toContain(kind);
  expect(await broker.auditExport(), "the log has no facts").not.toContain(`"${hostname()}"`);

  // When what it is told cannot be kept, it says so.
  const keeping = /\/facts$/;
  await page.route(keeping, (route) =>
    route.request().method() === "PUT" ? route.abort() : route.continue(),
  );
  await page.reload();
  await expect(card.getByText(text("machine.keep.failed"))).toBeVisible({ timeout: 40_000 });
  await page.unroute(keeping);

  // A page that is loaded anew is told once more, and the person can end that.
  await page.reload();
  await expect(card).toBeVisible({ timeout: 20_000 });
  await session.client.takeBackRight();
  await expect(page.getByText(text("session.left", { time: "1 h" }), { exact: true })).toBeVisible();
  await page.reload();
  await session.stage.live();
  await expect(ask).toBeVisible();
  await expect(card).toHaveCount(0);

  await session.client.stop();
  await session.ended("requester");
  await session.client.closeSummary();
  await page.keyboard.press("Escape");
  await page.goto(broker.url);
  await page.getByRole("link", { name: "Printer" }).first().click();
  const machine = page.getByRole("region", { name: text("machine.of") });
  await expect(fact(machine, "memory")).toContainText(memory);
  await looksSound(page, "a ticket with its machine");
  await shot("facts-ticket", () => page.screenshot({ fullPage: true }));

  await page.getByRole("link", { name: text("machine.title"), exact: true }).click();
  await expect(page.getByRole("heading", { name: text("machine.title") })).toBeVisible();
  const row = page.getByRole("row").filter({ hasText: hostname() });
  await expect(row).toContainText("Sam Okafor");
  await looksSound(page, "the list of machines");
  await shot("machines", () => page.screenshot({ fullPage: true }));
  const search = page.getByLabel(text("machine.search"));
  await search.fill("no such machine");
  await expect(page.getByText(text("machine.none"), { exact: true })).toBeVisible();
  await looksSound(page, "no machine found");
  await search.fill(hostname());
  await expect(row).toBeVisible();

  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: text("machine.csv"), exact: true }).click();
  const file = await readFile(await (await saving).path(), "utf8");
  const [head = "", only = "", ...rest] = file.trimEnd().split("\r\n");
  expect(head).toContain(`"${text("machine.csv.memory")}"`);
  expect(only).toContain(`"${Math.round(totalmem() / 2 ** 20)}"`);
  expect(rest).toEqual([]);

  await row.getByRole("link", { name: hostname() }).click();
  await expect(page.getByRole("heading", { name: text("machine.history") })).toBeVisible();
  await expect(page.getByText(text("machine.first"))).toBeVisible();
  await looksSound(page, "one machine");
  await shot("machine", () => page.screenshot({ fullPage: true }));
});

/** What stands beside the name of a fact. */
function fact(where: import("@playwright/test").Locator, name: string) {
  return where
    .locator("dl > div")
    .filter({ hasText: text(`machine.fact.${name}`) })
    .first();
}
