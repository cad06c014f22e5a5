import { expect, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import type { Desktop } from "./harness/desktop.ts";
import { Picture } from "./harness/picture.ts";
import { run } from "./harness/process.ts";
import { Session } from "./harness/session.ts";

const cell = 32;

/** Whether a pixel of the test card is white: upright stripes, level stripes and a board, one pixel wide each. */
function white(x: number, y: number): boolean {
  const kind = Math.floor(x / cell) % 3;
  return (kind === 0 ? x : kind === 1 ? y : x + y) % 2 === 0;
}

/** Covers the whole screen with the card, as a bitmap of the X Window System. */
async function showCard(desktop: Desktop): Promise<void> {
  const bytes: string[] = [];
  for (let y = 0; y < cell; y++) {
    for (let x = 0; x < 3 * cell; x += 8) {
      let byte = 0;
      for (let bit = 0; bit < 8; bit++) if (white(x + bit, y)) byte |= 1 << bit;
      bytes.push(`0x${byte.toString(16)}`);
    }
  }
  await desktop.writeFile(
    "card.xbm",
    `#define card_width ${3 * cell}\n#define card_height ${cell}\nstatic char card_bits[] = {\n${bytes.join(",\n")}};\n`,
  );
  await desktop.run("xsetroot", ["-bitmap", `${desktop.home}/card.xbm`, "-fg", "white", "-bg", "black"]);
}

/** Michelson's contrast between the pixels that should be white and those that should be black, in a square. */
function contrast(shot: Picture, left: number, top: number, cardX: number, cardY: number): number {
  const sums = { white: 0, black: 0 };
  for (let y = 0; y < cell; y++) {
    for (let x = 0; x < cell; x++) {
      sums[white(cardX + x, cardY + y) ? "white" : "black"] += shot.at(left + x, top + y) & 0xff;
    }
  }
  return (sums.white - sums.black) / (sums.white + sums.black);
}

// The odd height leaves an odd room: its middle is half a pixel of the page.
for (const [ratio, height] of [
  [1, 800],
  [1.25, 800],
  [2, 800],
  [2, 801],
] as const) {
  test(`stripes one pixel wide stay sharp at ${ratio} device pixels to one of the page, ${height} high`, async ({
    broker,
    desktop,
    openPage,
  }) => {
    const page = await openPage({ deviceScaleFactor: ratio, viewport: { width: 1280, height } });
    const { stage } = await Session.seen(broker, desktop, page);
    await showCard(desktop);
    const differences = async () => (await stage.pixels())?.differences(await desktop.pixels());
    await expect.poll(differences, "the card is seen").toBe(0);
    await page.getByText(text("session.view.exact"), { exact: true }).click();

    const corner = await stage.place(-0.5, -0.5);
    const left = corner.x * ratio;
    const top = corner.y * ratio;
    expect([left % 1, top % 1], "the picture begins on a whole device pixel").toEqual([0, 0]);

    const png = await page.screenshot();
    const shot = new Picture(
      1280 * ratio,
      height * ratio,
      await run("convert", ["png:-", "rgb:-"], { input: png }),
    );
    // A row of the card in the middle of the screen: each of its three fields.
    for (const [i, name] of ["upright", "level", "board"].entries()) {
      const x = (6 * 3 + i) * cell;
      const y = 12 * cell;
      const got = contrast(shot, left + x, top + y, x, y);
      expect(got, `contrast of the ${name} stripes`).toBeGreaterThanOrEqual(0.9);
    }
  });
}
