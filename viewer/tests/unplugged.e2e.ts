import { expect, test } from "./fixtures.ts";
import type { Broker } from "./harness/broker.ts";
import { text, titles } from "./harness/client.ts";
import type { Desktop } from "./harness/desktop.ts";
import { held } from "./harness/held.ts";
import type { Network } from "./harness/namespace.ts";
import { eventKinds, Session } from "./harness/session.ts";
import type { Terminal } from "./harness/terminal.ts";
import { waitFor } from "./harness/wait.ts";

/**
 * From the person's click to the last key up, as another X client sees it. The bound of the client itself is 200 ms,
 * measured in Go (TestStopWithinBoundsWithNetworkUnplugged); here a click by another program is before it and a poll
 * behind it, on a machine that may be busy.
 */
const stoppedMs = 5_000;
/** Nothing is heard for three seconds, then keys come up; and what a busy machine takes. */
const noticedMs = 20_000;
/** After twelve seconds the connection is given up and another is made. */
const givenUpMs = 14_000;

interface Scene {
  readonly network: Network;
  readonly broker: Broker;
  readonly desktop: Desktop;
  readonly terminal: Terminal;
  readonly session: Session;
}

/** The technician holds Shift down at a machine that has a network cable. */
const sceneTest = test.extend<{ scene: Scene }>({
  scene: async ({ startNetwork, startBroker, startDesktop, openRemotePage }, use) => {
    const network = await startNetwork({ direct: true });
    const broker = await startBroker(network.flags, { namespace: network.broker });
    const desktop = await startDesktop({ namespace: network.requester });
    const page = await openRemotePage(network);
    const terminal = await desktop.terminal();
    const session = await Session.controlled(broker, desktop, page);
    await expect(session.figure("session.path.direct")).toBeVisible();
    await session.keys(text("session.keyboard.keys"));
    await session.focus(terminal.window);
    await page.keyboard.type("before");
    await terminal.typed("before");
    await page.keyboard.down("Shift");
    await waitFor("Shift is down", async () => (await held(desktop)).length === 1);
    await use({ network, broker, desktop, terminal, session });
  },
});

sceneTest("unplugged, Stop ends all at once; plugged in again, the broker learns it", async ({ scene }) => {
  const { network, broker, desktop, session } = scene;
  const { client, page } = session;
  await network.unplug("requester");

  expect(await client.stopAndRelease(), "milliseconds from Stop to the last key up").toBeLessThan(stoppedMs);
  await desktop.window(titles.summary, 20_000);
  expect(await eventKinds(broker), "the broker cannot know it yet").not.toContain("client.stopped");

  await network.plug("requester");
  await session.ended("requester");
  expect(await eventKinds(broker)).toContain("client.stopped");
  await page.keyboard.up("Shift");
  await client.closeSummary();
});

for (const { outage, name } of [
  { outage: 0, name: "as soon as the keys are up" },
  { outage: givenUpMs, name: "when the connection was given up" },
]) {
  sceneTest(
    `unplugged, keys come up by themselves; plugged in again ${name}, all goes on unasked`,
    async ({ scene }) => {
      const { network, broker, desktop, terminal, session } = scene;
      const { client, page, stage } = session;
      const bar = await client.bar();
      const before = (await desktop.pixels()).part(bar);
      const back = Date.now() + outage;
      await network.unplug("requester");
      await waitFor("Shift came up", async () => (await held(desktop)).length === 0, noticedMs);
      await waitFor(
        "the bar says so",
        async () => (await desktop.pixels()).part(bar).differences(before) > 100,
      );

      await waitFor("the outage is over", () => Date.now() >= back, 2 * givenUpMs);

      await network.plug("requester");
      await page.keyboard.up("Shift");
      await expect
        .poll(async () => (await stage.pixels())?.differences(await desktop.pixels()), { timeout: 40_000 })
        .toBe(0);
      await session.mode("control");
      await session.focus(terminal.window);
      await page.keyboard.type("after");
      await terminal.typed("beforeafter");
      expect((await eventKinds(broker)).filter((kind) => kind === "client.asked")).toHaveLength(2);
      await client.stop();
      await session.ended("requester");
    },
  );
}
