/**
 * How fast and how dear the picture is, on one machine: broker, client on a real
 * X server of 1920x1080, and the viewer in headless Chromium over loopback.
 * docs/performance.md says what each figure means.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "../viewer/tests/fixtures.ts";
import { expect, test } from "../viewer/tests/fixtures.ts";
import { Client, text } from "../viewer/tests/harness/client.ts";
import type { Desktop } from "../viewer/tests/harness/desktop.ts";
import { cpuSeconds, memoryMiB } from "./cpu.ts";
import { quantile, type Run, table } from "./figures.ts";
import { bytesReceived, clockOffset, keepConnections, startSampler } from "./sampler.ts";

const RUNS = Number(process.env["BENCH_RUNS"] ?? 5);
const FLIPS = 60;
const KEYS = 40;
const IDLE_MS = 10_000;
/** The middle of the target's block (bench/target). */
const BLOCK = { x: 280, y: 260 };
const COLOURS = Array.from({ length: 20_000 }, (_, number) => (number * 0x9e3779) & 0xffffff);

const target = fileURLToPath(new URL("../bin/bench-target", import.meta.url));
const out = fileURLToPath(new URL("out/", import.meta.url));

test("latency, traffic and load", async ({ startDesktop, startBroker, browser }) => {
  const desktop = await startDesktop({ size: "1920x1080" });
  const broker = await startBroker();
  await broker.addTechnician();
  const invitation = await broker.invite(await broker.addTicket());
  const client = Client.start(desktop, await broker.installClient(desktop, invitation.secret));

  const context = await browser.newContext({ viewport: { width: 1980, height: 1200 }, bypassCSP: true });
  const page = await context.newPage();
  await page.addInitScript(keepConnections);
  await page.goto(invitation.open);
  await page.getByRole("button", { name: text("signin.button") }).click();
  await page.getByRole("button", { name: text("desk.accept"), exact: true }).click();
  const allowed = await allow(client, page);
  await page.getByRole("button", { name: text("session.ask"), exact: true }).click();
  await client.allow();
  await page.getByText(text("session.mode.control")).waitFor();

  const url = await desktop.start(target).firstLine();
  await page.evaluate(startSampler, { ...BLOCK, colours: COLOURS });
  await page
    .locator("canvas")
    .first()
    .click({ position: { x: 900, y: 600 } });
  const runs: Run[] = [];
  for (let i = 0; i < RUNS; i++) runs.push({ ...(await measure(page, url, client, desktop)), ...allowed });
  const result = table(runs);
  console.log(`\n${result}\n`);
  await mkdir(out, { recursive: true });
  await writeFile(`${out}latency.json`, `${JSON.stringify(runs, null, 2)}\n`);
  await writeFile(`${out}latency.md`, `${result}\n`);
  await context.close();
});

/** Allows viewing, and measures until the first whole picture. */
async function allow(client: Client, page: Page): Promise<Run> {
  await client.allow();
  const gone = Date.now();
  const canvas = page.locator("canvas").first();
  await expect
    .poll(() => canvas.evaluate((c) => (c as HTMLCanvasElement).width), { intervals: [5] })
    .toBe(1920);
  return { "Allow → first picture, ms (upper bound)": Date.now() - gone };
}

async function measure(page: Page, url: string, client: Client, desktop: Desktop): Promise<Run> {
  const offset = await page.evaluate(clockOffset, url);
  const flips: number[] = [];
  for (let i = 0; i < FLIPS; i++) {
    await page.waitForTimeout(150 + Math.random() * 300); // spread over the display's ticks
    const flip = (await (await fetch(`${url}/flip`, { method: "POST" })).json()) as {
      at: number;
      number: number;
    };
    flips.push((await seenAt(page, flip.number)) + offset - flip.at / 1000);
  }
  const keys: number[] = [];
  for (let i = 0; i < KEYS; i++) {
    await page.waitForTimeout(150 + Math.random() * 300);
    const before = await page.evaluate(() => ({
      seen: window.benchSeen.length,
      keys: window.benchKeys.length,
    }));
    await page.keyboard.press("a");
    await page.waitForFunction((n) => window.benchSeen.length > n, before.seen, { timeout: 5_000 });
    keys.push(
      await page.evaluate(
        (b) => (window.benchSeen[b.seen]?.at ?? 0) - (window.benchKeys[b.keys] ?? 0),
        before,
      ),
    );
  }
  return {
    "flip p50, ms": quantile(flips, 0.5),
    "flip p95, ms": quantile(flips, 0.95),
    "key → photon p50, ms": quantile(keys, 0.5),
    "key → photon p95, ms": quantile(keys, 0.95),
    ...(await idle(page, client, desktop)),
  };
}

async function seenAt(page: Page, number: number): Promise<number> {
  const found = await page.waitForFunction(
    (n) => window.benchSeen.findLast((seen) => seen.number === n)?.at,
    number,
    { timeout: 5_000 },
  );
  return (await found.jsonValue()) ?? Number.NaN;
}

/** Load and traffic while nothing happens but the bar on the screen. */
async function idle(page: Page, client: Client, desktop: Desktop): Promise<Run> {
  await page.waitForTimeout(2_000);
  const pid = client.program.pid ?? 0;
  const x = desktop.pid;
  const [cpu, xCpu, bytes] = [await cpuSeconds(pid), await cpuSeconds(x), await page.evaluate(bytesReceived)];
  const started = performance.now();
  await page.waitForTimeout(IDLE_MS);
  const seconds = (performance.now() - started) / 1000;
  return {
    "idle: client, % of a core": (100 * ((await cpuSeconds(pid)) - cpu)) / seconds,
    "idle: X server and desktop, % of a core": (100 * ((await cpuSeconds(x)) - xCpu)) / seconds,
    "idle: kbit/s to the viewer": (8 * ((await page.evaluate(bytesReceived)) - bytes)) / seconds / 1000,
    "client memory, MiB PSS": await memoryMiB(pid),
  };
}
