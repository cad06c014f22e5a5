import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "./fixtures.ts";
import { type Broker, robin, type Technician } from "./harness/broker.ts";
import { Client, text } from "./harness/client.ts";
import { Code } from "./harness/code.ts";
import { Desk } from "./harness/desk.ts";
import type { Desktop } from "./harness/desktop.ts";
import { looksSound } from "./harness/looks.ts";
import { Stage } from "./harness/stage.ts";

// A whole day at the desk: thirty tickets, three technicians, three people helped at once on one machine.

const technicians: readonly Technician[] = [
  robin,
  { email: "mina@desk.example", name: "Mina Roth" },
  { email: "tariq@desk.example", name: "Tariq Aziz" },
];
const categories = ["Network", "Printing", "Mail"] as const;
const levels = ["high", "medium", "low"] as const;

interface Call {
  readonly subject: string;
  readonly requester: string;
  readonly category: string;
  readonly impact: (typeof levels)[number];
  readonly urgency: (typeof levels)[number];
  readonly priority: number;
}

/** All that the matrix of impact and urgency holds, in turn; two people call twice. */
const calls: readonly Call[] = Array.from({ length: 30 }, (_, i) => {
  const impact = i % 3;
  const urgency = Math.floor(i / 3) % 3;
  return {
    subject: `Trouble ${i + 1} of the day`,
    requester: i < 28 ? `Person ${i + 1}` : `person ${i - 27}`,
    category: categories[i % 2 === 0 ? 0 : 1 + (Math.floor(i / 2) % 2)] ?? "",
    impact: levels[impact] ?? "low",
    urgency: levels[urgency] ?? "low",
    priority: 1 + impact + urgency,
  };
});

/** What one technician wrote about one ticket. */
interface Written {
  readonly by: string;
  readonly call: Call;
  readonly note: string;
  readonly resolution: string;
  readonly minutes: number;
  readonly live: boolean;
}

test("a day at the desk", async ({ broker, startDesktop, openPage }) => {
  test.setTimeout(420_000); // some minutes of work for three, on two cores
  const pages = new Map<Technician, Page>();
  for (const who of technicians) {
    await broker.addTechnician(who, "technician,administrator");
    const page = await openPage();
    await new Desk(page).signIn(await broker.signInLink(who));
    pages.set(who, page);
  }
  const [first] = pages.values();
  if (first === undefined) throw new Error("nobody is at the desk");
  for (const { priority: _, ...fields } of calls) {
    const data = { ...fields, words: "" };
    expect((await first.request.post(`${broker.url}/api/v1/tickets`, { data })).status()).toBe(201);
  }
  for (const page of pages.values()) {
    const count = page.getByText(text("desk.count", { n: "30" }));
    await expect(count, "what was added came without a reload").toBeVisible();
  }

  // Three live sessions at once: each begins when all three see.
  const desktops = await Promise.all(technicians.map(() => startDesktop()));
  const meeting = new Meeting(technicians.length);
  const days = [...pages].map(async ([who, page], i): Promise<Written[]> => {
    const desktop = desktops[i];
    if (desktop === undefined) throw new Error("not enough desktops");
    const day = new Day(broker, who, page);
    const written = [await day.live(desktop, meeting)];
    while (written.length < 10) written.push(await day.byTelephone(written.length));
    return written;
  });
  const written = (await Promise.all(days)).flat();

  expect(new Set(written.map(({ call }) => call.subject)).size, "nobody was helped twice").toBe(30);
  const firstOnes = written.filter(({ live }) => live).map(({ call }) => call.priority);
  expect(firstOnes, "the gravest came first").toEqual([1, 1, 1]);
  await allSaved(broker, first, written);
  await reportEquals(broker, first, written);
});

/** What a technician does, over and over. */
class Day {
  readonly #desk: Desk;

  constructor(
    readonly broker: Broker,
    readonly who: Technician,
    readonly page: Page,
  ) {
    this.#desk = new Desk(page);
  }

