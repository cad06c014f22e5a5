import { expect, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import { looksSound } from "./harness/looks.ts";
import { eventKinds, Session } from "./harness/session.ts";

const sam = { requester: "Sam Okafor" };

test("the two write to each other, and both see what is unread", async ({ desktop, broker, page }) => {
  const session = await Session.seen(broker, desktop, page);
  const { client } = session;
  const log = page.getByRole("log");
  const button = page.getByRole("button", { name: text("session.chat"), exact: true });
  const field = page.getByLabel(text("session.chat.field", sam), { exact: true });

  await button.click();
  await expect(field).toBeFocused();
  expect((await session.stage.canvas.boundingBox())?.width, "the picture beside it").toBeGreaterThan(800);
  const bar = await client.bar();
  await page.keyboard.type("Hello Sam");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("Can you read this?");
  await page.keyboard.press("Enter");
  await expect(field).toHaveValue("");
  await expect(log.getByRole("listitem")).toHaveText(/You\s*Hello Sam\s*Can you read this\?/);
  expect(await client.bar(), "the bar stays where it was").toEqual(bar);

  // The person opens the chat and answers. Nothing of it is a link, whatever it looks like.
  await client.openChat();
  await client.write("Yes https://example.org");
  await expect(log.getByRole("listitem").nth(1)).toHaveText(/Sam Okafor\s*Yes https:\/\/example\.org/);
  await expect(log.getByRole("link")).toHaveCount(0);

  await page.keyboard.press("Escape");
  await expect(button).toBeFocused();
  await expect(log).toBeHidden();
  await client.write("Are you there?");
  const unread = page.getByRole("button", { name: text("session.chat.unread", { n: "1" }), exact: true });
  await expect(unread).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: text("session.chat.news", sam) })).toBeAttached();
  await unread.press("Enter");
  await expect(button).toBeVisible();
  await expect(log.getByRole("listitem")).toHaveCount(3);

  // A phrase is put into the field, to be read before it is sent.
  await page.getByRole("button", { name: text("session.chat.phrases"), exact: true }).click();
  await page.getByRole("menuitem", { name: text("session.chat.phrase.try"), exact: true }).click();
  await expect(field).toHaveValue(text("session.chat.phrase.try"));
  await expect(field).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(log.getByRole("listitem")).toHaveCount(4);
  await looksSound(page, "the chat");

  // A page that is loaded anew has the conversation, and nothing of it is unread.
  await page.reload();
  await session.stage.live();
  await expect(button).toBeVisible();
  await button.click();
  await expect(log.getByRole("listitem")).toHaveCount(4);

  // Nothing of it is in the broker's log.
  expect(JSON.stringify(await broker.auditExport())).not.toContain("Can you read this");
  expect(await eventKinds(broker)).not.toContain("client.violation");
  await client.stop();
  await desktop.gone(text("window.title.chat"));
});

test("the technician can write before anything is allowed", async ({ desktop, broker, page }) => {
  const session = await Session.asking(broker, desktop, page);
  await session.client.asked();
  await page.getByRole("button", { name: text("session.chat"), exact: true }).click();
  await page.getByLabel(text("session.chat.field", sam), { exact: true }).fill("Please press Allow");
  await page.keyboard.press("Enter");
  await session.client.chat();
  await expect(page.getByRole("log").getByText(text("session.chat.underway"))).toHaveCount(0);
  // The question keeps the keyboard: what was meant for it does not go elsewhere.
  await desktop.active(await session.client.asked());
  await session.client.allow();
  await session.stage.live();
});
