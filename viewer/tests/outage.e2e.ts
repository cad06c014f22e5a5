import { expect, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import { Pulse } from "./harness/pulse.ts";
import { eventKinds, Session } from "./harness/session.ts";
import { Stage } from "./harness/stage.ts";
import { waitFor } from "./harness/wait.ts";

/** The broker is away for so long. */
const outageMs = 10_000;
/** More time than this between two changes of the picture would be an interruption. */
const interruptedMs = 6_000;

test("a reload keeps its grant; the newest tab takes over, and the older one can take it back", async ({
  desktop,
  broker,
  page,
  context,
}) => {
  const session = await Session.controlled(broker, desktop, page);
  await page.reload();
  await session.mode("control");
  const second = await context.newPage();
  await second.goto(page.url());
  await new Stage(second).live();
  await expect(page.getByText(text("session.stage.superseded"))).toBeVisible();
  await page.getByRole("button", { name: text("session.continue") }).click();
  await session.mode("control");
  await expect(second.getByText(text("session.stage.superseded"))).toBeVisible();
  expect((await eventKinds(broker)).filter((kind) => kind === "client.asked")).toHaveLength(2);
});

test("the broker dies for ten seconds and comes back: the picture goes on, and nothing is lost", async ({
  desktop,
  broker,
  page,
}) => {
  const pulse = await Pulse.start(desktop);
  const session = await Session.controlled(broker, desktop, page);
  const terminal = await desktop.terminal();
  await pulse.watch(session.stage);

  const back = Date.now() + outageMs;
  await broker.stop("at once");
  await expect(page.getByText(text("session.broker-away"))).toBeVisible();
  await session.focus(terminal.window);
  await page.keyboard.type("without a broker");
  await terminal.typed("without a broker");
  await waitFor("the time is over", () => Date.now() > back, 2 * outageMs);
  // What happens now, the client tells the broker when it is back.
  await session.client.takeBack();
  await session.mode("view");
  await broker.startAgain();
  await expect(page.getByText(text("session.broker-away"))).toBeHidden({ timeout: 30_000 });
  expect(
    await pulse.longestGap(session.stage),
    "the longest time without a change of the picture",
  ).toBeLessThan(interruptedMs);

  await session.takeControl();
  await session.client.stop();
  await session.ended("requester");
  // The client may come back to the broker after the technician's page did.
  await expect
    .poll(async () => (await eventKinds(broker)).filter((kind) => kind.startsWith("client.")), {
      timeout: 20_000,
    })
    .toEqual([
      ...["client.verified", "client.asked", "client.granted", "client.capture_started"],
      ...["client.asked", "client.granted", "client.control_started", "client.revoked"],
      ...["client.asked", "client.granted", "client.stopped", "client.sealed"],
    ]);
});

test("a client that is killed is told to the technician", async ({ desktop, broker, page }) => {
  const session = await Session.controlled(broker, desktop, page);
  session.client.program.signal("SIGKILL");
  await expect(page.getByText(text("session.stage.reconnecting", { requester: "Sam Okafor" }))).toBeVisible({
    timeout: 30_000,
  });
});
