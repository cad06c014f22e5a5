import { createHash } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import { Desk } from "./harness/desk.ts";
import { corpus, HostileClient, Trap, view } from "./harness/hostile.ts";
import { Stage } from "./harness/stage.ts";

// A client that holds the right to have a file fetched, and lies about it.

const sam = { requester: "Sam Okafor" };
const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("base64");

function piece(n: number, offset: number, bytes: Buffer): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt8(1, 0);
  head.writeUInt32BE(n, 1);
  head.writeBigUInt64BE(BigInt(offset), 5);
  return Buffer.concat([head, bytes]);
}

const card = (page: Page) => page.getByRole("complementary", { name: text("files.title") });
const line = (page: Page, n: number) =>
  card(page)
    .getByRole("listitem")
    .nth(n - 1);

test("a client that lies about a file has it thrown away, and its name stays text", async ({
  broker,
  page,
}) => {
  test.setTimeout(120_000);
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
    await client.greeted(1);
    client.control({ ...view, scopes: "view files:fetch" });
    await page.getByRole("button", { name: text("files.title"), exact: true }).click();
    let n = 0;
    const asked = async () => {
      await card(page)
        .getByRole("button", { name: text("files.fetch", sam), exact: true })
        .click();
      await client.heard("get", ++n);
    };
    const hello = Buffer.from("hello");

    for (const name of [corpus[1] ?? "", "\u202egpj.exe", "../../.bashrc"]) {
      await asked();
      client.control({ type: "giving", n, name, size: 5, from: 0 });
      client.bytes("files", piece(n, 0, hello));
      client.control({ type: "given", n, sha256: sha256(Buffer.from("other")) });
      await expect(line(page, n)).toContainText(text("files.why.differs"));
      await trap.empty(name);
    }
    await asked();
    client.control({ type: "giving", n, name: "a", size: 5, from: 0 });
    client.bytes("files", piece(n, 3, hello));
    await expect(line(page, n), "more than it said").toContainText(text("files.why.differs"));
    await asked();
    client.bytes("files", piece(n, 0, hello));
    await expect(line(page, n), "bytes of nothing").toContainText(text("files.why.differs"));
    await client.heard("drop", n);
    await asked();
    client.control({ type: "dropped", n, reason: "failed" });
    await expect(line(page, n)).toContainText(text("files.why.failed", sam));

    // One that is true is saved under a name that no system takes for a path, when the technician says so.
    await asked();
    client.control({ type: "giving", n, name: "..\\..\\\u202esay <b>.txt", size: 5, from: 0 });
    client.bytes("files", piece(n, 0, hello));
    client.control({ type: "given", n, sha256: sha256(hello) });
    await client.heard("kept", 1);
    const saving = page.waitForEvent("download");
    await line(page, n)
      .getByRole("button", { name: text("files.save.short") })
      .click();
    expect((await saving).suggestedFilename()).toBe("say _b_.txt");
    await trap.empty("a file that was saved");

    client.bytes("files", Buffer.from([9, 9, 9]));
    await expect(page.getByRole("heading", { name: text("end.not-verified") }).first()).toBeVisible({
      timeout: 15_000,
    });
  } finally {
    await client.end();
  }
});
