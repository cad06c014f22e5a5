import { expect, type Page, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import { held } from "./harness/held.ts";
import { Pulse } from "./harness/pulse.ts";
import { eventKinds, Session } from "./harness/session.ts";
import { waitFor } from "./harness/wait.ts";
import { startChromium } from "./harness/window-chromium.ts";

/** Keeps the page's connections, to be asked for what came by them. */
async function keepConnections(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const kept: RTCPeerConnection[] = [];
    Object.assign(window, { kept });
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        kept.push(this);
      }
    };
  });
}

/** Bytes of updates that have come so far, over all connections, and how many of those there were. */
async function received(page: Page): Promise<{ bytes: number; connections: number }> {
  return await page.evaluate(async () => {
    const { kept } = window as unknown as { kept: RTCPeerConnection[] };
    let bytes = 0;
    for (const connection of kept) {
      (await connection.getStats()).forEach(
        (entry: { type: string; label?: string; bytesReceived?: number }) => {
          if (entry.type === "data-channel" && entry.label === "display") bytes += entry.bytesReceived ?? 0;
        },
      );
    }
    return { bytes, connections: kept.length };
  });
}

/** How long the canvas takes, from when the page is looked at, until a pixel of it has that colour. */
async function timeTo(page: Page, x: number, y: number, colour: number): Promise<() => Promise<number>> {
  await page.evaluate(
    ({ x, y, colour }) => {
      const context = document.querySelector("canvas")?.getContext("2d");
      const took = new Promise<number>((resolve) => {
        document.addEventListener("visibilitychange", () => {
          const start = performance.now();
          const timer = setInterval(() => {
            const [r = 0, g = 0, b = 0] = context?.getImageData(x, y, 1, 1).data ?? [];
            if (((r << 16) | (g << 8) | b) !== colour) return;
            clearInterval(timer);
            resolve(performance.now() - start);
          }, 10);
        });
      });
      Object.assign(window, { took });
    },
    { x, y, colour },
  );
  return () => page.evaluate(() => (window as unknown as { took: Promise<number> }).took);
}

test("behind another tab the page gets nothing, and is exact at once when it comes back", async ({
  desktop,
  startDesktop,
  broker,
  watch,
}) => {
  const context = (await startChromium(await startDesktop())).contexts()[0];
  if (context === undefined) throw new Error("the browser has no profile");
  const page = await context.newPage();
  await watch.add(page);
  await keepConnections(page);
  const pulse = await Pulse.start(desktop);
  const session = await Session.controlled(broker, desktop, page);
  const terminal = await desktop.terminal();
  await session.keys(text("session.keyboard.keys"));
  await session.focus(terminal.window);
  await page.keyboard.down("Shift");
  await waitFor("Shift is down", async () => (await held(desktop)).length === 1);
  const before = await received(page);
  await expect
    .poll(async () => (await received(page)).bytes, "the picture goes on")
    .toBeGreaterThan(before.bytes);

  const other = await context.newPage();
  await other.bringToFront();
  await page.waitForFunction(() => document.hidden, undefined, { polling: 100 });
  await waitFor("Shift came up", async () => (await held(desktop)).length === 0);
  let last = -1;
  await waitFor("nothing comes any more", async () => {
    const { bytes } = await received(page);
    const flat = bytes === last;
    last = bytes;
    await other.waitForTimeout(300);
    return flat;
  });
  await other.waitForTimeout(2_000);
  expect((await received(page)).bytes, "while the screen changes ten times a second").toBe(last);

  await pulse.end();
  await desktop.run("xsetroot", ["-solid", "#7a1f5c"]);
  await desktop.gone("pulse");
  const took = await timeTo(page, 5, 795, 0x7a1f5c);
  await page.bringToFront();
  expect(await took(), "milliseconds").toBeLessThan(1_000);
  const differences = async () => (await session.stage.pixels())?.differences(await desktop.pixels());
  await expect.poll(differences).toBe(0);
  expect((await received(page)).connections, "no new connection").toBe(before.connections);
  expect((await eventKinds(broker)).filter((kind) => kind === "client.verified")).toHaveLength(1);
});
