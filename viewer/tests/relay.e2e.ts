import { expect, type Page, test } from "./fixtures.ts";
import { eventKinds, Session } from "./harness/session.ts";
import { waitFor } from "./harness/wait.ts";

/** How long credentials live in the second test. */
const credentialMs = 8_000;
/** After twelve seconds of silence the client gives a connection up and makes another. */
const givenUpMs = 14_000;

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

  await countOffers(page);
  const session = await Session.asking(broker, desktop, page);
  await session.client.asked();
  expect(await offers(page), "the first way that was tried is good: another would be offered later").toBe(1);
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

/** Counts what the client offers the page, from its next document on. */
async function countOffers(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const counted = { offers: 0 };
    Object.assign(window, { counted });
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        this.addEventListener("signalingstatechange", () => {
          if (this.signalingState === "have-remote-offer") counted.offers++;
        });
      }
    };
  });
}

async function offers(page: Page): Promise<number> {
  return await page.evaluate(() => (window as unknown as { counted: { offers: number } }).counted.offers);
}

test("credentials of the relay ran out: the session goes on, and finds its way again after an outage", async ({
  startNetwork,
  startDesktop,
  startBroker,
  openRemotePage,
}) => {
  const network = await startNetwork();
  const flags = [...network.flags, "--relay-life", `${credentialMs / 1_000}s`];
  const broker = await startBroker(flags, { namespace: network.broker });
  const desktop = await startDesktop({ namespace: network.requester });
  const page = await openRemotePage(network);
  const terminal = await desktop.terminal();
  const session = await Session.controlled(broker, desktop, page);
  const ranOut = Date.now() + credentialMs;
  await waitFor("the first credentials ran out", () => Date.now() > ranOut, 2 * credentialMs);
  await session.focus(terminal.window);
  await page.keyboard.type("on");
  await terminal.typed("on");

  await network.unplug("requester");
  const givenUp = Date.now() + givenUpMs;
  await waitFor("the connection is given up", () => Date.now() > givenUp, 2 * givenUpMs);
  await network.plug("requester");
  await expect
    .poll(async () => (await session.stage.pixels())?.differences(await desktop.pixels()), {
      timeout: 40_000,
    })
    .toBe(0);
  await session.mode("control");
  await expect(session.figure("session.path.relay")).toBeVisible();
  await session.focus(terminal.window);
  await page.keyboard.type(" and on");
  await terminal.typed("on and on");
  await session.client.stop();
  await session.ended("requester");
});
