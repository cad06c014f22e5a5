import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import { looksSound } from "./harness/looks.ts";
import { eventKinds, Session } from "./harness/session.ts";

const sam = { requester: "Sam Okafor" };

/** Holds files over the page and lets go of them, as a technician does with the mouse. */
async function dropFiles(
  page: Page,
  files: readonly { readonly name: string; readonly bytes: number }[],
): Promise<void> {
  await page.evaluate((list) => {
    const data = new DataTransfer();
    for (const { name, bytes } of list) {
      const content = new Uint8Array(bytes);
      for (let i = 0; i < bytes; i++) content[i] = (i * 7 + (i >> 8)) & 0xff;
      data.items.add(new File([content], name));
    }
    const at = { dataTransfer: data, bubbles: true, cancelable: true } as const;
    document.body.dispatchEvent(new DragEvent("dragover", at));
    document.body.dispatchEvent(new DragEvent("drop", at));
  }, files);
}

function content(bytes: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: bytes }, (_, i) => (i * 7 + (i >> 8)) & 0xff));
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const card = (page: Page) => page.getByRole("complementary", { name: text("files.title") });
const line = (page: Page, name: string) => card(page).getByRole("listitem").filter({ hasText: name });

test("files that are dropped on the picture lie in the person's folder as they were", async ({
  broker,
  desktop,
  page,
}) => {
  test.setTimeout(120_000);
  const session = await Session.seen(broker, desktop, page);
  const folder = join(desktop.home, "Downloads", "Beside");

  // Nothing moves before the person allowed it, and no is no.
  await dropFiles(page, [{ name: "early.txt", bytes: 10 }]);
  await session.client.decline();
  await expect(line(page, "early.txt")).toContainText(text("files.why.no-right", sam));
  expect(await eventKinds(broker)).not.toContain("client.file_received");

  await dropFiles(page, [{ name: "driver (1).zip", bytes: 3_000_000 }]);
  await session.client.allow();
  await expect(line(page, "driver (1).zip")).toContainText(text("files.sent", { size: "2.9 MiB" }), {
    timeout: 30_000,
  });
  await session.client.filesShown();
  await dropFiles(page, [
    { name: "driver (1).zip", bytes: 1000 },
    { name: "empty.txt", bytes: 0 },
  ]);
  await expect(line(page, "empty.txt")).toContainText(text("files.sent", { size: "0 KiB" }), {
    timeout: 20_000,
  });
  await expect
    .poll(async () => (await readdir(folder)).sort())
    .toEqual(["driver (1) (2).zip", "driver (1).zip", "empty.txt"]);
  expect(sha256(await readFile(join(folder, "driver (1).zip")))).toBe(sha256(content(3_000_000)));
  expect(sha256(await readFile(join(folder, "driver (1) (2).zip")))).toBe(sha256(content(1000)));
  const origin = await desktop
    .run("getfattr", ["--only-values", "-n", "user.xdg.origin.url", join(folder, "empty.txt")])
    .catch(() => undefined);
  if (origin !== undefined) expect(origin.toString()).toBe(`${broker.url}/`); // where the file system keeps marks
  await looksSound(page, "files beside the picture");

  const log = JSON.stringify(await broker.auditExport());
  expect(log).toContain(sha256(content(3_000_000)));
  expect(log, "names are personal").not.toContain("driver");

  await session.client.stop();
  await session.ended("requester");
  await session.client.closeSummary();
  await expect(page.getByLabel(text("desk.changes"), { exact: false }).last()).toHaveValue(
    new RegExp(text("desk.draft.files-came", { n: "3" }).replace(".", "\\.")),
  );
});

test("the person picks what goes out, and the technician saves what it was", async ({
  broker,
  desktop,
  page,
}) => {
  test.setTimeout(120_000);
  const session = await Session.seen(broker, desktop, page);
  const log = "what went wrong\n".repeat(20_000);
  await desktop.writeFile("a-log.txt", log);
  await page.getByRole("button", { name: text("files.title"), exact: true }).click();
  await card(page)
    .getByRole("button", { name: text("files.fetch.ask"), exact: true })
    .click();
  await session.client.allow();
  const ask = card(page).getByRole("button", { name: text("files.fetch", sam), exact: true });

  // Nothing is fine too.
  await ask.click();
  await expect(card(page)).toContainText(text("files.picking", sam));
  await session.client.pickNothing();
  await expect(card(page)).toContainText(text("files.why.declined", sam));

  await ask.click();
  await session.client.pickFile("a-log.txt");
  await expect(line(page, "a-log.txt")).toContainText(text("files.fetched", { size: "313 KiB" }), {
    timeout: 30_000,
  });
  await looksSound(page, "a file that was fetched");
  const saving = page.waitForEvent("download");
  await line(page, "a-log.txt")
    .getByRole("button", { name: text("files.save", { name: "a-log.txt" }) })
    .click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe("a-log.txt");
  expect(await readFile(await saved.path(), "utf8")).toBe(log);
  await expect.poll(async () => await eventKinds(broker)).toContain("client.file_sent");
});

test("a file stops at either end and with its right, and nothing of it stays", async ({
  broker,
  desktop,
  page,
}) => {
  test.setTimeout(120_000);
  const session = await Session.seen(broker, desktop, page);
  const folder = join(desktop.home, "Downloads", "Beside");
  const large = 1_500_000_000;
  // Larger than what moves during the test; it is not in memory at either end.
  await page.evaluate((bytes) => {
    const piece = new Blob([new Uint8Array(10_000_000)]);
    const whole = new File(Array<Blob>(bytes / 10_000_000).fill(piece), "large.bin");
    Object.assign(globalThis, { large: whole });
  }, large);
  const drop = () =>
    page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add((globalThis as unknown as { large: File }).large);
      document.body.dispatchEvent(
        new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }),
      );
    });
  const moves = async (n: number) =>
    await expect(card(page).getByRole("listitem").nth(n).getByRole("progressbar")).not.toHaveJSProperty(
      "value",
      0,
      { timeout: 20_000 },
    );

  await drop();
  await session.client.allow();
  await moves(0);
  expect((await readdir(folder)).every((name) => name.startsWith(".beside-"))).toBe(true);
  await card(page)
    .getByRole("button", { name: text("files.stop", { name: "large.bin" }) })
    .click();
  await expect.poll(async () => await readdir(folder)).toEqual([]);

  await drop();
  await moves(1);
  await session.client.stopFile();
  await expect(card(page).getByRole("listitem").nth(1)).toContainText(text("files.why.stopped", sam));
  await expect.poll(async () => await readdir(folder)).toEqual([]);

  await drop();
  await moves(2);
  await session.client.takeBackRight();
  await expect(card(page).getByRole("listitem").nth(2)).toContainText(text("files.why.no-right", sam));
  await expect.poll(async () => await readdir(folder)).toEqual([]);
  expect(await eventKinds(broker)).not.toContain("client.violation");
});
