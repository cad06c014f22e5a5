import type { BrowserContextOptions } from "@playwright/test";
import { expect, type Page, test } from "./fixtures.ts";
import type { Broker, Invitation } from "./harness/broker.ts";
import { Client, text, titles } from "./harness/client.ts";
import { Code, newKey, redeem } from "./harness/code.ts";
import { programs } from "./harness/paths.ts";
import type { Picture } from "./harness/picture.ts";
import { pressStart } from "./harness/requester.ts";
import { buttonReady, settled } from "./harness/settled.ts";
import { shot } from "./harness/tour.ts";
import { waitFor } from "./harness/wait.ts";

const robin = { technician: "Robin Hale", organisation: "Help desk" };

async function invited(broker: Broker): Promise<Invitation> {
  await broker.addTechnician();
  return await broker.invite(await broker.addTicket());
}

/** The kinds of all events so far, with the reason of a refusal. */
async function events(broker: Broker): Promise<string[]> {
  const lines = (await broker.auditExport()).trim().split("\n");
  return lines.map((line) => {
    const event = JSON.parse(line) as { kind: string; data?: { reason?: string } };
    return event.data?.reason === undefined ? event.kind : `${event.kind} (${event.data.reason})`;
  });
}

async function heading(page: Page, want: string): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(want);
}

async function start(page: Page): Promise<string> {
  const download = page.waitForEvent("download");
  await pressStart(page);
  return (await download).suggestedFilename();
}

test("twenty scanners look at a link, and it is still good", async ({ broker, openPage }) => {
  const { link, secret } = await invited(broker);
  const address = link.slice(0, link.indexOf("#"));
  for (const method of ["GET", "HEAD"]) {
    for (let i = 0; i < 8; i++) {
      const response = await fetch(address, { method, headers: { "User-Agent": `scanner ${i}` } });
      expect(response.status).toBe(200);
      await response.arrayBuffer();
    }
    expect((await fetch(`${broker.url}/download/linux`, { method })).status).toBe(200);
  }
  const scanner = await openPage();
  for (let i = 0; i < 4; i++) {
    await scanner.goto("about:blank");
    await scanner.goto(link);
    await heading(scanner, text("requester.who", robin));
  }
  expect(await events(broker), "looking changes nothing").not.toContain("invitation.opened");

  const { status } = await redeem(broker, new Code(secret));
  expect(status).toBe(200);
});

test("the file is named by the page, again and again until the link is used", async ({ broker, page }) => {
  const { link, secret } = await invited(broker);
  await page.goto(link);
  const name = `Beside-${secret}`;

  expect(await start(page)).toBe(name);
  const line = page.getByRole("textbox", { name: text("requester.run.line") });
  await expect(line).toHaveValue(`chmod +x ~/Downloads/${name} && ~/Downloads/${name}`);
  expect(await events(broker)).toContain("invitation.opened");
  for (let i = 0; i < 2; i++) {
    const again = page.waitForEvent("download");
    await page.getByRole("link", { name: text("requester.run.again.link") }).click();
    expect((await again).suggestedFilename()).toBe(name);
  }
  await page.reload();
  expect(await start(page)).toBe(name);

  await redeem(broker, new Code(secret));
  await heading(page, text("requester.running"));
  await page.reload();
  await heading(page, text("requester.running"));
  await expect(page.getByRole("link"), "nothing to download any more").toHaveCount(0);
});

test("a link works once: the second key is refused and logged", async ({ broker, desktop, page }) => {
  const { link, secret } = await invited(broker);
  const first = Client.start(desktop, await broker.installClient(desktop, secret));
  await waitFor("the client joined", async () => (await events(broker)).includes("session.joined"));

  const second = await redeem(broker, new Code(secret));
  expect(second.status).toBe(409);
  expect(second.body["code"]).toBe("invitation_used");
  expect(await events(broker)).toContain("invitation.refused (invitation_used)");

  await page.goto(link);
  await heading(page, text("requester.running"));
  expect(first.program.running, "whoever came first stays").toBe(true);
});

test("a copy of the program learns that its link was used, and ends", async ({ broker, desktop }) => {
  const { secret } = await invited(broker);
  expect((await redeem(broker, new Code(secret))).status).toBe(200);
  const late = Client.start(desktop, await broker.installClient(desktop, secret));
  const refused = async () => (await events(broker)).includes("invitation.refused (invitation_used)");
  await waitFor("it is refused", refused);
  await settled(desktop, await desktop.window(titles.panel));
  await shot("client-used", () => desktop.screenshot());
  await waitFor("Close is pressed and it ends", async () => {
    await desktop.keys("Return");
    return !late.program.running;
  });
});

test("a program without a code asks for the link, and about an address it was not made for", async ({
  broker,
  desktop,
}) => {
  const { link } = await invited(broker);
  const client = Client.start(desktop, await desktop.install(programs.client, "Downloads/beside-client"));
  client.program.finishInput(); // nobody pipes a link into it
  const window = await desktop.window(titles.panel);
  await settled(desktop, window);
  await shot("client-paste", () => desktop.screenshot());

  await desktop.active(window);
  await desktop.run("xdotool", ["type", "my link"]);
  const typed = await settled(desktop, window, buttonReady);
  await desktop.keys("Return");
  const refused = (shown: Picture) => shown.differences(typed) > 1_000;
  const wrong = await settled(desktop, window, refused);
  await shot("client-paste-wrong", () => desktop.screenshot());
  await desktop.run("xdotool", ["type", link]); // over what is selected
  await desktop.keys("Return");
  const asks = (shown: Picture) => shown.differences(wrong) > 20_000 && buttonReady(shown);
  await settled(desktop, window, asks);
  await shot("client-host", () => desktop.screenshot());
  expect(await events(broker), "not before the person agreed").not.toContain("session.joined");
  await desktop.clickIn(window, { x: -80, y: -36 });
  await waitFor("the client joined", async () => (await events(broker)).includes("session.joined"));
  expect(client.program.running).toBe(true);
});

