import { readFile } from "node:fs/promises";
import type { Browser, CDPSession } from "@playwright/test";
import { expect, type Page, test } from "./fixtures.ts";
import { keepConnections, received } from "./harness/received.ts";
import { Session } from "./harness/session.ts";

/** MEMORY_MINUTES=4 is enough to see a leak of a few bytes an update; the hour is what a session may last. */
const minutes = Number(process.env["MEMORY_MINUTES"] ?? 60);
const minute = 60_000;
const MiB = 1 << 20;

/** A terminal with text that scrolls by one line sixty times a second, for ever. No process is started for a line. */
const scrolling = `mkfifo never; exec 3<>never
while :; do while IFS= read -r line; do printf '%s\\n' "$line"; read -rt 0.016 -u 3; done </usr/share/common-licenses/GPL-3; done`;

interface Reading {
  readonly heap: number;
  /** Memory that the heap holds outside itself: pictures, messages. */
  readonly buffers: number;
  readonly nodes: number;
  readonly listeners: number;
  /** Proportional set size of the processes that hold pages. */
  readonly pss: number;
  readonly messages: number;
}

/** What the page holds once its garbage is gone. */
async function read(page: Page, cdp: CDPSession): Promise<Reading> {
  await cdp.send("HeapProfiler.collectGarbage");
  const usage = await cdp.send("Runtime.getHeapUsage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  const metric = (name: string) => metrics.find((m) => m.name === name)?.value ?? 0;
  const browser = page.context().browser();
  return {
    heap: usage.usedSize,
    buffers: "backingStorageSize" in usage ? Number(usage.backingStorageSize) : 0,
    nodes: metric("Nodes"),
    listeners: metric("JSEventListeners"),
    pss: browser === null ? 0 : await pagesPss(browser),
    messages: (await received(page)).messages,
  };
}

async function pagesPss(browser: Browser): Promise<number> {
  const cdp = await browser.newBrowserCDPSession();
  const { processInfo } = await cdp.send("SystemInfo.getProcessInfo");
  await cdp.detach();
  let kB = 0;
  for (const { id } of processInfo.filter((process) => process.type === "renderer")) {
    const rollup = await readFile(`/proc/${id}/smaps_rollup`, "utf8");
    kB += Number(/^Pss: +(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return kB * 1024;
}

function line(at: number, { heap, buffers, nodes, listeners, pss, messages }: Reading): string {
  const sizes = [heap, buffers, pss].map((bytes) => (bytes / MiB).toFixed(2));
  return `${at} min: heap ${sizes[0]} MiB, buffers ${sizes[1]}, pages ${sizes[2]}, ${nodes} nodes, ${listeners} listeners, ${messages} messages`;
}

test("the page holds no more after an hour of scrolling than after a minute", async ({
  broker,
  startDesktop,
  page,
}, info) => {
  test.setTimeout((minutes + 3) * minute);
  const desktop = await startDesktop({ size: "1920x1080" });
  const look = ["-fa", "DejaVu Sans Mono", "-fs", "10", "-geometry", "200x60+0+0"];
  desktop.start("xterm", ["-title", "scrolling", ...look, "-e", "bash", "-c", scrolling]);
  await desktop.window("scrolling");
  await keepConnections(page);
  await Session.seen(broker, desktop, page);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");

  const readings: Reading[] = [];
  for (let at = 1; at <= minutes; at++) {
    await page.waitForTimeout(minute);
    const reading = await read(page, cdp);
    readings.push(reading);
    console.log(line(at, reading));
  }
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined) throw new Error("no minute passed");
  await info.attach("readings", { body: readings.map((r, i) => line(i + 1, r)).join("\n") });
  expect(last.messages - first.messages, "it scrolls").toBeGreaterThan((minutes - 1) * 60 * 10);
  expect(last.heap - first.heap, "growth of the heap").toBeLessThan(MiB);
  expect(last.buffers - first.buffers, "growth of what it holds outside").toBeLessThan(4 * MiB);
  expect(last.nodes - first.nodes, "growth in nodes").toBeLessThan(50);
  expect(last.listeners - first.listeners, "growth in listeners").toBeLessThan(20);
  expect(last.pss - first.pss, "growth of the pages' processes").toBeLessThan(24 * MiB);
});
