import { randomBytes } from "node:crypto";
import { expect, test } from "./fixtures.ts";
import { robin } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { Desk } from "./harness/desk.ts";
import { corpus, HostileClient, Trap, view } from "./harness/hostile.ts";
import { Stage } from "./harness/stage.ts";

// Everything that a client, a requester or a colleague can write is shown somewhere. These tests write what a page
// must not take for more than text, and look at it in a real browser under our real policy: the fixture "watch" fails
// a test for any breach of it.

function screens(names: readonly string[]): unknown {
  const monitors = names.map((name, i) => ({
    id: String(i),
    name: name.slice(0, 120),
    x: i * 100,
    y: 0,
    width: 100,
    height: 100,
    primary: i === 0,
  }));
  return { type: "screens", monitors, shown: "0" };
}

test("texts of a hostile client stay texts", async ({ broker, page, openPage }) => {
  const trap = new Trap(page);
  await broker.addTechnician();
  const subject = corpus[1];
  const ticket = await broker.addTicket(subject, corpus[3]);
  const invitation = await broker.invite(ticket);
  const client = await HostileClient.join(invitation.link, {
    os: "<b data-evil>os</b>",
    arch: "<i data-evil>a</i>",
    name: corpus[2],
    version: corpus[4],
  });
  let story = "";
  try {
    await new Stage(page).signIn(invitation.open);
    await expect(
      page.getByText("<script>console.log", { exact: false }).first(),
      "the name is shown",
    ).toBeVisible();
    await trap.empty("the machine that joined");
    await new Desk(page).accept();
    await client.greeted(1);
    client.control(view);
    for (let i = 0; i < corpus.length; i += 8) {
      client.control(screens(corpus.slice(i, i + 8)));
      const count = Math.min(8, corpus.length - i);
      const menu = page.getByRole("button", { name: text("session.monitors", { place: `1/${count}` }) });
      await expect(menu, "the page took them").toBeVisible({ timeout: 20_000 });
      await trap.empty("the monitors");
    }

    story = page.url().replace(/\/live$/, "");
    client.control({ type: "bye", reason: "requester" });
    client.state("client.stopped", { reason: "requester" });
    await trap.empty("the end");
    for (const path of [
      "/",
      "/sessions",
      `/tickets/${ticket}`,
      `/tickets/${encodeURIComponent(corpus[0])}`,
      "/account",
    ]) {
      await page.goto(broker.url + path);
      await page.waitForLoadState("networkidle");
      await trap.empty(path);
    }
    await page.goto(story);
    await expect(
      page.getByText("<b data-evil>os</b>", { exact: false }).first(),
      "the timeline tells the system",
    ).toBeVisible();
    await trap.empty("the timeline");
  } finally {
    await client.end();
  }

  const person = await openPage();
  const third = new Trap(person);
  await person.goto(invitation.link);
  await expect(person.getByRole("heading", { level: 1 })).toBeVisible();
  await third.empty("the receipt of the person");

  // Those who may look at all sessions see the same texts.
  const auditor = await openPage();
  const second = new Trap(auditor);
  await broker.addTechnician({ email: "audit@desk.example", name: corpus[9] }, "auditor,administrator");
  await new Stage(auditor).signIn(await broker.signInLink({ email: "audit@desk.example", name: "" }));
  for (const path of ["/sessions", new URL(story).pathname, "/admin/people", "/admin/policy", "/account"]) {
    await auditor.goto(broker.url + path);
    await auditor.waitForLoadState("networkidle");
    await second.empty(`the auditor's ${path}`);
  }
});

test("names on the requester's page stay texts", async ({ startBroker, page }) => {
  const trap = new Trap(page);
  const broker = await startBroker(["--organisation", corpus[2]]);
  await broker.addTechnician({ ...robin, name: corpus[3] });
  const { link } = await broker.invite(await broker.addTicket());
  await page.goto(link);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(corpus[3]);
  await expect(page.locator("body")).toContainText(corpus[2]);
  await trap.empty("the landing page");
});

/** What ends the connection, each on a fresh page: nobody honest sends it. */
const malformed: readonly [name: string, send: (client: HostileClient) => void][] = [
  ["no JSON", (c) => c.control("nonsense")],
  ["an unknown type", (c) => c.control({ type: "eval", code: "alert(1)" })],
  ["a type of the prototype", (c) => c.control('{"type":"constructor"}')],
  ["a member of the prototype", (c) => c.control('{"type":"notice","code":"no_input","__proto__":{"x":1}}')],
  ["a list", (c) => c.control("[]")],
  ["17 monitors", (c) => c.control(screens(Array<string>(17).fill("x")))],
  [
    "a monitor without end",
    (c) =>
      c.control({
        type: "screens",
        shown: "0",
        monitors: [{ id: "0", name: "x", x: 0, y: 0, width: 1e9, height: 1e9, primary: true }],
      }),
  ],
  [
    "a name too long",
    (c) =>
      c.control(
        '{"type":"screens","shown":"0","monitors":[{"id":"0","name":"' +
          "x".repeat(200) +
          '","x":0,"y":0,"width":1,"height":1,"primary":true}]}',
      ),
  ],
  ["rights that there are not", (c) => c.control({ ...view, scopes: "view root" })],
  ["a second hello", (c) => c.control({ type: "hello", proof: "AA", key: "AA" })],
  ["bytes on control", (c) => c.bytes("control", Buffer.from([0xff, 0xfe, 0x00]))],
  ["a large message", (c) => c.control({ type: "notice", code: "x".repeat(9_000) })],
];

test("malformed messages end the connection and do nothing else", async ({ broker, page }) => {
  const trap = new Trap(page);
  await broker.addTechnician();
  const invitation = await broker.invite(await broker.addTicket());
  const client = await HostileClient.join(invitation.link, {
    os: "linux",
    arch: "amd64",
    name: "",
    version: "x",
  });
  try {
    await new Stage(page).signIn(invitation.open);
    await new Desk(page).accept();
    // A picture that makes no sense is asked for anew, as a lost one is: the page lives on.
    await client.greeted(1);
    client.control(view);
    for (const size of [0, 1, 8, 9, 64, 1_200, 60_000]) {
      for (const channel of ["display", "repeat", "pointer"] as const) {
        client.bytes(channel, randomBytes(size));
        client.bytes(channel, Buffer.alloc(size, 0xff));
      }
    }
    for (const [i, [name, send]] of malformed.entries()) {
      await client.greeted(i + 1);
      send(client);
      await expect(page.getByRole("heading", { name: text("end.not-verified") }).first(), name).toBeVisible({
        timeout: 15_000,
      });
      await trap.empty(name);
      await page.reload();
    }
  } finally {
    await client.end();
  }
});