  /** Takes the next in line. */
  async #take(): Promise<Call> {
    const heading = this.page.locator("article h2");
    const [before] = await heading.allTextContents();
    const name = new RegExp(`^(${text("desk.next.take")}|${text("desk.next.open")})$`);
    await this.page.getByRole("button", { name }).first().click();
    await expect(heading).toBeVisible();
    await expect(heading).not.toHaveText(before ?? "");
    const subject = await heading.textContent();
    const call = calls.find((c) => c.subject === subject);
    if (call === undefined) throw new Error(`nobody called about ${subject}`);
    return call;
  }

  /** Helps on the person's own machine, and types there. */
  async live(desktop: Desktop, meeting: Meeting): Promise<Written> {
    const call = await this.#take();
    const link = await this.#desk.help(call.requester);
    const client = Client.start(desktop, await this.broker.installClient(desktop, Code.of(link).text));
    await this.#desk.accept();
    await expect(this.page).toHaveURL(/\/live$/);
    await client.allow();
    const stage = new Stage(this.page);
    await stage.live();
    await this.page.getByRole("button", { name: text("session.ask"), exact: true }).click();
    await client.allow();
    await expect(this.page.getByText(text("session.mode.control"), { exact: true })).toBeVisible({
      timeout: 20_000,
    });
    const terminal = await desktop.terminal();
    await meeting.all();
    await stage.click(terminal.window.x + 40, terminal.window.y + 40);
    await desktop.active(terminal.window);
    await this.page.keyboard.type(`here is ${this.who.name}\n`, { delay: 5 });
    await terminal.typed(`here is ${this.who.name}\n`);
    const same = async () => (await stage.pixels())?.differences(await desktop.pixels());
    await expect
      .poll(same, { timeout: 20_000, message: "each sees the own person's screen, exactly" })
      .toBe(0);
    await meeting.all();

    await this.page.getByRole("button", { name: text("session.finish"), exact: true }).click();
    const resolution = `Mended on the screen by ${this.who.name}`;
    await this.page.getByLabel(text("desk.resolution"), { exact: true }).fill(resolution);
    const drafted = this.page.getByLabel(text("desk.changes"), { exact: true });
    await expect(drafted, "what the session was is drafted").not.toHaveValue("");
    await this.page.getByRole("button", { name: text("session.finish.submit") }).click();
    await client.closeSummary();
    await expect(this.page.getByText(resolution).first()).toBeVisible();
    return { by: this.who.name, call, note: "", resolution, minutes: 0, live: true };
  }

  /** Helps with words alone: a note, a resolution, and the time that it took. */
  async byTelephone(n: number): Promise<Written> {
    const call = await this.#take();
    const note = `Called back, ${call.requester} was friendly`;
    await this.page.getByLabel(text("desk.note.add")).fill(note);
    await this.page.keyboard.press("Control+Enter");
    await expect(this.page.getByText(note)).toBeVisible();
    await this.page.getByRole("button", { name: text("desk.resolve") }).click();
    const resolution = `${call.subject}: told ${call.requester} what to press`;
    await this.page.getByLabel(text("desk.resolution"), { exact: true }).fill(resolution);
    await this.page.getByLabel(text("desk.minutes")).fill(`${n}`);
    await this.page.keyboard.press("Control+Enter");
    await expect(this.page.getByRole("dialog")).toHaveCount(0);
    await expect(this.page.locator("article").getByText(resolution)).toBeVisible();
    return { by: this.who.name, call, note, resolution, minutes: n, live: false };
  }
}

/** Where all wait until all are there. */
class Meeting {
  #waiting: (() => void)[] = [];

  constructor(readonly size: number) {}

  async all(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === this.size) for (const go of this.#waiting.splice(0)) go();
    });
  }
}

/** What was written is there for whoever opens the tickets later. */
async function allSaved(broker: Broker, page: Page, written: readonly Written[]): Promise<void> {
  const list = (await (await page.request.get(`${broker.url}/api/v1/tickets?state=resolved`)).json()) as {
    tickets: { id: string; subject: string }[];
  };
  expect(list.tickets).toHaveLength(written.length);
  for (const { id, subject } of list.tickets) {
    const ticket = (await (await page.request.get(`${broker.url}/api/v1/tickets/${id}`)).json()) as {
      resolution: string;
      minutes: number;
      notes: { text: string; author: string }[];
      sessions: unknown[];
    };
    const wrote = written.find(({ call }) => call.subject === subject);
    expect(ticket.resolution).toBe(wrote?.resolution);
    expect(ticket.minutes).toBe(wrote?.minutes);
    expect(ticket.sessions).toHaveLength(wrote?.live === true ? 1 : 0);
    const notes = wrote === undefined || wrote.live ? [] : [{ text: wrote.note, author: wrote.by }];
    expect(ticket.notes.map(({ text, author }) => ({ text, author }))).toEqual(notes);
  }
}

/** The report of the day, counted once more by hand. */
async function reportEquals(broker: Broker, page: Page, written: readonly Written[]): Promise<void> {
  await page.goto(`${broker.url}/reports`);
  const tile = (key: string) => page.locator("dl > div", { hasText: text(key) }).locator("dd");
  await expect(tile("report.calls")).toHaveText("30");
  await expect(tile("report.waiting")).toHaveText("0");
  await expect(tile("report.kept")).toHaveText("100 %");
  await expect(tile("report.again")).toHaveText("2");
  await looksSound(page, "the report of a day");

  const parts = {
    category: ({ call }: Written) => call.category,
    priority: ({ call }: Written) => `${call.priority} ${text(`desk.priority.${call.priority}`)}`,
    technician: ({ by }: Written) => by,
  };
  for (const [part, key] of Object.entries(parts)) {
    const title = text(`report.by.${part}`);
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: text("report.csv.of", { title }) }).click();
    const file = await readFile(await (await saving).path(), "utf8");
    const [head = [], ...rows] = file
      .trimEnd()
      .split("\r\n")
      .map((row) => [...row.matchAll(/"((?:[^"]|"")*)"/g)].map((cell) => cell[1] ?? ""));
    const column = (row: readonly string[], name: string) => row[head.indexOf(text(name))];
    const keys = new Set(written.map(key));
    expect(rows.map((row) => row[0]).sort(), `the rows by ${part}`).toEqual([...keys].sort());
    for (const row of rows) {
      const mine = written.filter((one) => key(one) === row[0]);
      expect(column(row, "report.col.calls"), `${row[0]}: tickets`).toBe(`${mine.length}`);
      expect(column(row, "report.col.resolved"), `${row[0]}: resolved`).toBe(`${mine.length}`);
      expect(column(row, "report.col.kept"), `${row[0]}: in time`).toBe("100 %");
      const minutes = mine.reduce((sum, { minutes }) => sum + minutes, 0);
      const spent = Number(column(row, "report.col.spent"));
      expect(spent, `${row[0]}: time spent`).toBeGreaterThanOrEqual(minutes);
      // What was live is time too, and no session of this test lasts four minutes.
      const live = mine.filter(({ live }) => live).length;
      expect(spent, `${row[0]}: time spent`).toBeLessThanOrEqual(minutes + 4 * live);
    }
  }
}
