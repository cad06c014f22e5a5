import { expect, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import { held } from "./harness/held.ts";
import { Line } from "./harness/line.ts";
import { Pulse } from "./harness/pulse.ts";
import { eventKinds, Session } from "./harness/session.ts";
import { waitFor } from "./harness/wait.ts";

/** How long the line to the broker is cut. */
const cutMs = 10_000;
/** More time than this between two changes of the picture would be an interruption. */
const interruptedMs = 6_000;

test("the line to the broker is cut for ten seconds: picture and hands go on, and nothing is lost", async ({
  desktop,
  startBroker,
  page,
}) => {
  const line = await Line.start();
  try {
    const broker = await startBroker(["--url", line.url]);
    line.lead(broker.httpAddress);
    const pulse = await Pulse.start(desktop);
    const terminal = await desktop.terminal();
    const session = await Session.controlled(broker, desktop, page);
    const { client, stage } = session;
    expect(page.url(), "the page comes through the line").toContain(line.url);
    await session.focus(terminal.window);
    const away = page.getByText(text("session.broker-away"));
    await pulse.watch(stage);

    line.cut();
    const mended = Date.now() + cutMs;
    await expect(away).toBeVisible();
    expect(line.connections, "neither end reaches the broker").toBe(0);
    await page.keyboard.type("not a bit late");
    await terminal.typed("not a bit late");
    const gaps = [await pulse.longestGap(stage)];
    await client.pause();
    await session.mode("paused");
    await client.pause();
    await session.mode("control");
    await pulse.watch(stage); // the person's own pause was no interruption
    await waitFor("the time is over", () => Date.now() > mended, 2 * cutMs);
    expect(await eventKinds(broker), "the broker knows nothing of it yet").not.toContain("client.paused");

    line.lead(broker.httpAddress);
    await expect(away).toBeHidden({ timeout: 20_000 });
    const kinds = await waitFor("the broker learns what happened", async () => {
      const all = await eventKinds(broker);
      return all.includes("client.resumed") && all;
    });
    expect(kinds.filter((kind) => kind === "client.paused" || kind === "client.resumed")).toEqual([
      "client.paused",
      "client.resumed",
    ]);
    gaps.push(await pulse.longestGap(stage));
    expect(Math.max(...gaps), "the longest time without a change of the picture").toBeLessThan(interruptedMs);
    await client.stop();
    await session.ended("requester");
  } finally {
    await line.end();
  }
});

test("the page is closed with keys down: they come up, and a new page goes on without a question", async ({
  desktop,
  broker,
  page,
  watch,
}) => {
  const terminal = await desktop.terminal();
  const session = await Session.controlled(broker, desktop, page);
  await session.keys(text("session.keyboard.keys"));
  await session.focus(terminal.window);
  await page.keyboard.down("Shift");
  await page.mouse.down();
  await waitFor("key and button are down", async () => (await held(desktop)).length === 2);

  const next = await page.context().newPage();
  await watch.add(next);
  const address = page.url();
  await page.close();
  await waitFor("all came up", async () => (await held(desktop)).length === 0);

  await next.goto(address);
  const again = session.at(next);
  await again.stage.live();
  await again.mode("control");
  await again.focus(terminal.window);
  await next.keyboard.type("here again");
  await terminal.typed("here again");
  expect((await eventKinds(broker)).filter((kind) => kind === "client.asked")).toHaveLength(2);
});

test("the client is killed with keys down: they come up, and the technician is told", async ({
  desktop,
  startBroker,
  page,
}) => {
  const broker = await startBroker(["--lost-after", "3s"]);
  const terminal = await desktop.terminal();
  const session = await Session.controlled(broker, desktop, page);
  await session.keys(text("session.keyboard.keys"));
  await session.focus(terminal.window);
  await page.keyboard.down("Control");
  await page.mouse.down();
  await waitFor("key and button are down", async () => (await held(desktop)).length === 2);

  await session.client.crash();
  await waitFor("all came up", async () => (await held(desktop)).length === 0);
  await session.ended("lost-client");
  expect(await eventKinds(broker)).toContain("session.ended");
});
