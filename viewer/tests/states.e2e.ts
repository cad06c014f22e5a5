import { expect, type Page, test } from "./fixtures.ts";
import { type Broker, robin } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { Desk } from "./harness/desk.ts";
import { HostileClient, view } from "./harness/hostile.ts";
import { looksSound } from "./harness/looks.ts";
import { Stage } from "./harness/stage.ts";

// What goes wrong, as the people in front of it read it: docs/states.md lists every state, with the test that brings it
// about. Here are those that no story of their own leads to.

const sam = "Sam Okafor";
const machine = { os: "Debian", arch: "amd64", name: "desk-7", version: "1" };
/** A session of somebody whose program says what it is told to, accepted by the technician. */
async function accepted(broker: Broker, page: Page): Promise<HostileClient> {
  const { link, open } = await broker.invite(await broker.addTicket("Printer prints nothing", sam));
  const client = await HostileClient.join(link, machine);
  await new Stage(page).signIn(open);
  await new Desk(page).accept();
  await client.greeted(1);
  return client;
}

/** What the program says, and the reason that both people read then. */
const ENDS: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ["client.declined", { asked: "view", reason: "declined" }, "declined"],
  ["client.declined", { asked: "view", reason: "unanswered" }, "unanswered"],
  ["client.stopped", { reason: "requester" }, "requester"],
  ["client.stopped", { reason: "not_verified" }, "not-verified"],
  ["client.stopped", { reason: "violation" }, "violation"],
  ["client.stopped", { reason: "lost_token" }, "lost-token"],
  ["client.stopped", { reason: "unable" }, "unable"],
  ["client.stopped", { reason: "failure" }, "failure"],
];

test("the technician reads why it ended, whatever the program says of itself", async ({ broker, page }) => {
  await broker.addTechnician();
  for (const [kind, data, reason] of ENDS) {
    const client = await accepted(broker, page);
    try {
      if (kind === "client.declined") client.state("client.asked", { scopes: "view" });
      client.state(kind, data);
      await expect(page.getByRole("heading", { name: text(`end.${reason}`) })).toBeVisible();
      await expect(page.getByRole("link", { name: text("session.back") }).last()).toBeVisible();
    } finally {
      await client.end();
    }
  }
  await looksSound(page, "the end");
});

test("the technician reads what the machine cannot do", async ({ broker, page }) => {
  await broker.addTechnician();
  const client = await accepted(broker, page);
  try {
    client.control(view);
    for (const [code, key] of [
      ["no_input", "notice.no-input"],
      ["no_panic_key", "notice.no-panic-key"],
      ["no_screen", "notice.no-screen"],
      ["no_pointing", "notice.no-pointing"],
      ["no_clipboard", "notice.no-clipboard"],
    ] as const) {
      client.control({ type: "notice", code });
      await expect(page.getByText(text(key)).first()).toBeVisible();
    }
    await looksSound(page, "session.no-picture and what the machine cannot do");

    client.control({ ...view, generation: 2, asking: true });
    await expect(page.getByText(text("session.control-rests", { requester: sam }))).toBeVisible();
    client.control({ ...view, generation: 3, taken: "idle" });
    await expect(page.getByText(text("session.taken.idle", { requester: sam }))).toBeVisible();
    client.control({ ...view, generation: 4 });

    // Questions that come to nothing.
    for (const [reason, key] of [
      ["unanswered", "session.declined.unanswered"],
      ["busy", "session.declined.busy"],
      ["not_offered", "session.declined.not-offered"],
    ] as const) {
      const asked = client.count("ask");
      await page.getByRole("button", { name: text("session.ask"), exact: true }).click();
      await client.heard("ask", asked + 1);
      const ids = [
        ...client.output.matchAll(/"type":"ask"[^\n]*?"id":"([^"]+)"|"id":"([^"]+)"[^\n]*?"type":"ask"/g),
      ];
      const id = ids
        .at(-1)
        ?.slice(1)
        .find((x) => x !== undefined);
      client.control({ type: "declined", id, reason });
      await expect(page.getByText(text(key, { requester: sam }))).toBeVisible();
    }
    client.control({ ...view, generation: 5, scopes: "", left: 0, taken: "time" });
    await expect(page.getByText(text("session.stage.lapsed", { requester: sam }))).toBeVisible();
    await looksSound(page, "the time is over");
  } finally {
    await client.end();
  }
});