test("the same key gets the same session again", async ({ broker }) => {
  const { secret } = await invited(broker);
  const key = newKey();
  const first = await redeem(broker, new Code(secret), key);
  const again = await redeem(broker, new Code(secret), key);
  expect([first.status, again.status]).toEqual([200, 200]);
  expect(again.body["session"]).toBe(first.body["session"]);
});

test("a link runs out", async ({ startBroker, page, openPage }) => {
  const broker = await startBroker(["--invitation-life", "15s"]);
  await page.goto(broker.url); // a browser's first page takes its time, and the link's has begun once it is made
  const { link, secret } = await invited(broker);
  await page.goto(link);
  await heading(page, text("requester.who", robin));
  await expect(page.getByRole("heading", { name: text("requester.expired") })).toBeVisible({
    timeout: 30_000,
  });
  const late = await openPage();
  await late.goto(link);
  await heading(late, text("requester.expired"));

  const answer = await redeem(broker, new Code(secret));
  expect([answer.status, answer.body["code"]]).toEqual([410, "invitation_expired"]);
  expect(await events(broker)).toContain("invitation.refused (invitation_expired)");
});

test("the technician takes a link back", async ({ broker, page, openPage }) => {
  const { link, secret } = await invited(broker);
  await page.goto(link);
  await heading(page, text("requester.who", robin));

  const desk = await openPage();
  await desk.goto(await broker.signInLink());
  await desk.getByRole("button", { name: text("signin.button") }).click();
  await desk.getByRole("link", { name: "Printer prints nothing" }).click();
  await desk.getByRole("button", { name: text("desk.link.revoke") }).click();
  await expect(desk.getByRole("button", { name: text("desk.help"), exact: true })).toBeVisible();

  await heading(page, text("requester.revoked"));
  const answer = await redeem(broker, new Code(secret));
  expect([answer.status, answer.body["code"]]).toEqual([410, "invitation_revoked"]);
  expect(await events(broker)).toContain("invitation.refused (invitation_revoked)");
});

test("a wrong secret, a wrong id and half a link learn nothing", async ({ broker, page }) => {
  const { link } = await invited(broker);
  const [address = "", code = ""] = link.split("#");
  const wrong = code.startsWith("0") ? `1${code.slice(1)}` : `0${code.slice(1)}`;
  for (const [url, want] of [
    [`${address}#${wrong}`, "requester.unknown"],
    [`${broker.url}/j/AAAAAAAAAAAAAAAAAAAAAA#${code}`, "requester.unknown"],
    [`${address}#${code.slice(1)}`, "requester.incomplete"],
    [address, "requester.incomplete"],
  ] as const) {
    await page.goto("about:blank");
    await page.goto(url);
    await heading(page, text(want));
    const shown = await page.locator("body").textContent();
    for (const name of Object.values(robin)) expect(shown, url).not.toContain(name);
  }

  const api = `${broker.url}/api/v1/invitations/${address.split("/").at(-1)}/page`;
  const page32 = new Code(wrong).derive("page").toString("base64url");
  const answers = await Promise.all([
    fetch(api, { headers: { "Beside-Page": page32 } }),
    fetch(`${broker.url}/api/v1/invitations/AAAAAAAAAAAAAAAAAAAAAA/page`, {
      headers: { "Beside-Page": page32 },
    }),
    fetch(api),
  ]);
  const problems = await Promise.all(answers.map((answer) => answer.text()));
  expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404]);
  const alike = problems.map((problem) => problem.replace(/"request":"[^"]*"/, ""));
  expect(new Set(alike).size, alike.join()).toBe(1);

  const unknown = await redeem(broker, new Code(wrong));
  expect([unknown.status, unknown.body["code"]]).toEqual([404, "invitation_unknown"]);
});

const systems = {
  windows:
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
  mac: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/605.1.15",
  phone:
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
  other:
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
} as const;

test("other systems get a kind word and no download", async ({ broker, openPage }) => {
  const { link } = await invited(broker);
  for (const [system, userAgent] of Object.entries(systems)) {
    const options: BrowserContextOptions = { userAgent };
    const page = await openPage(options);
    await page.goto(link);
    await heading(page, text("requester.who", robin));
    await expect(page.getByText(text(`requester.notyet.${system}`, robin))).toBeVisible();
    await expect(page.getByRole("link")).toHaveCount(0);
    await expect(page.getByText(text("requester.stage.ready"))).toHaveCount(0);
  }
});

test("after the end the page says what happened", async ({ broker, page, openPage }) => {
  const { link, secret, open } = await invited(broker);
  await page.goto(link);
  await heading(page, text("requester.who", robin));
  await redeem(broker, new Code(secret));
  await heading(page, text("requester.running"));

  const desk = await openPage();
  await desk.goto(open);
  await desk.getByRole("button", { name: text("signin.button") }).click();
  await desk.getByRole("button", { name: text("desk.refuse") }).click();

  await heading(page, text("requester.ended"));
  await expect(page.getByText(text("requester.ended.nothing", robin))).toBeVisible();
  await expect(page.getByText(text("requester.ended.now", robin))).toBeVisible();
  const again = await redeem(broker, new Code(secret));
  expect(again.status, "the link is used").toBe(409);
});
