import { expect, test } from "./fixtures.ts";
import { robin } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { Desk } from "./harness/desk.ts";
import { runOffered } from "./harness/requester.ts";
import { eventKinds } from "./harness/session.ts";
import { Stage } from "./harness/stage.ts";

const subject = "The mail program asks for a password";

test("from a ticket to a resolution, by clicks and keys alone", async ({
  desktop,
  broker,
  page,
  openPage,
}) => {
  await broker.addTechnician();
  const desk = new Desk(page);
  await desk.signIn(await broker.signInLink());
  await page
    .getByRole("button", { name: text("desk.new") })
    .first()
    .click();
  await page.getByLabel(text("desk.field.subject"), { exact: true }).fill(subject);
  await page.getByLabel(text("desk.field.requester"), { exact: true }).fill("Sam Okafor");
  await page.getByRole("button", { name: text("desk.new.submit"), exact: true }).click();
  const link = await desk.help("Sam Okafor");

  // The person: link, Start, and the line that the page gives them for their terminal.
  const person = await openPage();
  await person.goto(link);
  const client = await runOffered(desktop, person, /^Beside-[0-9A-Z]{40}$/);

  await desk.accept();
  await client.asked();
  const open = page.getByRole("link", { name: text("desk.help.open") });
  if (await open.first().isVisible()) await open.first().click();
  await client.allow();
  const stage = new Stage(page);
  await stage.live();

  const terminal = await desktop.terminal();
  await expect
    .poll(async () => (await stage.pixels())?.differences(await desktop.pixels()), { timeout: 15_000 })
    .toBe(0);

  await page.getByRole("button", { name: text("session.ask"), exact: true }).click();
  await client.allow();
  await expect(page.getByText(text("session.mode.control"), { exact: true })).toBeVisible({
    timeout: 15_000,
  });
  await stage.click(terminal.window.x + 40, terminal.window.y + 40);
  await desktop.active(terminal.window);
  await page.keyboard.type("It works: 100% of {it}, [now] \\ ~ | @ #\n", { delay: 5 });
  await terminal.typed("It works: 100% of {it}, [now] \\ ~ | @ #\n");

  await page.getByRole("button", { name: text("session.finish"), exact: true }).click();
  await page.getByLabel(text("desk.resolution"), { exact: true }).fill("A new password was set");
  await page.getByRole("button", { name: text("session.finish.submit") }).click();
  await client.closeSummary();
  await expect(page.getByText("A new password was set").first()).toBeVisible();

  // What is left: the person's page, the list of sessions, what happened in one, and the log.
  await expect(person.getByRole("heading", { name: text("requester.ended") })).toBeVisible();
  await expect(
    person.getByText(text("requester.ended.controlled", { technician: robin.name })),
  ).toBeVisible();
  const yes = person.getByRole("button", { name: text("requester.rate.yes") });
  await person.route("**/rating", (route) => route.abort());
  await yes.click();
  await expect(person.getByText(text("requester.rate.failed"))).toBeVisible();
  await person.unroute("**/rating");
  await yes.click();
  await expect(person.getByText(text("requester.rate.thanks"))).toBeVisible();
  await person.reload();
  await expect(person.getByText(text("requester.rate.thanks")), "said once").toBeVisible();
  await expect(page.getByText(text("desk.rated.yes"))).toBeVisible();

  await page.getByRole("link", { name: text("app.sessions"), exact: true }).click();
  const row = page.getByRole("row", { name: subject });
  await expect(row).toContainText(robin.name);
  await expect(row).toContainText(text("end.technician"));
  await row.getByRole("link", { name: subject }).click();
  await page.getByLabel(text("sessions.timeline.all")).check();
  const told = await page.getByRole("listitem").locator("code:first-child").allTextContents();
  for (const kind of [...joined, ...rights]) expect(told, "told in the timeline").toContain(kind);
  // What the client signs last can be under way still.
  let all: string[] = [];
  const missing = async () => {
    all = await eventKinds(broker);
    return ending.filter((kind) => !all.includes(kind));
  };
  await expect.poll(missing, { timeout: 30_000 }).toEqual([]);
  const log = all.filter((kind) => !/^(token|relay|session\.peer)/.test(kind));
  const before = ["broker.started", ...invited, ...joined, ...rights];
  expect(log.slice(0, before.length), "the whole log, in order").toEqual(before);
  const after = log.slice(before.length);
  expect(after, "in any order").toEqual(expect.arrayContaining(ending));
  expect(
    after.filter((kind) => !ending.includes(kind) && !sealing.includes(kind)),
    "nothing else",
  ).toEqual([]);
});

const invited = [
  "technician.added",
  "signin.link_made",
  "signin.done",
  "ticket.created",
  "invitation.created",
  "ticket.changed",
];
const joined = ["invitation.opened", "session.joined", "session.accepted"];
const rights = [
  "client.verified",
  "client.asked",
  "client.granted",
  "client.capture_started",
  "client.asked",
  "client.granted",
  "client.control_started",
];
/** Both ends and the ticket come to it at once. */
const ending = ["client.sealed", "session.ended", "ticket.changed"];
/**
 * What the broker and the page add a moment later, the person says, and this test does who reads it twice. A client
 * that the broker told of the end before the page did says no more than that nothing follows.
 */
const sealing = [
  "client.stopped",
  "session.countersigned",
  "session.sealed",
  "session.rated",
  "audit.exported",
];
