import { expect, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import { eventKinds, Session } from "./harness/session.ts";

test("what is allowed ends by itself, after the time that the person chose", async ({
  broker,
  desktop,
  page,
}) => {
  const session = await Session.asking(broker, desktop, page);
  await session.client.allow({ term: 0 });
  await session.stage.live();
  await expect(page.getByText(text("session.left", { time: "15 min" }), { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: text("session.left.ask") })).toHaveCount(0);

  // The last answer counts for all of it.
  await session.takeControl();
  await expect(page.getByText(text("session.left", { time: "1 h" }), { exact: true })).toBeVisible();
});

test("a locked screen ends control, and both are told why", async ({ broker, desktop, page }) => {
  const session = await Session.controlled(broker, desktop, page);
  await desktop.run("xset", ["s", "activate"]);
  await session.mode("view");
  await session.tells("session.taken.locked");
  await desktop.run("xset", ["s", "reset"]);
  await session.takeControl();
  await session.client.stop();
  await session.ended("requester");
  const kinds = await eventKinds(broker);
  expect(kinds.filter((kind) => kind === "client.revoked")).toHaveLength(1);
});
