import { expect, test } from "./fixtures.ts";
import { text } from "./harness/client.ts";
import { Desk } from "./harness/desk.ts";
import { type Other, others, textIn } from "./harness/languages.ts";
import { looksSound } from "./harness/looks.ts";
import { shot } from "./harness/tour.ts";

for (const [language, locale] of Object.entries(others) as [Other, string][]) {
  test(`a person reads the page of their link in ${language}`, async ({ broker, openPage }) => {
    await broker.addTechnician();
    const { link } = await broker.invite(await broker.addTicket("Printer", "Sam Okafor"));
    const page = await openPage({ locale });
    await page.goto(link);
    await expect(page.getByText(textIn(language, "requester.asked"))).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    await expect(page.locator("html")).toHaveAttribute("dir", language === "ar" ? "rtl" : "ltr");
    await looksSound(page, `a link's page in ${language}`);
    if (language === "ar") await shot("landing-ar", () => page.screenshot());
    // Whoever does not read that language finds their own, by its own name.
    await page.getByRole("combobox").selectOption({ label: "English" });
    await expect(page.getByText(text("requester.asked"))).toBeVisible();
    await page.reload();
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
  });
}

for (const language of ["de", "ar"] as const) {
  test(`a technician's pages speak ${language}`, async ({ broker, openPage }) => {
    await broker.addTechnician();
    await broker.addTicket("Printer", "Sam Okafor");
    const page = await openPage({ locale: "ko-KR" }); // there is no catalogue for it: English
    await new Desk(page).signIn(await broker.signInLink());
    await page.goto(`${broker.url}/account`);
    await page.getByRole("combobox", { name: text("app.language") }).selectOption(language);
    await expect(page.getByRole("heading", { name: textIn(language, "app.language") })).toBeVisible();
    await looksSound(page, `the account in ${language}`);
    await page.getByRole("link", { name: textIn(language, "app.desk"), exact: true }).click();
    await page.getByText("Sam Okafor").first().click();
    await expect(page.getByRole("button", { name: textIn(language, "desk.resolve") })).toBeVisible();
    await looksSound(page, `the desk in ${language}`);
    if (language === "ar") await shot("desk-ar", () => page.screenshot());
    for (const place of ["app.sessions", "report.title"]) {
      await page.getByRole("link", { name: textIn(language, place), exact: true }).click();
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await looksSound(page, `${place} in ${language}`);
    }
  });
}
