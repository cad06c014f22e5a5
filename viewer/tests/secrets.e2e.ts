import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page, test } from "./fixtures.ts";
import { robin } from "./harness/broker.ts";
import { Canaries } from "./harness/canaries.ts";
import { Client, text, titles } from "./harness/client.ts";
import { Desk } from "./harness/desk.ts";
import type { Desktop } from "./harness/desktop.ts";
import { looksSound } from "./harness/looks.ts";
import { pressStart } from "./harness/requester.ts";
import { buttonReady, settled } from "./harness/settled.ts";
import { Stage } from "./harness/stage.ts";
import { shot } from "./harness/tour.ts";
import { waitFor } from "./harness/wait.ts";

const sam = "Sam Okafor";
const subject = "Printer prints nothing";

// A whole session from the sign-in to the timeline, in pictures; then every secret that it used is searched for in
// all that was written down.

test("a whole session leaves no secret behind", async ({ startBroker, desktop, page, openPage }) => {
  test.slow(); // the longest there is, and every page of it is asked of axe
  const broker = await startBroker(["--log-level", "debug"]);
  const canaries = new Canaries();
  canaries.addText("any token", Buffer.from('{"alg":"EdDSA"').toString("base64url").slice(0, -1));
  canaries.watch(page);
  await broker.addTechnician();
  await broker.addTicket("Cannot open the shared calendar", "Ines Duarte");
  const invitation = await broker.invite(await broker.addTicket(subject, sam));
  canaries.addCode(invitation.secret);
  canaries.addSignIn(invitation.open);
  await new Desk(page).signIn(invitation.open);
  await canaries.addPage(page);

  await openPrograms(desktop);
  const landing = await openPage();
  await landing.goto(invitation.link);
  await pressStart(landing);
  const installed = await broker.installClient(desktop, invitation.secret);
  const client = Client.ofProgram(desktop, desktop.start(installed, ["--verbose"]));
  await arrived(page, desktop);
  await agreed(page, desktop, client);
  await helped(page, desktop, client);
  await paused(page, client);
  await superseded(page);
  await finished(page, desktop, client, landing);
  await afterwards(page, broker.url);

  const kinds = ["s", "join", "bind", "page", "sign-in secret", "handed over keys", "invite key", "cookie"];
  expect(canaries.names).toEqual(expect.arrayContaining(kinds));
  expect(canaries.names.join(), "a join token and an access token were seen").toMatch(
    /join\+jwt.*access\+jwt/,
  );
  const known = new Map([["the invitation's id", invitation.id]]);
  expect(await broker.leaks(known), "what is written down is found").not.toEqual([]);
  expect(await broker.leaks(canaries.forms)).toEqual([]);
  expect(await kept(desktop, client, canaries)).toEqual([]);
});

/** The person was writing when the printer failed. */
async function openPrograms(desktop: Desktop): Promise<void> {
  await desktop.writeFile(
    "minutes.txt",
    "Minutes of the meeting\n\n1. Room bookings\n2. New colleagues\n3. The printer\n",
  );
  desktop.start("mousepad", ["minutes.txt"]);
  const queue =
    "printf '$ lpq\\nprinter is not ready\\nRank  Owner  Job  File(s)\\n1st   sam    41   minutes.txt\\n'; exec cat";
  desktop.start("xterm", [
    "-title",
    "Terminal",
    "-fa",
    "DejaVu Sans Mono",
    "-fs",
    "11",
    "-geometry",
    "56x14+690+70",
    "-e",
    "bash",
    "-c",
    queue,
  ]);
  await desktop.window("Terminal");
  await waitFor("the editor", async () =>
    (await desktop.titles()).some((title) => title.includes("minutes.txt")),
  );
}

async function arrived(page: Page, desktop: Desktop): Promise<void> {
  await expect(page.getByRole("button", { name: text("desk.accept") })).toBeVisible({ timeout: 20_000 });
  await settled(desktop, await desktop.window(titles.panel));
  await shot("client-waiting", () => desktop.screenshot());
  await page.getByRole("button", { name: text("desk.accept") }).click();
}

/** The requester is asked and allows to see. */
async function agreed(page: Page, desktop: Desktop, client: Client): Promise<void> {
  await settled(desktop, await client.asked(), buttonReady);
  await expect(
    page.getByRole("heading", { name: text("session.stage.asking", { requester: sam }) }),
  ).toBeVisible();
  await shot("session-asking", () => page.screenshot());
  await shot("client-consent", () => desktop.screenshot());
  await client.allow();
  await client.bar();
  await new Stage(page).live();
  await same(page, desktop);
  await shot("session-live", () => page.screenshot());
  await looksSound(page, "the picture");
  await shot("client-bar", () => desktop.screenshot());
}

