import { expect, test } from "./fixtures.ts";
import { freePort, robin } from "./harness/broker.ts";
import { Client, text } from "./harness/client.ts";
import { Code, redeem } from "./harness/code.ts";
import { Desk } from "./harness/desk.ts";
import { corpus, Trap } from "./harness/hostile.ts";
import { looksSound } from "./harness/looks.ts";
import { programs } from "./harness/paths.ts";
import { Poisoner } from "./harness/poisoner.ts";
import { Program } from "./harness/process.ts";
import { Stage } from "./harness/stage.ts";
import { waitFor } from "./harness/wait.ts";

// The broker's operator changed its pages. A technician who runs the viewer of their own program helps all the same,
// and what the broker serves as its page never runs.

test("a poisoned page is not what runs", async ({ startBroker, desktop, page, openPage }) => {
  const port = await freePort();
  const broker = await startBroker(["--url", `http://localhost:${port}`]);
  const poisoner = await Poisoner.start(port, () => Number(new URL(broker.url).port));
  const viewer = new Program(programs.beside, ["viewer", poisoner.url]);
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  try {
    const victim = await openPage();
    await victim.goto(poisoner.url);
    await expect(victim, "whoever opens the broker's own page is had").toHaveTitle(Poisoner.mark);

    const own = await waitFor(
      "the viewer's address",
      async () => /http:\/\/beside-\S+/.exec(viewer.output)?.[0],
    );
    await broker.addTechnician();
    await broker.addTicket();
    await page.goto(own);
    await expect(page.getByRole("button", { name: text("signin.passkey") }), "no passkeys here").toHaveCount(
      0,
    );
    await expect(page.getByText(text("signin.none.disk"))).toBeVisible();
    await looksSound(page, "the sign-in of the viewer from disk");

    // The sign-in link is the broker's; the program answers with the same page of its own.
    viewer.write(`${await broker.signInLink()}\n`);
    const local = await waitFor(
      "the link's translation",
      async () => /http:\/\/beside-\S+signin#\S+/.exec(viewer.output)?.[0],
    );
    const desk = new Desk(page);
    await desk.signIn(local);
    await desk.choose("Printer prints nothing");
    const link = await desk.help("Sam Okafor");
    expect(link.startsWith(`${poisoner.url}/j/`), "the link leads to the broker").toBe(true);
    const secret = link.slice(link.indexOf("#") + 1);

    const client = Client.start(desktop, await broker.installClient(desktop, secret));
    await desk.accept();
    await client.allow();
    await new Stage(page).live();
    expect(page.url().startsWith(own), "all the time on the page of this computer").toBe(true);
    await page.reload();
    await new Stage(page).live();

    const cookies = await page.context().cookies(own);
    expect(cookies.map((c) => [c.httpOnly, c.sameSite, c.name.startsWith("beside-viewer.")])).toEqual([
      [true, "Strict", true],
    ]);
    expect(said.join("\n")).not.toContain(Poisoner.mark);
    expect(await page.title()).not.toBe(Poisoner.mark);
  } finally {
    await viewer.end();
    await poisoner.end();
  }
});

test("a poisoned broker is told from a good one", async ({ startBroker }) => {
  const port = await freePort();
  const broker = await startBroker(["--url", `http://localhost:${port}`]);
  const poisoner = await Poisoner.start(port, () => Number(new URL(broker.url).port));
  const compare = async (at: string): Promise<{ code: number; said: string }> => {
    const program = new Program(programs.beside, ["viewer", "--compare", at]);
    return { code: await program.ended(), said: program.output };
  };
  try {
    const good = await compare(broker.url);
    expect(good.code, good.said).toBe(0);
    const bad = await compare(poisoner.url);
    expect(bad.code, bad.said).toBe(1);
    expect(bad.said).toContain("index.html");
    expect(bad.said, "its own word for its hash is as it should be, and proves nothing").toContain(
      good.said.split("\n")[0]?.split(/\s+/).at(-1),
    );
  } finally {
    await poisoner.end();
  }
});

/** Where the broker's free texts stand in its answers. */
const free =
  /"(name|organisation|subject|requester|email|technician|technicianName|words|category|text|detail|resolution|version)":"(?:[^"\\\\]|\\\\.)*"/g;

test("texts of a hostile broker stay texts", async ({ startBroker, page }) => {
  const port = await freePort();
  const broker = await startBroker(["--url", `http://localhost:${port}`]);
  let next = 0;
  const poisoner = await Poisoner.start(
    port,
    () => Number(new URL(broker.url).port),
    (json) =>
      json.replace(free, (_, name: string) => `"${name}":${JSON.stringify(corpus[next++ % corpus.length])}`),
  );
  const viewer = new Program(programs.beside, ["viewer", poisoner.url]);
  const trap = new Trap(page);
  try {
    const own = await waitFor(
      "the viewer's address",
      async () => /http:\/\/beside-\S+/.exec(viewer.output)?.[0],
    );
    await broker.addTechnician(robin, "technician,auditor,administrator");
    const ticket = await broker.addTicket();
    const { secret } = await broker.invite(ticket);
    await redeem(broker, new Code(secret));
    const link = await broker.signInLink();
    await page.goto(own + new URL(link).pathname + new URL(link).hash);
    await page.getByRole("button").first().click();
    await expect(page.getByText("data-evil").first(), "its texts are shown").toBeVisible();
    const before = next;
    for (const path of ["/", `/tickets/${ticket}`, "/sessions", "/admin/people", "/account"]) {
      await page.goto(own + path);
      await page.waitForLoadState("load");
      await expect(
        page
          .locator("main")
          .getByText(/data-evil|evil-ran/)
          .first(),
        path,
      ).toBeVisible();
      await trap.empty(path);
    }
    expect(next, "it lied everywhere").toBeGreaterThan(before + 10);
  } finally {
    await viewer.end();
    await poisoner.end();
  }
});
