import { readFile, writeFile } from "node:fs/promises";
import { expect, type Page, test } from "./fixtures.ts";
import { administrator } from "./harness/administrator.ts";
import { text } from "./harness/client.ts";
import { looksSound } from "./harness/looks.ts";
import { programs } from "./harness/paths.ts";
import { run } from "./harness/process.ts";
import { eventKinds, Session } from "./harness/session.ts";
import { shot } from "./harness/tour.ts";

// What an auditor finds, and how they prove it.

const noor = { email: "noor@desk.example", name: "Noor Bakri" };

test("an auditor finds the moment in three clicks, proves it, and is seen doing so", async ({
  startBroker,
  desktop,
  page,
  openPage,
}) => {
  const broker = await startBroker(["--lost-after", "8s"]); // then a record is closed so soon after the end
  const session = await Session.controlled(broker, desktop, page);
  await session.stage.click(640, 600);
  await session.giveBack();
  await session.mode("view");
  await page.getByRole("button", { name: text("session.finish"), exact: true }).click();
  await page.getByLabel(text("desk.resolution"), { exact: true }).fill("It was the cable");
  await page.getByRole("button", { name: text("session.finish.submit") }).click();
  await session.client.closeSummary();
  await expect.poll(() => eventKinds(broker), { timeout: 30_000 }).toContain("session.sealed");
  expect(await eventKinds(broker), "both ends signed").toContain("session.countersigned");

  const auditor = await openPage();
  await administrator(broker, auditor, noor, "auditor");
  const clicks = await countClicks(auditor);
  await expect
    .poll(async () => {
      // What came of it is derived a moment after the record is closed.
      await auditor.goto(`${broker.url}/sessions#effects=controlled`);
      await auditor.reload();
      await auditor.getByText(/^Found/).waitFor();
      return await auditor.getByRole("row", { name: "Sam Okafor" }).count();
    })
    .toBe(1);
  await auditor.goto(`${broker.url}/sessions`);
  await clicks.reset();
  await auditor.getByText(text("effect.controlled"), { exact: true }).first().click();
  await auditor.getByRole("row", { name: "Sam Okafor" }).getByRole("link").first().click();
  const moment = auditor.getByRole("listitem").filter({ hasText: text("event.client.control-started") });
  await moment.locator("summary").click();
  await expect(moment.getByText("client.control_started")).toBeVisible();
  expect(await clicks.count(), "clicks to the moment").toBeLessThanOrEqual(3);
  await expect(auditor.getByRole("listitem").filter({ hasText: text("rightend.technician") })).toBeVisible();

  await auditor.getByRole("button", { name: text("sessions.verify.run") }).click();
  await expect(auditor.getByText(text("verify.verdict.missing"))).toBeVisible();
  await expect(auditor.getByText(text("sessions.verify.unknown"))).toBeVisible();
  await looksSound(auditor, "a proof that lacks the log's key");
  await auditor.getByRole("button", { name: text("sessions.verify.confirm") }).click();
  await expect(auditor.getByText(text("verify.verdict.proven"))).toBeVisible();
  await looksSound(auditor, "a proof");
  await auditor.evaluate(() => scrollTo(0, 0));
  await shot("auditor-proof", () => auditor.screenshot({ fullPage: true }));

  await auditor.getByRole("button", { name: text("hold.hold"), exact: true }).click();
  await expect(auditor.getByText(/^Held since .* \(dispute\)/)).toBeVisible();
  await looksSound(auditor, "a session that is held");
  await auditor.getByRole("button", { name: text("hold.release") }).click();
  await expect(auditor.getByText(text("hold.none"))).toBeVisible();

  const saving = auditor.waitForEvent("download");
  await auditor.getByRole("button", { name: text("sessions.verify.export") }).click();
  const file = await (await saving).path();
  const { log } = JSON.parse(await readFile(file, "utf8")) as { log: string };
  expect((await run(programs.verify, ["--log", log, file])).toString()).toContain(
    text("verify.verdict.proven"),
  );

  // The broker that hands out another story is found out, in the page and outside.
  await auditor.route("**/evidence", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({
      response: answer,
      body: (await answer.text()).replaceAll("control_started", "capture_started"),
    });
  });
  await auditor.getByRole("button", { name: text("sessions.verify.run") }).click();
  await expect(auditor.getByText(text("verify.verdict.false"))).toBeVisible();
  const forged = test.info().outputPath("forged.json");
  await writeFile(
    forged,
    (await readFile(file, "utf8")).replace("client.control_started", "client.capture_started"),
  );
  await expect(run(programs.verify, ["--log", log, forged])).rejects.toThrow("ended with 1");

  const kinds = await eventKinds(broker);
  for (const told of ["audit.searched", "audit.read", "audit.exported"]) expect(kinds).toContain(told);
});

