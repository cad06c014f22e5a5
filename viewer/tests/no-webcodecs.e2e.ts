import { expect, test } from "./fixtures.ts";
import { Film } from "./harness/film.ts";
import type { Picture } from "./harness/picture.ts";
import { Session } from "./harness/session.ts";

/** Paints a square black, so that what is in it does not count. */
function without(picture: Picture, x: number, y: number, width: number, height: number): Picture {
  for (let row = y; row < Math.min(y + height, picture.height); row++) {
    const end = Math.min(x + width, picture.width);
    picture.rgb.fill(0, (row * picture.width + x) * 3, (row * picture.width + end) * 3);
  }
  return picture;
}

test("a browser without WebCodecs shows a film as JPEGs, and the rest exactly", async ({
  broker,
  desktop,
  page,
}) => {
  await page.addInitScript(() => {
    for (const name of ["VideoDecoder", "EncodedVideoChunk", "ImageDecoder"])
      Reflect.deleteProperty(window, name);
    const decode = window.createImageBitmap.bind(window);
    Object.assign(window, { jpegs: 0 });
    window.createImageBitmap = (source: ImageBitmapSource) => {
      if (source instanceof Blob && source.type === "image/jpeg") {
        (window as unknown as { jpegs: number }).jpegs++;
      }
      return decode(source);
    };
  });
  const film = await Film.start(desktop);
  const { stage } = await Session.seen(broker, desktop, page);
  const jpegs = () => page.evaluate(() => (window as unknown as { jpegs: number }).jpegs);
  await expect.poll(jpegs, { timeout: 20_000, message: "pictures of the film" }).toBeGreaterThan(20);

  // A film grows by cells of 64 pixels around what moves.
  const { x, y, width, height } = film.window;
  const around = [x - 64, y - 64, width + 128, height + 128] as const;
  const outside = async () => {
    const seen = await stage.pixels();
    return seen && without(seen, ...around).differences(without(await desktop.pixels(), ...around));
  };
  await expect.poll(outside, "differences outside the film").toBe(0);
  const colours = (await stage.pixels())?.part(film.window).colours(500);
  expect(colours, "colours of the film").toBeGreaterThan(400);

  await film.end();
  const all = async () => (await stage.pixels())?.differences(await desktop.pixels());
  await expect.poll(all, "differences once it is over").toBe(0);
});
