import { existsSync } from "node:fs";
import { expect, type Page, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import type { Desktop } from "./harness/desktop.ts";
import { Film } from "./harness/film.ts";
import { held } from "./harness/held.ts";
import { encoders } from "./harness/paths.ts";
import type { Picture } from "./harness/picture.ts";
import { Pulse } from "./harness/pulse.ts";
import { keepConnections, received } from "./harness/received.ts";
import { eventKinds, Session } from "./harness/session.ts";
import { holds, rests, waitFor } from "./harness/wait.ts";
import { startChromium } from "./harness/window-chromium.ts";

/** By far more than "at once" on an idle machine: a new connection or picture is looked for by itself. */
const shownMs = 10_000;

/** Shows what no encoding makes small, so that a whole picture is told from a small change by its bytes. */
async function showPhoto(desktop: Desktop): Promise<void> {
  await desktop.run("convert", ["-size", "640x400", "-seed", "7", "plasma:fractal", "photo.png"]);
  desktop.start("display", ["-title", "photo", "-geometry", "+620+40", "photo.png"]);
  await desktop.window("photo");
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
  await showPhoto(desktop);
  const pulse = await Pulse.start(desktop);
  const session = await Session.controlled(broker, desktop, page);
  const first = await received(page);
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
  const bytes = async (): Promise<number> => (await received(page)).bytes;
  const last = await rests("what came", bytes, 1_500);
  const beats = async (): Promise<Picture> => (await desktop.pixels()).part(pulse.window);
  const beat = await beats();
  await holds("nothing comes any more", async () => (await bytes()) === last, 2_000);
  expect((await beats()).differences(beat), "while the screen changes").toBeGreaterThan(0);

  await pulse.end();
  await desktop.run("xsetroot", ["-solid", "#7a1f5c"]);
  await desktop.gone("pulse");
  const took = await timeTo(page, 5, 795, 0x7a1f5c);
  await page.bringToFront();
  expect(await took(), "milliseconds").toBeLessThan(shownMs);
  const differences = async () => (await session.stage.pixels())?.differences(await desktop.pixels());
  await expect.poll(differences).toBe(0);
  expect((await received(page)).connections, "no new connection").toBe(before.connections);
  expect((await bytes()) - last, "no whole picture again").toBeLessThan(first.bytes / 2);
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
  await expect.poll(differences, { timeout: 30_000 }).toBe(0);
});