test("the person who was helped has a receipt that proves what happened", async ({
  startBroker,
  desktop,
  page,
  openPage,
}) => {
  const broker = await startBroker(["--lost-after", "8s", "--complaints", "Call Pat on 555 0100"]);
  const session = await Session.seen(broker, desktop, page);
  await session.client.stop();
  // The last window leads to it, by an address that is not the link.
  const address = await session.client.openReceipt();
  expect(address).not.toContain(session.invitation.secret.slice(0, 20));
  await session.client.closeSummary();
  const person = await openPage();
  await person.goto(address);
  await person.getByRole("button", { name: text("receipt.get") }).click();
  await expect(person.getByRole("region", { name: text("receipt.title") })).toBeVisible();
  await person.goto(session.invitation.link);
  await person.getByRole("button", { name: text("receipt.get") }).click();
  const receipt = person.getByRole("region", { name: text("receipt.title") });
  await expect(receipt).toContainText("Call Pat on 555 0100");
  await expect(receipt).toContainText("see the screen");
  await expect(receipt).toContainText(text("receipt.recorded.no"));
  await expect(receipt).toContainText("Robin Hale, Help desk");

  await expect.poll(() => eventKinds(broker), { timeout: 30_000 }).toContain("session.sealed");
  await person.reload();
  await person.getByRole("button", { name: text("receipt.get") }).click();
  await expect(receipt).toContainText("Nothing is missing");
  await looksSound(person, "a receipt");
  await person.evaluate(() => scrollTo(0, 0));
  await shot("receipt", () => person.screenshot({ fullPage: true }));
  const saving = person.waitForEvent("download");
  await person.getByRole("button", { name: text("receipt.save") }).click();
  const file = await (await saving).path();
  const content = await readFile(file, "utf8");
  const { log } = JSON.parse(content) as { log: string };
  const told = (
    await run(programs.verify, ["--log", log, file]).catch((error: Error) => error.message)
  ).toString();
  expect(told, "nothing is false; the technician did not sign").toMatch(
    /ended with 2|Everything that was asked is proven/,
  );
  const forged = test.info().outputPath("forged.json");
  await writeFile(forged, content.replace("capture_started", "control_started"));
  await expect(run(programs.verify, ["--log", log, forged])).rejects.toThrow("ended with 1");
  // The link's secret opens it, and nothing else does.
  const path = new URL(session.invitation.link).pathname.replace("/j/", "/api/v1/invitations/");
  expect((await fetch(`${broker.url}${path}/receipt`)).status).toBe(404);
});

test("the search finds by all that is known, and by nothing else", async ({ broker, page }) => {
  await broker.addTechnician();
  await broker.invite(await broker.addTicket("Printer prints nothing", "Sam Okafor"));
  await broker.invite(await broker.addTicket("No sound", "Kim Aalto"));
  await administrator(broker, page, noor, "auditor");
  await page.goto(`${broker.url}/sessions`);
  const rows = page.getByRole("row").filter({ has: page.getByRole("link") });
  await expect(rows).toHaveCount(2);
  const search = async (field: string, value: string): Promise<void> => {
    await page.getByLabel(text(field), { exact: true }).fill(value);
    await page.getByLabel(text(field), { exact: true }).press("Enter");
  };
  await search("search.requester", "aalto");
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("No sound");
  await looksSound(page, "a search");
  await shot("auditor-search", () => page.screenshot());
  await page.reload();
  await expect(rows, "a search can be linked").toHaveCount(1);
  await search("search.from", "2099-01-01");
  await expect(page.getByText(text("search.found", { n: "0" }))).toBeVisible();
  await page.getByRole("button", { name: text("search.clear") }).click();
  await expect(rows).toHaveCount(2);
});

/** Counts the clicks of a person at a page. */
async function countClicks(
  page: Page,
): Promise<{ count: () => Promise<number>; reset: () => Promise<void> }> {
  let count = 0;
  await page.exposeFunction("clicked", () => count++);
  await page.addInitScript(() => {
    addEventListener("pointerdown", (event) => event.isTrusted && Reflect.get(window, "clicked")(), {
      capture: true,
    });
  });
  return {
    count: async () => count,
    reset: async () => {
      count = 0;
    },
  };
}
