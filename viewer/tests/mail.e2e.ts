import { expect, test } from "./fixtures.ts";
import { Broker, robin } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { Desk } from "./harness/desk.ts";
import { looksSound } from "./harness/looks.ts";
import { PostOffice } from "./harness/postoffice.ts";

const header = (from: string, id: string) => [`From: ${from}`, `Message-ID: <${id}@example.org>`];

test("a mail becomes a ticket, and is answered from it", async ({ page }) => {
  const office = await PostOffice.open();
  await office.comes(
    ...header("Sam Okafor <sam@example.org>", "1"),
    "Subject: Printer prints blank pages",
    "Content-Type: text/html; charset=utf-8",
    "",
    '<p>Every page is white.</p><script>alert(1)</script><img src="https://example.org/seen.png">',
  );
  await office.comes(...header("gone@example.org", "2"), "Subject: No ink", "", "It is dry.");
  const broker = await Broker.start(office.flags);
  try {
    await broker.addTechnician(robin);
    await new Desk(page).signIn(await broker.signInLink());
    await new Desk(page).choose("Printer prints blank pages");
    await expect.poll(() => office.sent()).toHaveLength(1);
    const mail = page.getByRole("region", { name: text("desk.mail"), exact: true });
    await expect(mail.getByText("Every page is white.")).toBeVisible();
    await expect(mail.getByText(text("desk.mail.to", { address: "sam@example.org" }))).toBeVisible();
    await mail.getByLabel(text("desk.mail.answer")).fill("Is the toner empty?");
    await mail.getByRole("button", { name: text("desk.mail.send") }).click();
    await expect(mail.getByRole("listitem").filter({ hasText: "Is the toner empty?" })).toContainText(
      robin.name,
    );
    await expect.poll(() => office.sent()).toHaveLength(2);
    const answer = (await office.sent())[1] ?? "";
    expect(answer).toContain("In-Reply-To: <1@example.org>");
    expect(answer).toContain("Is the toner empty?");
    await looksSound(page, "a ticket with mails");

    await new Desk(page).choose("No ink");
    await expect(mail.getByText(text("desk.mail.failed"))).toBeVisible();
    await looksSound(page, "a mail that cannot be sent");
    expect(broker.log).not.toContain("not-for-logs");
  } finally {
    await broker.end();
    await office.close();
  }
});
