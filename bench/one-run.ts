/** One run of one cell: starts a peer on a line, connects, measures its scenes, ends everything. */
import { fileURLToPath } from "node:url";
import type { BrowserType } from "../viewer/tests/fixtures.ts";
import { chromium } from "../viewer/tests/harness/chromium.ts";
import { Desktop } from "../viewer/tests/harness/desktop.ts";
import { installComparer } from "./likeness.ts";
import { hostAddress, Line } from "./net.ts";
import { type Cell, links } from "./options.ts";
import type { Peer, Served } from "./peer.ts";
import { installSampler } from "./sampler.ts";
import { measure } from "./scenes.ts";
import { pause, Stand } from "./stand.ts";
import type { Figures } from "./stats.ts";
import { Target } from "./target.ts";

/** Of the page above the picture's size, for what peers show around it. */
const margin = { width: 80, height: 160 };

/** Measures the scenes and hands each one's figures over as it ends. */
export async function oneRun(
  engine: BrowserType,
  peer: Peer,
  cell: Cell,
  scenes: readonly string[],
  keep: (scene: string, figures: Figures) => Promise<void>,
): Promise<void> {
  const shape = links[cell.link];
  if (shape === undefined) throw new Error(`no link ${cell.link}`);
  const line = await Line.lay(shape);
  let served: Served | undefined;
  let browser: Awaited<ReturnType<BrowserType["launch"]>> | undefined;
  try {
    served = await peer.start({
      address: hostAddress,
      size: cell.size,
      scenes,
      desktop: () => Desktop.start({ size: cell.size }),
    });
    browser = await engine.launch({
      ...chromium,
      executablePath: fileURLToPath(new URL("chromium.sh", import.meta.url)),
      args: [
        ...(chromium.args ?? []),
        `--unsafely-treat-insecure-origin-as-secure=http://${hostAddress}:6080`,
      ],
    });
    await measureAll(await connect(browser, served, cell, line, keep), scenes, keep);
  } finally {
    await browser?.close();
    await served?.stop();
    await line.end();
  }
}

async function connect(
  browser: Awaited<ReturnType<BrowserType["launch"]>>,
  served: Served,
  cell: Cell,
  line: Line,
  keep: (scene: string, figures: Figures) => Promise<void>,
): Promise<Stand> {
  const [width = 0, height = 0] = cell.size.split("x").map(Number);
  const context = await browser.newContext({
    viewport: { width: width + margin.width, height: height + margin.height },
    bypassCSP: true,
    ignoreHTTPSErrors: true,
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  await page.addInitScript(installSampler, served.canvas);
  await page.addInitScript(installComparer, served.canvas);
  const target = await Target.start(served.screen);
  const stand = new Stand(page, target, served, line);
  await target.prepare("flip");
  await served.open(page);
  const rows = await target.rows("screen");
  await page.evaluate((r) => window.comparer.compare(r), rows);
  const before = await line.traffic();
  const since = await served.connect(page);
  const first = await firstPicture(stand, since, width * height);
  await keep("first", { ...first, "KiB down": ((await line.traffic()).down - before.down) / 1024 });
  await page.evaluate(() => window.comparer.compare(undefined));
  await served.control?.(page);
  await target.raise();
  await page
    .locator(served.canvas)
    .first()
    .click({ position: { x: width / 2, y: height / 2 } });
  await stand.synchronise();
  return stand;
}

/** What a client's own windows cover of a screen of any size, and leave without a picture when they go. */
const coveredPixels = 330_000;

/** Until all pixels are there but for those. */
async function firstPicture(stand: Stand, since: number, pixels: number): Promise<Figures> {
  const whole = 1 - coveredPixels / pixels;
  for (const end = Date.now() + 20_000; Date.now() < end; await pause(20)) {
    const found = (await stand.likeness()).find((l) => l.near >= whole);
    if (found === undefined) continue;
    await stand.synchronise();
    return { "first picture ms": stand.when(found.at) - since };
  }
  throw new Error("no picture came within 20 s");
}

async function measureAll(
  stand: Stand,
  scenes: readonly string[],
  keep: (scene: string, figures: Figures) => Promise<void>,
): Promise<void> {
  for (const scene of scenes) {
    if (scene === "first") continue;
    const from = Date.now();
    const figures = await measure(scene, stand);
    await keep(scene, { ...figures, ...stand.served.inside?.(from, Date.now()) });
  }
}
