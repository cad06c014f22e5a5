import { expect, type Page, test } from "./fixtures.ts";
import { type Broker, robin } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { Desk } from "./harness/desk.ts";
import { looksSound } from "./harness/looks.ts";
import { runOffered } from "./harness/requester.ts";
import { eventKinds } from "./harness/session.ts";
import { Stage } from "./harness/stage.ts";
import { shot } from "./harness/tour.ts";
import { waitFor } from "./harness/wait.ts";

const sam = "Sam Okafor";
const reach = "+44 20 7946 0018";
const trouble = "The mail program asks for a password again and again";
const phone = { viewport: { width: 390, height: 844 } };

/** A page of a person on a telephone's screen, looked at in every size and then put back. */
async function sound(person: Page, what: string): Promise<void> {
  await looksSound(person, what);
  await person.setViewportSize(phone.viewport);
}

/** A technician at the desk of a broker that lets people ask. */
async function openDesk(broker: Broker, page: Page): Promise<Desk> {
  await broker.addTechnician();
  await broker.json("policy", "set", "--asking", "on");
  const desk = new Desk(page);
  await desk.signIn(await broker.signInLink());
  return desk;
}

/** Goes through the door and says what is wrong. */
async function fill(person: Page, words = trouble): Promise<void> {
  await person.getByRole("button", { name: text("requester.ask"), exact: true }).click();
  await person.getByLabel(text("requester.ask.words"), { exact: true }).fill(words);
  await person.getByRole("radio", { name: text("requester.ask.impact.medium") }).check();
  await person.getByRole("radio", { name: text("requester.ask.urgency.high") }).check();
  await person.getByLabel(text("requester.ask.name"), { exact: true }).fill(sam);
  await person.getByLabel(text("requester.ask.reach"), { exact: true }).fill(reach);
}

async function send(person: Page): Promise<void> {
  await person.getByRole("button", { name: text("requester.ask.send"), exact: true }).click();
}

function headed(person: Page, name: string): Promise<void> {
  return expect(person.getByRole("heading", { level: 1, name })).toBeVisible();
}

