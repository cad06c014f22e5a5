import { expect, type Page, test } from "./fixtures.ts";
import type { Broker } from "./harness/broker.ts";
import { type Client, text } from "./harness/client.ts";
import { Desk } from "./harness/desk.ts";
import type { Desktop } from "./harness/desktop.ts";
import { HostileClient } from "./harness/hostile.ts";
import { looksSound } from "./harness/looks.ts";
import { runOffered } from "./harness/requester.ts";
import { eventKinds } from "./harness/session.ts";
import { Stage } from "./harness/stage.ts";
import { shot } from "./harness/tour.ts";
import { waitFor } from "./harness/wait.ts";

const sam = "Sam Okafor";
const subject = "The mail program asks for a password";

/** The technician's code, as it is told. */
async function tellCode(broker: Broker, page: Page): Promise<string> {
  await broker.addTechnician();
  await broker.json("ticket", "add", "--subject", subject, "--requester", sam);
  const desk = new Desk(page);
  await desk.signIn(await broker.signInLink());
  await desk.choose(subject);
  await page.getByRole("button", { name: text("desk.help.tell"), exact: true }).click();
  const code = page.getByRole("status", { name: text("desk.code", { requester: sam }) });
  await expect(code).toHaveText(/^[0-9]{3} [0-9]{3} [0-9]{3}$/);
  return (await code.textContent()) ?? "";
}

/** Both people on the telephone, up to the four lines on the person's screen. */
async function telephone(broker: Broker, desktop: Desktop, page: Page, person: Page): Promise<Call> {
  const code = await tellCode(broker, page);
  await looksSound(page, "a code");
  await shot("code", () => page.screenshot());

  await person.goto(`${broker.url}/help`);
  const field = person.getByLabel(text("requester.code.label"), { exact: true });
  const go = person.getByRole("button", { name: text("requester.code.go"), exact: true });
  await field.fill("12 34");
  await go.click();
  await expect(person.getByRole("alert")).toHaveText(text("requester.code.bad"));
  await field.fill("000 000 000");
  await go.click();
  await expect(person.getByRole("alert")).toHaveText(text("requester.code.unknown"));
  await looksSound(person, "a code that is not known");
  await shot("code-page", () => person.screenshot());
  await field.fill(code);
  await go.click();
  const client = await runOffered(desktop, person, /^Beside-[0-9]{9}$/, "--verbose");

  await new Desk(page).accept();
  await expect(page.getByRole("heading", { name: text("session.words", { requester: sam }) })).toBeVisible({
    timeout: 20_000,
  });
  const words = await page.locator(".words").textContent();
  if (words === null) throw new Error("no words");
  expect(words).toMatch(/^[a-z]+( [a-z]+){3}$/);
  await looksSound(page, "words to say");
  await shot("words", () => page.screenshot());
  const choices = await waitFor("four lines on the person's screen", () => {
    const offered = /choices="\[([a-z ]+)\]"/.exec(client.program.output)?.[1]?.split(" ");
    return Promise.resolve(offered !== undefined && lines(offered));
  });
  await shot("words-window", () => desktop.screenshot());
  return { client, words, choices };
}

interface Call {
  readonly client: Client;
  /** What the technician says. */
  readonly words: string;
  /** What the person chooses from, in its order. */
  readonly choices: readonly string[];
}

function lines(words: readonly string[]): string[] {
  return [0, 4, 8].map((from) => words.slice(from, from + 4).join(" "));
}

test("a code on the telephone, and words that both people compare", async ({
  broker,
  desktop,
  page,
  openPage,
}) => {
  const { client, words, choices } = await telephone(broker, desktop, page, await openPage());
  const right = choices.indexOf(words);
  expect(right, `"${words}" is among ${choices.join(", ")}`).toBeGreaterThanOrEqual(0);
  await client.pickWords(right);
  await client.allow();
  const stage = new Stage(page);
  await stage.live();
  await desktop.terminal();
  await expect
    .poll(async () => (await stage.pixels())?.differences(await desktop.pixels()), { timeout: 15_000 })
    .toBe(0);
  await page.reload(); // the same page is the same technician: nobody is asked again
  await stage.live();
  await client.stop();
  await client.closeSummary();
  const kinds = await eventKinds(broker);
  expect(kinds.filter((kind) => kind === "client.verified")).toHaveLength(2);
  expect(kinds.filter((kind) => kind === "client.words_compared")).toHaveLength(1);
  expect(kinds.indexOf("client.verified")).toBeGreaterThan(kinds.indexOf("client.words_compared"));
  expect(kinds).toContain("client.words_compared");
});

test("none of these words ends the session and raises an alarm", async ({
  broker,
  desktop,
  page,
  openPage,
}) => {
  const { client } = await telephone(broker, desktop, page, await openPage());
  await client.pickWords(3);
  await expect(page.getByRole("heading", { name: text("end.words") })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(text("session.ended.words", { requester: sam }))).toBeVisible();
  await looksSound(page, "words that were not confirmed");
  await client.closeSummary();
  const kinds = await eventKinds(broker);
  for (const kind of ["client.words_refused", "client.alarm"]) expect(kinds).toContain(kind);
  for (const kind of ["client.verified", "client.asked", "client.capture_started"])
    expect(kinds).not.toContain(kind);
});

// Whoever stands between and holds the code knows whether the words would match as soon as the page has told its part,
// before anything is shown: breaking off and beginning again must not be a second guess.
test("a client that breaks the comparison off gets no second one", async ({ broker, page }) => {
  const digits = (await tellCode(broker, page)).replaceAll(" ", "");
  const machine = { os: "linux", arch: "amd64", name: "", version: "Debian" };
  const client = await HostileClient.join(`${broker.url}/help#${digits}`, machine);
  try {
    await new Desk(page).accept();
    await client.heard("hello", 1);
    const commit = { type: "commit", commit: Buffer.alloc(32, 1).toString("base64") };
    client.control(commit);
    await client.heard("nonce", 1);
    client.again();
    await client.heard("hello", 2);
    client.control(commit);
    await expect(page.getByRole("heading", { name: text("end.not-verified") })).toBeVisible({
      timeout: 20_000,
    });
    expect(client.count("nonce"), "parts that the page told").toBe(1);
  } finally {
    await client.end();
  }
});