test("the page of a link says what its browser or its connection lacks", async ({ broker, openPage }) => {
  await broker.addTechnician();
  const { link } = await broker.invite(await broker.addTicket("Printer prints nothing", sam));
  const old = await openPage();
  await old.addInitScript(() => {
    Object.defineProperty(crypto, "subtle", { value: undefined });
  });
  old.on("console", () => undefined);
  await old.goto(link);
  await expect(old.getByRole("heading", { name: text("requester.broken") })).toBeVisible();
  await expect(old.getByText(text("requester.broken.hint"))).toBeVisible();
  await looksSound(old, "a browser that is too old");

  const away = await openPage();
  await away.route("**/api/**", (route) => route.abort());
  await away.goto(link);
  await expect(away.getByText(text("requester.away"))).toBeVisible();
  await expect(away.getByText(text("requester.away.hint"))).toBeVisible();
  await looksSound(away, "no connection from the start");
  await away.unroute("**/api/**");
  await expect(
    away.getByRole("heading", {
      name: text("requester.who", { technician: robin.name, organisation: "Help desk" }),
    }),
  ).toBeVisible({ timeout: 20_000 });
});

test("too many codes are a pause, and not a wrong code", async ({ broker, openPage }) => {
  const page = await openPage();
  await page.goto(`${broker.url}/help`);
  const field = page.getByLabel(text("requester.code.label"), { exact: true });
  await expect(async () => {
    await field.fill("123 456 789");
    await page.getByRole("button", { name: text("requester.code.go") }).click();
    await expect(page.getByText(text("requester.code.many"))).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 60_000 });
  await looksSound(page, "too many codes");
});

test("a broker that fails is told apart from one that is away, and from what does not exist", async ({
  broker,
  page,
}) => {
  await broker.addTechnician();
  await broker.addTicket("Printer prints nothing", sam);
  await new Desk(page).signIn(await broker.signInLink());
  await page.goto(`${broker.url}/tickets/AAAAAAAAAAAAAAAAAAAAAA`);
  await expect(page.getByRole("alert").getByText("nothing here under this id")).toBeVisible();
  await looksSound(page, "a ticket that does not exist");

  await page.goto(broker.url);
  await page.getByText(sam).first().click();
  await page.getByRole("button", { name: text("desk.resolve") }).click();
  await page.getByLabel(text("desk.resolution"), { exact: true }).fill("It prints again");
  const save = page.getByRole("button", { name: text("app.save"), exact: true });
  const tickets = "**/api/v1/tickets/*";
  await page.route(tickets, (route) =>
    route.request().method() === "PATCH" ? route.fulfill({ status: 500, body: "" }) : route.continue(),
  );
  await save.click();
  await expect(page.getByText(text("error.internal")).first()).toBeVisible();
  await page.unroute(tickets);
  await page.route(tickets, (route) =>
    route.request().method() === "PATCH" ? route.abort() : route.continue(),
  );
  await save.click();
  await expect(page.getByText(text("error.offline")).first()).toBeVisible();
  await page.unroute(tickets);
  await save.click();
  await expect(page.getByText("It prints again").first()).toBeVisible();
});

test("whoever is signed out elsewhere reads so, and signs in again", async ({ broker, page, context }) => {
  await broker.addTechnician();
  const client = await accepted(broker, page);
  try {
    const other = await context.newPage();
    await other.goto(`${broker.url}/account`);
    await other.getByRole("button", { name: new RegExp(robin.name) }).click();
    await other.getByRole("menuitem", { name: text("app.sign-out") }).click();
    await expect(other.getByRole("heading", { name: text("signin.title") })).toBeVisible();
    await page.reload();
    await expect(page.getByRole("heading", { name: text("signin.title") })).toBeVisible();
    await looksSound(page, "signed out");
  } finally {
    await client.end();
  }
});

test("offline, and a broker that is away, are told apart and go by themselves", async ({
  broker,
  page,
  context,
}) => {
  await broker.addTechnician();
  await new Desk(page).signIn(await broker.signInLink());
  await context.setOffline(true);
  await expect(page.getByText(text("app.offline.browser"))).toBeVisible({ timeout: 20_000 });
  await looksSound(page, "this browser is offline");
  await context.setOffline(false);
  await expect(page.getByText(text("app.offline.browser"))).toBeHidden({ timeout: 20_000 });
  await broker.stop();
  await expect(page.getByText(text("app.offline"))).toBeVisible({ timeout: 30_000 });
  await looksSound(page, "the broker is away");
  await broker.startAgain();
  await expect(page.getByText(text("app.offline"))).toBeHidden({ timeout: 30_000 });
});

