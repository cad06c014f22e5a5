import type { Page } from "@playwright/test";
import { Authenticator } from "./authenticator.ts";
import { type Broker, robin, type Technician } from "./broker.ts";
import { text } from "./client.ts";
import { Desk } from "./desk.ts";

/** Somebody who signs in by a link and adds a passkey, so that they may change what lasts. */
export async function administrator(
  broker: Broker,
  page: Page,
  who: Technician = robin,
  role = "administrator",
  device: { readonly seals?: boolean } = {},
): Promise<void> {
  await broker.addTechnician(who, role);
  await Authenticator.of(page, device);
  await new Desk(page).signIn(await broker.signInLink(who));
  await page.getByRole("button", { name: text("passkey.add") }).click();
  await page.getByRole("button", { name: text("passkey.add.submit") }).click();
  await page.getByRole("button", { name: text("account.codes.kept") }).click();
}