/** Control is asked for, allowed and used. */
async function helped(page: Page, desktop: Desktop, client: Client): Promise<void> {
  await page.getByRole("button", { name: text("session.ask") }).click();
  await settled(desktop, await client.asked(), buttonReady);
  await same(page, desktop);
  await shot("session-ask-control", () => page.screenshot());
  await shot("client-consent-control", () => desktop.screenshot());
  await client.allow();
  await expect(page.getByText(text("session.mode.control"), { exact: true })).toBeVisible();
  const terminal = await desktop.window("Terminal");
  await new Stage(page).click(terminal.x + 40, terminal.y + 100);
  await desktop.active(terminal);
  await page.keyboard.type("cupsenable printer");
  await same(page, desktop);
  await shot("session-control", () => page.screenshot());
  await shot("client-bar-control", () => desktop.screenshot());
  await looksSound(page, "control");
  await page.getByRole("button", { name: text("session.keys"), exact: true }).click();
  await expect(page.getByRole("menu")).toBeVisible();
  await shot("session-keys", () => page.screenshot());
  await looksSound(page, "the menu of keys");
  await page.keyboard.press("Escape");
}

async function paused(page: Page, client: Client): Promise<void> {
  await client.pause();
  await expect(page.getByRole("heading", { name: text("session.paused", { requester: sam }) })).toBeVisible();
  await shot("session-paused", () => page.screenshot());
  await looksSound(page, "paused");
  await client.pause();
  await new Stage(page).live();
}

/** The session is opened in a second tab, and continued in the first. */
async function superseded(page: Page): Promise<void> {
  const second = await page.context().newPage();
  await second.goto(page.url());
  await new Stage(second).live();
  await expect(page.getByRole("heading", { name: text("session.stage.superseded") })).toBeVisible();
  await shot("session-superseded", () => page.screenshot());
  await looksSound(page, "superseded");
  await page.getByRole("button", { name: text("session.continue") }).click();
  await new Stage(page).live();
  await second.close();
}

/** The technician is about to finish when the requester presses Stop. */
async function finished(page: Page, desktop: Desktop, client: Client, landing: Page): Promise<void> {
  await page.getByRole("button", { name: text("session.finish"), exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel(text("desk.changes"))).toHaveValue(/\S/);
  const resolution = dialog.getByLabel(text("desk.resolution"));
  await resolution.fill("The queue was stopped after a paper jam. It prints again.");
  await shot("session-finish", () => page.screenshot());
  await dialog.getByRole("button", { name: text("session.finish.stay") }).click();

  await page.getByRole("button", { name: text("session.finish"), exact: true }).click();
  await expect(resolution, "a note is never lost").toHaveValue(/^The queue/);

  await client.stop();
  await settled(desktop, await desktop.window(titles.summary));
  await expect(dialog.getByRole("heading", { name: text("end.requester") })).toBeVisible();
  await shot("session-ended", () => page.screenshot());
  await shot("client-summary", () => desktop.screenshot());
  await client.closeSummary();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("heading", { name: text("end.requester") })).toBeVisible();
  await looksSound(page, "ended");
  await page.getByRole("button", { name: text("session.note") }).click();
  await expect(resolution, "nor when the requester ends the session").toHaveValue(/^The queue/);
  await dialog.getByRole("button", { name: text("app.save") }).click();
  await expect(page.getByRole("heading", { name: subject })).toBeVisible();
  await page.getByText(text("desk.view.all"), { exact: true }).click();
  await expect(page.getByText(text("desk.count", { n: "2" }))).toBeVisible();
  await shot("ticket-resolved", () => page.screenshot());
  await expect(landing.getByRole("heading", { name: text("requester.ended") })).toBeVisible();
  await expect(
    landing.getByText(text("requester.ended.controlled", { technician: robin.name })),
  ).toBeVisible();
  await shot("landing-ended", () => landing.screenshot());
  await looksSound(landing, "the page behind the link, at the end");
}

async function afterwards(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/sessions`);
  await expect(page.getByRole("link", { name: subject })).toBeVisible();
  await shot("sessions", () => page.screenshot());
  await page.getByRole("link", { name: subject }).click();
  await expect(page.getByRole("heading", { name: text("sessions.timeline") })).toBeVisible();
  await shot("timeline", () => page.screenshot({ fullPage: true }));
  await page.setViewportSize({ width: 360, height: 740 });
  await shot("timeline-narrow", () => page.screenshot());
}

/** Waits until the page shows what the screen shows. */
async function same(page: Page, desktop: Desktop): Promise<void> {
  const stage = new Stage(page);
  const differences = async (): Promise<number> =>
    (await stage.pixels())?.differences(await desktop.pixels()) ?? -1;
  await expect.poll(differences, "the canvas is the screen").toBe(0);
}

/** Which secrets the client printed, or left in a file of the person's home beside the download itself. */
async function kept(desktop: Desktop, client: Client, canaries: Canaries): Promise<string[]> {
  const places = new Map([["what the client printed", Buffer.from(client.program.output)]]);
  for (const entry of await readdir(desktop.home, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !path.includes("/Downloads/")) places.set(path, await readFile(path));
  }
  const found: string[] = [];
  for (const [place, content] of places) {
    for (const [name, secret] of canaries.forms)
      if (content.includes(secret)) found.push(`${name} in ${place}`);
  }
  return found;
}