test("what the page of an ended session could not do can be tried again", async ({
  broker,
  page,
  openPage,
}) => {
  await broker.addTechnician();
  const { link, open } = await broker.invite(await broker.addTicket("Printer prints nothing", sam));
  const person = await openPage();
  await person.goto(link);
  const client = await HostileClient.join(link, machine);
  try {
    await new Stage(page).signIn(open);
    await new Desk(page).accept();
    await client.greeted(1);
    client.state("client.stopped", { reason: "requester" });
    await expect(person.getByRole("heading", { name: text("requester.ended") })).toBeVisible({
      timeout: 20_000,
    });
    await person.route("**/receipt", (route) => route.fulfill({ status: 500, body: "" }));
    await person.getByRole("button", { name: text("receipt.get") }).click();
    await expect(person.getByText(text("receipt.failed"))).toBeVisible();
    await looksSound(person, "no receipt");
  } finally {
    await client.end();
  }
});

test("a page that breaks says so, and that nothing is lost", async ({ broker, page }) => {
  await broker.addTechnician();
  await broker.addTicket("Printer prints nothing", sam);
  const twice = "**/api/v1/tickets?*";
  await page.route(twice, async (route) => {
    const answer = await route.fetch();
    const { tickets } = (await answer.json()) as { tickets: unknown[] };
    await route.fulfill({ response: answer, json: { tickets: [...tickets, ...tickets] } });
  });
  await new Desk(page).signIn(await broker.signInLink());
  await expect(page.getByRole("heading", { name: text("app.broken") })).toBeVisible();
  await expect(page.getByText(text("app.broken.hint"))).toBeVisible();
  await looksSound(page, "a page that broke");
  await page.unroute(twice);
  await page.getByRole("button", { name: text("app.reload") }).click();
  await expect(page.getByText(sam).first()).toBeVisible();
});

test("a browser that keeps nothing signs in and says why it cannot open the session", async ({
  broker,
  page,
}) => {
  await broker.addTechnician();
  const { open } = await broker.invite(await broker.addTicket("Printer prints nothing", sam));
  await page.addInitScript(() => Object.defineProperty(window, "indexedDB", { value: undefined }));
  await new Stage(page).signIn(open);
  await expect(page.getByRole("heading", { name: text("signin.keys") })).toBeVisible();
  await looksSound(page, "a browser that keeps nothing");
  await page.getByRole("button", { name: text("signin.go") }).click();
  await expect(page.getByText(sam).first()).toBeVisible();
});

test("a link whose time is over says so at the desk", async ({ broker, page }) => {
  await broker.addTechnician();
  await broker.addTicket("Printer prints nothing", sam);
  const desk = new Desk(page);
  await desk.signIn(await broker.signInLink());
  await desk.choose("Printer prints nothing");
  await desk.help(sam);
  await page.clock.setFixedTime(Date.now() + 16 * 60_000);
  await expect(page.getByText(text("desk.link.expired"))).toBeVisible();
});

test("the technician reads why a text did not come over the clipboard", async ({ broker, page }) => {
  await broker.addTechnician();
  const client = await accepted(broker, page);
  const take = async (): Promise<void> => {
    await page.getByRole("button", { name: text("session.tools"), exact: true }).click();
    await page.getByRole("menuitem", { name: new RegExp(`^${text("session.clip.take")}`) }).click();
  };
  const says = async (key: string): Promise<void> => {
    await expect(page.getByText(text(key, { requester: sam }))).toBeVisible({ timeout: 12_000 });
  };
  try {
    client.control({ ...view, scopes: "view clipboard:fetch" });
    let asked = 0;
    for (const [reason, key] of [
      ["nothing", "session.clip.failed.nothing"],
      ["secret", "session.clip.failed.secret"],
      ["too_long", "session.clip.failed.too-long"],
      ["rests", "session.clip.failed.rests"],
      ["failed", "session.clip.failed.failed"],
    ] as const) {
      await take();
      await client.heard("take", ++asked);
      client.control({ type: "copied", id: client.lastId("take"), part: 0, parts: 0, text: "", reason });
      await says(key);
    }
    await take();
    await says("session.clip.failed.lost");
    await page.clock.setFixedTime(new Date()); // a test is slower than the second that each more takes
    for (let n = 0; n < 10; n++) await take();
    await take();
    await says("session.clip.failed.busy");
    await looksSound(page, "a text that did not come");
  } finally {
    await client.end();
  }
});
