import { isDeepStrictEqual } from "node:util";
import { expect, test } from "./fixtures.ts";
import { seriousFindings } from "./harness/axe.ts";
import { text } from "./harness/client.ts";
import { Pulse } from "./harness/pulse.ts";
import { Session } from "./harness/session.ts";
import { holds } from "./harness/wait.ts";

test("the age of the picture is told calmly, and explained to who asks", async ({
  broker,
  desktop,
  page,
}) => {
  await Pulse.start(desktop);
  await Session.seen(broker, desktop, page);
  const age = page.getByRole("button", { name: new RegExp(`^${text("session.latency")} [0-9]+ ms$`) });
  await expect(age).toBeVisible();
  const bar = await page.getByRole("banner").boundingBox();
  expect(bar?.height, "one row of buttons").toBeLessThan(60);
  const tools = page.getByRole("button", { name: text("session.full") });
  const place = await tools.boundingBox();
  const figures: string[] = [];
  const begin = performance.now();
  const stays = async (): Promise<boolean> => {
    const figure = (await age.textContent()) ?? "";
    if (figure !== figures.at(-1)) figures.push(figure);
    return isDeepStrictEqual(await tools.boundingBox(), place);
  };
  await holds("nothing moves", stays, 4_000);
  const seconds = Math.ceil((performance.now() - begin) / 1_000);
  expect(figures.length, `figures in ${seconds} s: ${figures.join()}`).toBeLessThanOrEqual(seconds + 1);

  await age.focus();
  await page.keyboard.press("Enter");
  const about = page.getByRole("dialog");
  await expect(about).toContainText(text("session.latency.unseen"));
  await expect(about).toContainText(/\d+ ms on the way here/);
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(about).toHaveCount(0);
  await expect(age).toBeFocused();
});
