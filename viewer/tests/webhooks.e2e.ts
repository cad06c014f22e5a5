import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "./fixtures.ts";
import { administrator } from "./harness/administrator.ts";
import { text } from "./harness/client.ts";
import { looksSound } from "./harness/looks.ts";

test("an address is added, tested and told of a ticket, signed", async ({ broker, page }) => {
  const posts: { type: string; signature: string; signed: string }[] = [];
  const receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature } = request.headers;
      posts.push({
        type: JSON.parse(body).type,
        signature: String(signature),
        signed: `${String(id)}.${String(at)}.${body}`,
      });
      response.statusCode = posts.length === 1 ? 410 : 204;
      response.end();
    });
  });
  await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  try {
    await administrator(broker, page);
    await page.goto(`${broker.url}/admin/webhooks`);
    await page.getByRole("button", { name: text("admin.webhooks.add") }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(text("admin.webhooks.url")).fill("http://example.org/");
    await dialog.getByLabel(text("admin.webhooks.topic.ticket.created")).check();
    const save = dialog.getByRole("button", { name: text("app.save"), exact: true });
    await save.click();
    await expect(dialog.getByRole("alert")).toBeVisible();
    await looksSound(page, "an address that is refused");
    await dialog.getByLabel(text("admin.webhooks.url")).fill(url);
    await save.click();
    const secret = await page.getByRole("textbox", { name: text("admin.webhooks.secret") }).inputValue();
    await looksSound(page, "the secret of a webhook");
    await page
      .getByRole("button", { name: text("app.close") })
      .last()
      .click();

    const press = page.getByRole("button", { name: `${text("admin.webhooks.test")}: ${url}` });
    await press.click();
    await page.getByText(text("admin.webhooks.deliveries"), { exact: true }).click();
    await expect(
      page.getByText(text("admin.webhooks.outcome.refused", { status: "410" }), { exact: true }),
    ).toBeVisible();
    await press.click();
    await expect(page.getByText(text("admin.webhooks.outcome.taken"), { exact: true })).toBeVisible();
    await looksSound(page, "webhooks");

    await broker.addTechnician({ email: "kim@desk.example", name: "Kim Aalto" });
    await broker.addTicket("Printer prints blank pages", "Sam Okafor");
    await expect
      .poll(() => posts.map((p) => p.type))
      .toEqual(["webhook.test", "webhook.test", "ticket.created"]);
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    for (const p of posts) {
      expect(p.signature).toBe(`v1,${createHmac("sha256", key).update(p.signed).digest("base64")}`);
      expect(p.signed).not.toMatch(/Sam|blank/);
    }

    await page.getByRole("button", { name: `${text("admin.webhooks.off")}: ${url}` }).click();
    await expect(page.getByText(text("admin.webhooks.is-off"), { exact: true })).toBeVisible();
    await page.getByRole("button", { name: `${text("admin.webhooks.remove")}: ${url}` }).click();
    await expect(page.getByText(url)).toHaveCount(0);
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
});

test("an address that failed for days says so, until it is switched on again", async ({ broker, page }) => {
  await administrator(broker, page);
  await page.route("**/api/v1/webhooks", async (route) => {
    const answer = await (await route.fetch()).json();
    const hook = {
      id: "h",
      url: "https://example.org/hook",
      topics: ["alarm.raised"],
      madeAt: "2026-01-02T03:04:05Z",
    };
    answer.webhooks = [{ ...hook, on: false, failed: true, tries: 40, deliveries: [] }];
    await route.fulfill({ json: answer });
  });
  await page.goto(`${broker.url}/admin/webhooks`);
  await expect(page.getByText(text("admin.webhooks.failed"))).toBeVisible();
  await expect(
    page.getByRole("button", { name: new RegExp(`^${text("admin.webhooks.on")}:`) }),
  ).toBeVisible();
  await looksSound(page, "an address that was switched off");
});
