import { expect, test } from "./fixtures.ts";
import { eventKinds, Session } from "./harness/session.ts";

/** The first try must do: a second one is made after twelve seconds. */
const connectedMs = 8_000;

test("no way between the two ends: the relay carries picture and hands", async ({
  startNetwork,
  startDesktop,
  startBroker,
  openRemotePage,
}) => {
  const network = await startNetwork();
  const broker = await startBroker(network.flags, {
    namespace: network.broker,
  });
  const desktop = await startDesktop({ namespace: network.requester });
  const page = await openRemotePage(network);
  const terminal = await desktop.terminal();
  expect(await network.meets("technician", "requester"), "the sides have no way to each other").toBe(false);

  const session = await Session.asking(broker, desktop, page);
  await session.client.asked(connectedMs);
  await session.client.allow();
  await session.stage.live();
  await session.takeControl();
  await expect(session.figure("session.path.relay")).toBeVisible();
  await session.focus(terminal.window);
  await page.keyboard.type("by way of the relay");
  await terminal.typed("by way of the relay");
  await expect
    .poll(async () => (await session.stage.pixels())?.differences(await desktop.pixels()), {
      timeout: 15_000,
    })
    .toBe(0);

  await session.client.stop();
  await session.ended("requester");
  await session.client.closeSummary();
  const kinds = await eventKinds(broker);
  expect(kinds).toContain("relay.allocated");
  expect(kinds).not.toContain("relay.denied");
});
