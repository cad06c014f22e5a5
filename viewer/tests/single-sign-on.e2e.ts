import { expect, type Page, test } from "./fixtures.ts";
import { robin } from "./harness/broker.ts";
import { text } from "./harness/client.ts";
import { Desk } from "./harness/desk.ts";
import { looksSound } from "./harness/looks.ts";
import type { Person } from "./harness/provider.ts";
import { shot } from "./harness/tour.ts";

// Signing in by an OpenID provider that runs beside the broker, through the browser.

const kim: Person = {
  sub: "1",
  name: "Kim Aalto",
  email: "kim@desk.example",
  email_verified: true,
  groups: ["helpdesk"],
};
const button = (page: Page) =>
  page.getByRole("button", { name: text("signin.provider", { name: "Example Login" }) });

test("somebody new comes by the single sign-on", async ({ provider, startBroker, page }) => {
  const broker = await startBroker(provider.flags("--oidc-roles", "helpdesk=technician"));
  await page.goto(`${broker.url}/sessions`);
  await expect(button(page)).toBeVisible();
  await shot("sign-in-provider", () => page.screenshot());
  await button(page).click(); // it is away
  await expect(page.getByRole("alert")).toContainText("does not answer");
  await provider.start(broker.url, [
    kim,
    { ...kim, sub: "2", name: "Visitor", email: "v@x.example", groups: [] },
  ]);
  await looksSound(page, "the way to the single sign-on");

  await button(page).click();
  await page.getByRole("link", { name: "Nobody" }).click();
  await expect(page.getByText(text("signin.provider.refused"))).toBeVisible();
  expect(page.url(), "nothing of the provider stays in the address").toBe(`${broker.url}/signin/provider`);
  await looksSound(page, "cancelled at the single sign-on");
  await page.getByRole("link", { name: text("signin.back") }).click();

  await button(page).click();
  await page.getByRole("link", { name: "Visitor" }).click();
  await expect(page.getByRole("heading", { name: text("signin.provider.failed") })).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("no role");
  await page.getByRole("link", { name: text("signin.back") }).click();

  await button(page).click();
  await page.getByRole("link", { name: kim.name }).click();
  await expect(page).toHaveURL(`${broker.url}/sessions`);
  await expect(page.getByRole("button", { name: text("app.account", { name: kim.name }) })).toBeVisible();
  expect(await broker.command("account", "list")).toContain("technician");
  expect(broker.log).not.toContain("not-for-logs");
  expect(await broker.auditExport()).toContain('"method":"provider"');
});

test("an account is linked by its owner", async ({ provider, startBroker, page, openPage }) => {
  const broker = await startBroker(provider.flags());
  await provider.start(broker.url, [kim]);
  await broker.addTechnician();
  await new Desk(page).signIn(await broker.signInLink());
  await page.goto(`${broker.url}/account`);
  await page.getByRole("button", { name: text("account.provider.link") }).click();
  await page.getByRole("link", { name: kim.name }).click();
  await expect(page).toHaveURL(`${broker.url}/account`);
  await expect(page.getByText(text("account.provider.linked"))).toBeVisible();
  await looksSound(page, "a linked account");

  const other = await openPage();
  await other.goto(broker.url);
  await button(other).click();
  await other.getByRole("link", { name: kim.name }).click();
  await expect(other.getByRole("button", { name: text("app.account", { name: robin.name }) })).toBeVisible();

  await page.getByRole("button", { name: text("account.provider.unlink") }).click();
  await expect(page.getByText(text("account.provider.hint"))).toBeVisible();
  await other.context().clearCookies();
  await other.goto(broker.url);
  await button(other).click();
  await other.getByRole("link", { name: kim.name }).click();
  await expect(other.getByRole("alert")).toContainText("No account here is linked");
});
