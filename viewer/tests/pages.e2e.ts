import { expect, type Page, test } from "./fixtures.ts";
import { type Broker, robin } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { Code, redeem } from "./harness/code.ts";
import { Desk } from "./harness/desk.ts";
import { looksSound } from "./harness/looks.ts";
import { askedUs } from "./harness/requester.ts";
import { shot } from "./harness/tour.ts";

// Every page and dialog that can be reached without a client: sound for assistive technology, in both sizes and
// both colours, without a breach of the policy (the fixture `watch` says that).

const sam = "Sam Okafor";
const subject = "Printer prints nothing";

async function picture(page: Page): Promise<Buffer> {
  return await page.screenshot();
}

async function signedIn(broker: Broker, page: Page): Promise<Desk> {
  await broker.addTechnician();
  const desk = new Desk(page);
  await desk.signIn(await broker.signInLink());
  return desk;
}

async function fillDesk(broker: Broker): Promise<void> {
  const longest = "Laptop is very slow since the update this morning, and the fan is loud";
  const tickets = [
    ["Nobody in the building has network", "Ines Duarte", "high", "high"],
    [longest, "Bartholomew Featherstonehaugh", "low", "medium"],
    [subject, sam, "medium", "medium"],
    ["Second monitor stays dark", "Mina Roth", "low", "low"],
    ["New colleague needs an account", "Jo Lindqvist", "low", "medium"],
  ] as const;
  for (const [about, who, impact, urgency] of tickets) {
    const flags = ["--subject", about, "--requester", who, "--impact", impact, "--urgency", urgency];
    await broker.json("ticket", "add", ...flags);
  }
}

test("signing in", async ({ broker, page }) => {
  await broker.addTechnician();
  await page.goto(broker.url);
  await expect(page.getByRole("button", { name: text("signin.passkey") })).toBeVisible();
  await page.getByText(text("signin.none"), { exact: true }).click();
  await looksSound(page, "signed out");
  await shot("sign-in-none", () => picture(page));

  const link = await broker.signInLink();
  await page.goto(link);
  await expect(page.getByRole("button", { name: text("signin.button") })).toBeVisible();
  expect(page.url(), "the secret left the address bar").not.toContain("#");
  await looksSound(page, "a sign-in link");
  await shot("sign-in", () => picture(page));
  await broker.stop();
  await page.getByRole("button", { name: text("signin.button") }).click();
  await expect(page.getByRole("alert")).toContainText(text("error.offline"));
  await looksSound(page, "no broker");
  await broker.startAgain();
  await page.getByRole("button", { name: text("signin.button") }).click();
  await expect(page.getByRole("heading", { name: text("desk.none.work") })).toBeVisible();
  await looksSound(page, "an empty desk");
  await shot("desk-empty", () => picture(page));

  await page.context().clearCookies();
  await page.goto("about:blank");
  await page.goto(link);
  await page.getByRole("button", { name: text("signin.button") }).click();
  await expect(page.getByRole("heading", { name: text("signin.refused") })).toBeVisible();
  await looksSound(page, "a used sign-in link");
});

test("an answer from before the sign-in does not sign out", async ({ broker, page }) => {
  await broker.addTechnician();
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/api/v1/me", async (route) => {
    const answer = await route.fetch(); // before there is a cookie
    await held;
    await route.fulfill({ response: answer });
  });
  await new Desk(page).signIn(await broker.signInLink());
  const late = page.waitForResponse("**/api/v1/me");
  release();
  expect((await late).status()).toBe(401);
  await looksSound(page, "the desk"); // long enough for the answer to be read
  await expect(page.getByRole("heading", { name: text("desk.none.work") })).toBeVisible();
});