test("a person asks, waits, is called and helped", async ({ broker, desktop, page, openPage }) => {
  const desk = await openDesk(broker, page);
  const person = await openPage(phone);
  await person.goto(`${broker.url}/help`);
  await headed(person, text("requester.code"));
  await sound(person, "two doors");
  await shot("help-doors", () => person.screenshot());
  await fill(person);
  await sound(person, "what is wrong");
  await shot("help-ask", () => person.screenshot({ fullPage: true }));
  await send(person);
  await headed(person, text("requester.wait.queued"));
  await expect(person).toHaveURL(/\/help#[A-Za-z0-9_-]{22}$/);
  await expect(person.getByText(text("requester.wait.next"))).toBeVisible();
  await expect(person.getByText(text("requester.wait.range.unknown"))).toBeVisible();
  await sound(person, "waiting");
  await shot("help-waiting", () => person.screenshot({ fullPage: true }));
  const card = person.getByRole("heading", { level: 3 });
  const first = await card.textContent();
  await person.getByRole("button", { name: text("requester.card.next"), exact: true }).click();
  await expect(card).not.toHaveText(first ?? "");
  await person.getByLabel(text("requester.wait.more")).fill("It began on Monday.");
  await person.getByRole("button", { name: text("requester.ask.send"), exact: true }).click();
  await expect(person.getByText(text("requester.wait.more.done"))).toBeVisible();

  await page.getByRole("button", { name: text("desk.next.open"), exact: true }).click(); // it came by itself
  await expect(page.getByRole("heading", { name: trouble })).toBeVisible();
  await expect(page.getByText("It began on Monday.")).toBeVisible();
  await expect(page.getByRole("link", { name: reach })).toHaveAttribute("href", "tel:+442079460018");
  await headed(person, text("requester.wait.taken", { technician: robin.name }));
  await sound(person, "taken");
  await looksSound(page, "a ticket of the help page");
  await shot("help-ticket", () => page.screenshot());

  await page.getByRole("button", { name: text("desk.help.call"), exact: true }).click();
  await expect(person.getByText(text("requester.call", { technician: robin.name, reach }))).toBeVisible();
  const digits = page.getByRole("status", { name: text("desk.code", { requester: sam }) });
  await expect(person.locator(".digits")).toHaveText((await digits.textContent()) ?? "");
  await sound(person, "called");
  await looksSound(page, "a code that was handed over");
  await shot("help-called", () => person.screenshot({ fullPage: true }));

  const client = await runOffered(desktop, person, /^Beside-[0-9]{9}$/, "--verbose");
  await desk.accept();
  await expect(page.getByRole("heading", { name: text("session.words", { requester: sam }) })).toBeVisible({
    timeout: 20_000,
  });
  const words = await page.locator(".words").textContent();
  const choices = await waitFor("four lines on the person's screen", () => {
    const offered = /choices="\[([a-z ]+)\]"/.exec(client.program.output)?.[1]?.split(" ");
    return Promise.resolve(
      offered !== undefined && [0, 4, 8].map((at) => offered.slice(at, at + 4).join(" ")),
    );
  });
  await client.pickWords(choices.indexOf(words ?? ""));
  await client.allow();
  await new Stage(page).live();
  await expect(person.getByText(text("requester.stage.live", { technician: robin.name }))).toBeVisible();
  await client.stop();
  await client.closeSummary();
  await headed(person, text("requester.ended"));
  expect(await eventKinds(broker)).toContain("client.words_compared");
});

test("a person who needs no help any more leaves the queue, and a code that was taken back is no end", async ({
  broker,
  page,
  openPage,
}) => {
  const desk = await openDesk(broker, page);
  const person = await openPage(phone);
  await person.goto(`${broker.url}/help`);
  await fill(person);
  await send(person);
  await headed(person, text("requester.wait.queued"));
  const address = person.url();
  await desk.choose(trouble);
  await page.getByRole("button", { name: text("desk.help.call"), exact: true }).click();
  await expect(person.locator(".digits")).toBeVisible();
  await page.getByRole("button", { name: text("desk.link.revoke") }).click();
  await headed(person, text("requester.wait.taken", { technician: robin.name }));

  await person.goto("about:blank");
  await person.goto(address); // the page is found again by its address
  await person.getByRole("button", { name: text("requester.wait.leave"), exact: true }).click();
  await sound(person, "leaving");
  await person.getByRole("button", { name: text("requester.wait.leave.no"), exact: true }).click();
  await person.getByRole("button", { name: text("requester.wait.leave"), exact: true }).click();
  await person.getByRole("button", { name: text("requester.wait.leave.yes"), exact: true }).click();
  await headed(person, text("requester.wait.withdrawn"));
  await sound(person, "withdrawn");
  await expect(page.getByText(text("desk.asked.withdrawn"))).toBeVisible();
  await looksSound(page, "a ticket that was withdrawn");
});

test("a ticket is handed over with what the next one has to know", async ({ broker, page, openPage }) => {
  const desk = await openDesk(broker, page);
  const kim = { email: "kim@desk.example", name: "Kim Aalto" };
  await broker.addTechnician(kim);
  await broker.addTicket("Everything is slow", "Jo Park");
  await broker.addTicket(trouble, sam);
  const other = await openPage();
  await expect(page.getByText(text("desk.people.alone"))).toBeVisible();
  await new Desk(other).signIn(await broker.signInLink(kim));
  await expect(page.getByText(text("desk.people.there"))).toBeVisible();
  await expect(page.getByText(kim.name, { exact: true })).toBeVisible();

  await desk.choose(trouble);
  await page.getByRole("button", { name: text("desk.handover"), exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox").selectOption(`${kim.name} · ${text("desk.presence.here")}`);
  await dialog.getByLabel(text("desk.handover.note")).fill("The cable is new. Try the driver.");
  await looksSound(page, "handing over");
  await dialog.getByRole("button", { name: text("desk.handover"), exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("The cable is new. Try the driver.")).toBeVisible();
  await looksSound(page, "handed over");
  await shot("handover", () => page.screenshot());

  await expect(other.getByText(text("desk.state.yours"), { exact: true })).toBeVisible();
  await other.getByRole("button", { name: text("desk.next.open"), exact: true }).click();
  await expect(other.getByRole("heading", { name: trouble })).toBeVisible(); // one's own before what is due sooner
  await expect(other.getByText("The cable is new. Try the driver.")).toBeVisible();
  await other.context().close();
  await expect(page.getByText(text("desk.people.alone"))).toBeVisible();
});

test("what is not taken says why, and nothing is lost", async ({ broker, page, openPage }) => {
  await openDesk(broker, page);
  const person = await openPage(phone);
  await person.goto(`${broker.url}/help#AAAAAAAAAAAAAAAAAAAAAA`);
  await headed(person, text("requester.wait.unknown"));
  await sound(person, "a page that is not known");

  await person.goto("about:blank");
  await person.goto(`${broker.url}/help`);
  await fill(person, "The \u202egnihton");
  const alert = person.getByRole("alert");
  await send(person);
  await expect(alert).toHaveText(text("requester.ask.refused"));
  await sound(person, "an answer that cannot be read");
  await person.getByLabel(text("requester.ask.words"), { exact: true }).fill(trouble);
  await broker.stop();
  await send(person);
  await expect(alert).toHaveText(text("requester.ask.away"));
  await broker.startAgain();
  await broker.json("policy", "set", "--asking", "off");
  await send(person);
  await expect(alert).toHaveText(text("requester.ask.closed"));
  await broker.json("policy", "set", "--asking", "on");
  const asked = { name: sam, reach, words: trouble, impact: "low", urgency: "low" };
  for (let i = 0; i < 6; i++) await person.request.post(`${broker.url}/api/v1/help`, { data: asked });
  await send(person);
  await expect(alert).toHaveText(text("requester.ask.many"));
  await expect(person.getByLabel(text("requester.ask.words"), { exact: true })).toHaveValue(trouble);
});
