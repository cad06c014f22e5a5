import { existsSync } from "node:fs";
import { expect, type Page, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import { Film } from "./harness/film.ts";
import { held } from "./harness/held.ts";
import { encoders } from "./harness/paths.ts";
import { Pulse } from "./harness/pulse.ts";
import { keepConnections, received } from "./harness/received.ts";
import { eventKinds, Session } from "./harness/session.ts";
import { waitFor } from "./harness/wait.ts";
import { startChromium } from "./harness/window-chromium.ts";

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

test("a decoder that the browser took back is replaced, and its codec goes on", async ({
  desktop,
  broker,
  page,
}) => {
  test.skip(!existsSync(encoders), "this client has no encoders");
  await page.addInitScript(() => {
    const opened: { decoder: VideoDecoder; init: VideoDecoderInit }[] = [];
    const codecs: string[] = [];
    Object.assign(window, { opened, codecs });
    window.VideoDecoder = class extends VideoDecoder {
      constructor(init: VideoDecoderInit) {
        super(init);
        opened.push({ decoder: this, init });
      }
      override configure(config: VideoDecoderConfig): void {
        codecs.push(config.codec);
        super.configure(config);
      }
    };
  });
  const codecs = () => page.evaluate(() => (window as unknown as { codecs: string[] }).codecs);
  const film = await Film.start(desktop);
  const session = await Session.seen(broker, desktop, page);
  const first = async () => (await codecs()).length;
  await expect.poll(first, { timeout: 20_000, message: "a decoder" }).toBeGreaterThan(0);
  const before = await codecs();
  await page.evaluate(() => {
    type Opened = { decoder: VideoDecoder; init: VideoDecoderInit };
    for (const { decoder, init } of (window as unknown as { opened: Opened[] }).opened) {
      if (decoder.state === "closed") continue;
      decoder.close();
      init.error(new DOMException("Codec reclaimed due to inactivity.", "QuotaExceededError"));
    }
  });
  const after = async () => (await codecs()).slice(before.length);
  await expect.poll(after, { timeout: 20_000, message: "decoders since" }).toContain(before.at(-1));
  await film.end();
  const differences = async () => (await session.stage.pixels())?.differences(await desktop.pixels());
  await expect.poll(differences).toBe(0);
});