test("the desk and its dialogs", async ({ broker, page }) => {
  await signedIn(broker, page);
  await page.getByRole("button", { name: text("desk.new") }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(text("desk.field.subject")).fill("VPN drops every ten minutes");
  await dialog.getByLabel(text("desk.field.requester")).fill("Ada Keller");
  await dialog.getByLabel(text("desk.field.category")).selectOption("Network");
  await dialog
    .getByLabel(text("desk.field.words"))
    .fill("Since Monday the connection goes away all the time.\nNobody in our team can work from home.");
  await dialog.getByText(text("desk.impact.medium"), { exact: true }).click();
  await dialog.getByText(text("desk.urgency.high"), { exact: true }).click();
  await looksSound(page, "a new ticket");
  await shot("ticket-new", () => picture(page));
  await dialog.getByLabel(text("desk.field.requester")).fill(" ");
  await dialog.getByRole("button", { name: text("desk.new.submit") }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await looksSound(page, "a ticket that is refused");
  await dialog.getByLabel(text("desk.field.requester")).fill("Ada Keller");
  await dialog.getByRole("button", { name: text("desk.new.submit") }).click();
  await expect(page.getByRole("heading", { name: "VPN drops every ten minutes" })).toBeVisible();

  await fillDesk(broker);
  await expect(page.getByText(text("desk.count", { n: "6" }))).toBeVisible();
  await looksSound(page, "a ticket");
  await shot("desk", () => picture(page));
  await page.emulateMedia({ colorScheme: "dark" });
  await shot("desk-dark", () => picture(page));
  await page.emulateMedia({ colorScheme: null });

  await page.getByRole("button", { name: text("desk.edit") }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await looksSound(page, "editing");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: text("desk.resolve") }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: text("app.save") })
    .click();
  await expect(page.getByText(text("desk.resolution.needed"))).toBeVisible();
  await looksSound(page, "resolving");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: text("desk.state", { state: text("desk.state.open") }) }).click();
  await expect(page.getByRole("menu")).toBeVisible();
  await looksSound(page, "the menu of states");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: text("app.account", { name: robin.name }) }).click();
  await looksSound(page, "the menu of the account");
  await page.keyboard.press("Escape");

  await page.getByRole("link", { name: text("app.desk"), exact: true }).click();
  await looksSound(page, "next in line");
  await page.setViewportSize({ width: 360, height: 740 });
  await shot("desk-narrow", () => picture(page));
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("button", { name: text("desk.next.open") }).click();
  await expect(page.getByRole("heading", { name: "Nobody in the building has network" })).toBeVisible();
  await expect(page.getByText(/^Many · Now · help is due in 15 min/).first()).toBeVisible();
  await page.getByRole("button", { name: text("desk.next.take") }).click();
  await expect(page.getByRole("heading", { name: "VPN drops every ten minutes" })).toBeVisible();
  await looksSound(page, "the next one is taken");
  await page.getByRole("searchbox").fill("team work ho");
  await expect(page.getByRole("link", { name: /Nobody in our team can work from home/ })).toHaveCount(1);
  await expect(page.getByText(text("desk.count", { n: "1" }))).toBeVisible();
  await looksSound(page, "found by their words");
  await page.getByRole("searchbox").fill("no such thing");
  await expect(page.getByRole("heading", { name: text("desk.none.found") })).toBeVisible();
  await looksSound(page, "a search without result");
  await page.goto(`${broker.url}/no/such/page`);
  await expect(page.getByRole("heading", { name: text("app.missing") })).toBeVisible();
  await looksSound(page, "no such page");
});

