import { expect, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import { Code, redeem } from "./harness/code.ts";
import { Desk } from "./harness/desk.ts";

// Mail scanners open links in a real browser, run what is there, and some press what can be pressed. None of that is
// the person's own act of running the program.

test("a scanner that runs script and presses everything leaves the link good", async ({
  broker,
  page,
  openPage,
}) => {
  await broker.addTechnician();
  const { link, secret } = await broker.invite(await broker.addTicket("Payroll is wrong", "Sam Okafor"));
  const scanner = await openPage();
  const answers: string[] = [];
  scanner.on("response", async (response) => {
    const kind = response.headers()["content-type"] ?? "";
    if (/json|html/.test(kind)) answers.push(await response.text().catch(() => ""));
  });
  let downloads = 0;
  scanner.on("download", async (download) => {
    downloads++;
    await download.cancel();
  });
  for (let round = 0; round < 3; round++) {
    await scanner.goto("about:blank");
    await scanner.goto(link);
    await expect(scanner.getByRole("heading", { level: 1 })).toBeVisible();
    for (let pressed = 0; pressed < 8; pressed++) {
      const all = scanner.locator("a:visible, button:visible, summary:visible, input:visible");
      if (pressed >= (await all.count())) break;
      await all
        .nth(pressed)
        .click({ timeout: 2_000 })
        .catch(() => undefined); // what is covered cannot be pressed
      const start = scanner.getByRole("link", { name: text("requester.start") });
      if (await start.isVisible()) await start.click(); // there after the right answer, which the next press changes
      if (!scanner.url().startsWith(broker.url)) await scanner.goto(link);
    }
  }
  expect(downloads, "it pressed the download, too").toBeGreaterThan(0);

  const kinds = (await broker.auditExport())
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { kind: string }).kind);
  expect(kinds).not.toContain("session.joined");
  expect(kinds, "that somebody pressed Start is told").toContain("invitation.opened");
  for (const secretOfDesk of ["Payroll is wrong", "Sam Okafor", "robin@desk.example"]) {
    expect(answers.join("\n"), "what a scanner is shown").not.toContain(secretOfDesk);
  }

  // The technician is not told that anybody joined, and the person joins as if nothing had been.
  const desk = new Desk(page);
  await desk.signIn(await broker.signInLink());
  await desk.choose("Payroll is wrong");
  await expect(page.getByRole("button", { name: text("desk.accept"), exact: true })).toHaveCount(0);
  expect((await redeem(broker, new Code(secret))).status).toBe(200);
  await expect(page.getByRole("button", { name: text("desk.accept"), exact: true })).toBeVisible();
});
