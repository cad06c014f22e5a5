import { createHmac } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "./fixtures.ts";
import { seriousFindings } from "./harness/axe.ts";
import { freePort } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { eventKinds, Session } from "./harness/session.ts";
import { Stage } from "./harness/stage.ts";

const admin = { name: "Mia Holt", email: "mia@example.org" };
const secret = "a secret of thirty-two bytes, or more";

/** A webhook that keeps the first post that it takes. */
async function webhook(): Promise<{ url: string; taken: Promise<Post>; close: () => void }> {
  const port = await freePort();
  const server = createServer();
  const taken = new Promise<Post>((resolve, reject) => {
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      body(request).then((raw) => {
        response.writeHead(204).end();
        resolve({ body: raw, signature: String(request.headers["beside-signature"]) });
      }, reject);
    });
  });
  await new Promise<void>((ready) => server.listen(port, "127.0.0.1", ready));
  return { url: `http://127.0.0.1:${port}/`, taken, close: () => server.close() };
}

interface Post {
  readonly body: string;
  readonly signature: string;
}

async function body(request: IncomingMessage): Promise<string> {
  let raw = "";
  for await (const chunk of request) raw += String(chunk);
  return raw;
}

test("this feels wrong: it stops, and somebody else is told", async ({
  startBroker,
  desktop,
  page,
  openPage,
}) => {
  const hook = await webhook();
  const file = join(tmpdir(), `alarm-secret-${process.pid}`);
  await writeFile(file, secret);
  const broker = await startBroker(["--alarm-webhook", hook.url, "--alarm-secret", file]);
  const session = await Session.seen(broker, desktop, page);
  await broker.addTechnician(admin, "administrator");
  const second = await openPage();
  await new Stage(second).signIn(await broker.signInLink(admin));
  await expect(second.getByText(text("app.sessions")).first()).toBeVisible();

  await session.client.alarm();
  await session.ended("requester"); // the technician hears of no more
  await expect(page.getByText(text("desk.alarm", { requester: "Sam Okafor" }))).toHaveCount(0);
  const alarm = second.getByText(text("desk.alarm", { requester: "Sam Okafor" }));
  await expect(alarm).toBeVisible({ timeout: 20_000 });
  expect(await seriousFindings(second)).toEqual([]);

  const post = await hook.taken;
  const at = /^t=(\d+),v1=/.exec(post.signature)?.[1] ?? "";
  const want = createHmac("sha256", secret).update(`${at}.${post.body}`).digest("hex");
  expect(post.signature).toBe(`t=${at},v1=${want}`);
  expect(post.body).not.toContain("Sam");
  hook.close();

  await second.getByRole("button", { name: text("desk.alarm.seen") }).click();
  await expect(alarm).toHaveCount(0);
  await session.client.closeSummary();
  await expect
    .poll(() => eventKinds(broker))
    .toEqual(expect.arrayContaining(["client.alarm", "session.held", "alarm.told", "alarm.seen"]));
});
