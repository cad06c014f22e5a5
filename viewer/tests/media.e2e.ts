import { fileURLToPath } from "node:url";
import { build } from "vite";
import type { VideoCodec } from "../src/protocol/control.ts";
import { expect, type Page, test } from "./fixtures.ts";

const entry = fileURLToPath(new URL("harness/painter-page.ts", import.meta.url));

/** Opens an empty page that has the Painter and this browser's own encoders. WebCodecs wants a secure context. */
async function openPainter(page: Page): Promise<void> {
  const built = await build({
    configFile: false,
    logLevel: "warn",
    build: { write: false, minify: false, lib: { entry, formats: ["iife"], name: "page" } },
  });
  const [bundle] = [built].flat();
  const chunk = bundle !== undefined && "output" in bundle ? bundle.output[0].code : "";
  await page.route("https://painter.test/", (route) =>
    route.fulfill({ contentType: "text/html", body: "<!doctype html><title>painter</title><body>" }),
  );
  await page.goto("https://painter.test/");
  await page.addScriptTag({ content: chunk });
}

/** Whether each channel of two colours is within so much of the other's. */
function near(got: string | undefined, want: string, by: number): boolean {
  const channels = (colour: string) => [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16));
  const wanted = channels(want);
  return got !== undefined && channels(got).every((v, i) => Math.abs(v - (wanted[i] ?? 0)) <= by);
}

const codecs: readonly VideoCodec[] = ["av1-444", "av1", "vp9-444", "vp9"];
const outside = [10, 10] as const;
const exact = [40, 20] as const;
const left = [80, 100] as const;
const right = [150, 100] as const;

test("says what it can decode", async ({ page }) => {
  await openPainter(page);
  expect(await page.evaluate(() => globalThis.display.decodableCodecs())).toEqual(codecs);
});

for (const codec of codecs) {
  test(`shows ${codec}, and exact pixels on it`, async ({ page }) => {
    await openPainter(page);
    const points = [outside, exact, left, right];
    const shown = await page.evaluate(([c, p]) => globalThis.display.showVideo(c, p), [
      codec,
      points,
    ] as const);
    test.skip(shown === undefined, "this Chromium does not encode it");
    expect(shown?.said).toEqual(["ack 1", "ack 2", "ack 3", "ack 4"]);
    const wanted = ["#008000", "#ff0000", "#ff0000", "#0000ff", "#008000", "#ffff00", "#ff0000", "#000000"];
    const seen = shown?.colours.map((colour, i) => (near(colour, wanted[i] ?? "", 12) ? wanted[i] : colour));
    expect(seen).toEqual(wanted);
    expect([shown?.colours[0], shown?.colours[5]], "tiles are exact").toEqual(["#008000", "#ffff00"]);
  });

  test(`begins anew when ${codec} cannot be decoded`, async ({ page }) => {
    await openPainter(page);
    const shown = await page.evaluate((c) => globalThis.display.showNonsense(c), codec);
    expect(shown.said).toEqual(["ack 1", "resync 5"]);
  });
}

test("shows a JPEG", async ({ page }) => {
  await openPainter(page);
  const points = [outside, [60, 40], [180, 40]] as const;
  const shown = await page.evaluate((p) => globalThis.display.showJpeg(p), points);
  expect(shown.said).toEqual(["ack 1", "ack 2"]);
  const wanted = ["#008000", "#ff0000", "#0000ff"];
  expect(shown.colours.map((colour, i) => (near(colour, wanted[i] ?? "", 12) ? wanted[i] : colour))).toEqual(
    wanted,
  );
});