test("help, from the link to the end, without a client", async ({ broker, page, openPage }) => {
  const desk = await signedIn(broker, page);
  await fillDesk(broker);
  await desk.choose(subject);
  const link = await desk.help(sam);
  await looksSound(page, "a link");
  await shot("help", () => picture(page));

  const other = await openPage();
  const colleague = { email: "kim@desk.example", name: "Kim Aalto" };
  await broker.addTechnician(colleague);
  const kim = new Desk(other);
  await kim.signIn(await broker.signInLink(colleague));
  await kim.choose(subject);
  await expect(other.getByText(text("desk.help.other", { technician: robin.name }))).toBeVisible();
  await looksSound(other, "a colleague's session");

  const answer = await redeem(broker, Code.of(link));
  const session = String(answer.body["session"]);
  await expect(page.getByText(text("desk.arrived", { requester: sam }))).toBeVisible();
  await looksSound(page, "somebody joined");
  await shot("desk-arrived", () => picture(page));
  await desk.choose("Second monitor stays dark");
  await expect(page.getByRole("region", { name: text("desk.arrived", { requester: sam }) })).toBeVisible();
  await looksSound(page, "somebody joined for another ticket");
  await shot("desk-arrived-elsewhere", () => picture(page));

  await page.goto(`${broker.url}/sessions/${session}/live`);
  await expect(page.getByRole("button", { name: text("desk.accept") })).toBeVisible();
  await looksSound(page, "joined, on the page of the session");
  await shot("session-arrived", () => picture(page));
  await desk.accept();
  await expect(page.getByRole("heading", { name: text("session.stage.verifying") })).toBeHidden();
  await looksSound(page, "accepted");
  await page.getByRole("button", { name: text("session.finish") }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await looksSound(page, "finishing");
  await page.getByRole("button", { name: text("session.finish.stay") }).click();

  await page.goto(`${broker.url}/sessions`);
  await expect(page.getByRole("link", { name: subject })).toBeVisible();
  await looksSound(page, "an open session in the list");
  await page.goto(`${broker.url}/sessions/${session}`);
  await page.getByLabel(text("sessions.timeline.all")).check();
  await page.locator("details").first().click();
  await looksSound(page, "a timeline with its technical events");
});

test("the list knows of a session before the answer that makes its link", async ({ broker, page }) => {
  const desk = await signedIn(broker, page);
  await fillDesk(broker);
  await desk.choose(subject);
  await page.route("**/api/v1/tickets/*/invitations", async (route) => {
    const answer = await route.fetch();
    await expect(page.locator('li[aria-current="step"]')).toBeVisible();
    await route.fulfill({ response: answer });
  });
  expect(await desk.help(sam)).toContain("/j/");
});

test("a session page where nobody is", async ({ broker, page, openPage }) => {
  await broker.addTechnician();
  const { open, link } = await broker.invite(await broker.addTicket(subject, sam));
  await new Desk(page).signIn(open);
  await expect(
    page.getByRole("heading", { name: text("session.stage.invited", { requester: sam }) }),
  ).toBeVisible();
  await looksSound(page, "invited");
  const address = page.url();

  const second = await openPage();
  await new Desk(second).signIn(await broker.signInLink());
  await second.goto(address);
  await expect(second.getByRole("heading", { name: text("session.stage.no-keys") })).toBeVisible();
  await looksSound(second, "a browser without the keys");
  await second
    .getByRole("link", { name: text("session.back") })
    .last()
    .click();
  await expect(second.getByText(text("desk.link.elsewhere"))).toBeVisible();
  await looksSound(second, "a link of another browser");
  await second.getByRole("button", { name: text("desk.link.revoke") }).click();

  await expect(page.getByRole("heading", { name: text("end.revoked") })).toBeVisible();
  await looksSound(page, "revoked");
  await page.goto(link);
  await expect(page.getByRole("heading", { name: text("requester.revoked") })).toBeVisible();
  await looksSound(page, "the page of a revoked link");
});

test("the page behind a link", async ({ broker, page, openPage }) => {
  await broker.addTechnician();
  const { link, secret, open } = await broker.invite(await broker.addTicket(subject, sam));
  await page.goto(link);
  const start = page.getByRole("link", { name: text("requester.start") });
  const warning = page.getByText(text("requester.asked.stop"));
  await expect(page.getByText(text("requester.about", { number: "1" }))).toBeVisible();
  await expect(page.getByText(subject)).toHaveCount(0);
  await expect(start).toHaveCount(0);
  for (const other of ["bank", "firm", "nobody"]) {
    await page.getByRole("radio", { name: text(`requester.asked.${other}`) }).check();
    await expect(warning).toBeVisible();
    await expect(start).toHaveCount(0);
  }
  await looksSound(page, "somebody else was asked");
  await shot("landing-stop", () => picture(page));
  await askedUs(page);
  await expect(start).toBeVisible();
  await expect(warning).toHaveCount(0);
  await looksSound(page, "the offer");
  await shot("landing", () => picture(page));
  await page.setViewportSize({ width: 360, height: 740 });
  await shot("landing-narrow", () => page.screenshot({ fullPage: true }));
  await page.setViewportSize({ width: 1280, height: 800 });

  const windows = await openPage({ userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0" });
  await windows.goto(link);
  await expect(windows.getByText(text("requester.notyet.windows", { technician: robin.name }))).toBeVisible();
  await looksSound(windows, "not for this system");
  await shot("landing-windows", () => picture(windows));

  await start.click();
  await expect(page.getByRole("heading", { name: text("requester.run") })).toBeFocused();
  await looksSound(page, "the line for the terminal");
  await shot("landing-run", () => picture(page));
  await page.setViewportSize({ width: 360, height: 740 });
  await shot("landing-run-narrow", () => page.screenshot({ fullPage: true }));
  await page.setViewportSize({ width: 1280, height: 800 });

  await broker.stop();
  await expect(page.getByText(text("requester.away"))).toBeVisible();
  await looksSound(page, "no broker");
  await broker.startAgain();
  await redeem(broker, new Code(secret));
  await expect(page.getByRole("heading", { name: text("requester.running") })).toBeVisible();
  await looksSound(page, "the program runs");
  const technician = await openPage();
  await new Desk(technician).signIn(open);
  await technician.getByRole("button", { name: text("desk.refuse") }).click();
  await expect(page.getByRole("heading", { name: text("requester.ended") })).toBeVisible();
  await looksSound(page, "the end");
  await page.goto("about:blank"); // another fragment alone makes the page load itself anew
  await page.goto(link.slice(0, -1));
  await expect(page.getByRole("heading", { name: text("requester.incomplete") })).toBeVisible();
  await looksSound(page, "half a link");
});
