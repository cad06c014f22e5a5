import { expect, test } from "./fixtures.ts";
import { administrator } from "./harness/administrator.ts";
import { robin } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { Session } from "./harness/session.ts";

// What an administrator does reaches people who are being helped at that moment.

test("keys turn, rights go and accounts close under a live session", async ({
  broker,
  desktop,
  page,
  openPage,
}) => {
  const session = await Session.controlled(broker, desktop, page);
  const admin = await openPage();
  await administrator(broker, admin, { email: "kim@desk.example", name: "Kim Aalto" });
  const tokens = async (): Promise<number> => (await broker.auditExport()).split("access+jwt").length;

  await admin.goto(`${broker.url}/admin/keys`);
  const before = await tokens();
  await admin.getByRole("button", { name: text("admin.keys.rotate") }).click();
  await expect(admin.getByText(text("admin.keys.retired"), { exact: true })).toBeVisible();
  await expect.poll(tokens, "the technician has a token of the new key").toBeGreaterThan(before);
  await session.giveBack();
  await session.mode("view");
  await session.takeControl(); // the client believes it

  await admin.goto(`${broker.url}/admin/policy`);
  const scope = (key: string) => admin.getByRole("checkbox", { name: text(key) });
  await scope("scope.control").uncheck();
  await admin.getByRole("button", { name: text("app.save"), exact: true }).click();
  await session.mode("view");
  await session.stage.live();
  const off = page.getByRole("button", { name: text("session.ask.off"), exact: true });
  await expect(off, "control cannot be asked for").toBeDisabled();
  await expect(off, "and it is said why").toHaveAccessibleDescription(text("session.ask.off.hint"));
  await expect(page.getByRole("button", { name: text("session.ask"), exact: true })).toHaveCount(0);
  await scope("scope.control").check();
  await admin.getByRole("button", { name: text("app.save"), exact: true }).click();
  await session.takeControl(); // what the policy leaves again can be asked for at once
  await scope("scope.control").uncheck();
  await scope("scope.view").uncheck();
  await admin.getByRole("button", { name: text("app.save"), exact: true }).click();
  await session.mode("off");

  await admin.goto(`${broker.url}/admin/people`);
  await admin.getByRole("button", { name: text("admin.people.menu", { name: robin.name }) }).click();
  await admin.getByRole("menuitem", { name: text("admin.people.close") }).click();
  await admin
    .getByRole("dialog")
    .getByRole("button", { name: text("admin.people.close") })
    .click();
  await expect.poll(() => broker.auditExport()).toContain('"data":{"reason":"lost_token"}');
  const out = page.getByRole("heading", { name: text("signin.title") });
  await expect(out.or(page.getByText(text("end.lost-token"))).first()).toBeVisible();
  const log = await broker.auditExport();
  expect(log, "the client says why it took the rights back").toMatch(/client\.revoked.*"by":"token"/);
});
