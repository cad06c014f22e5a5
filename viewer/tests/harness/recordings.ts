import { expect, type Page } from "@playwright/test";
import type { Broker } from "./broker.ts";
import { text } from "./client.ts";
import type { Picture } from "./picture.ts";
import { Stage } from "./stage.ts";

/** What opens the recordings of setUpRecording. */
export const passphrase = "lantern orbit velvet mosquito anchor";

/** What an administrator keeps of setting up recordings. */
export interface KeptKit {
  readonly file: string;
  readonly code: string;
}

type Step = "nobody can open recordings" | "the first auditor" | "the recovery kit" | "the list";

/** Makes the auditors' keys and publishes the list, as an administrator does. `look` is called at each step. */
export async function setUpRecording(
  broker: Broker,
  page: Page,
  look: (what: Step) => Promise<void> = async () => undefined,
): Promise<KeptKit> {
  await page.goto(`${broker.url}/admin/auditors`);
  await page.getByRole("button", { name: text("admin.auditors.setup") }).waitFor();
  await look("nobody can open recordings");
  await page.getByRole("button", { name: text("admin.auditors.setup") }).click();
  await page.getByLabel(text("keys.passphrase"), { exact: true }).fill(passphrase);
  await page.getByLabel(text("keys.passphrase.again")).fill(passphrase);
  await look("the first auditor");
  await page.getByRole("button", { name: text("admin.auditors.make") }).click();
  const sheet = page.locator("[data-kit-code]");
  const code = (await sheet.textContent({ timeout: 30_000 })) ?? "";
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: text("admin.auditors.kit.save") }).click();
  const file = await (await saving).path();
  await look("the recovery kit");
  await page.getByLabel(text("admin.auditors.kit.file")).setInputFiles(file);
  await page.getByLabel(text("admin.auditors.kit.code")).fill("0000-0000-0000-0000-0000-0000");
  const publish = page.getByRole("button", { name: text("admin.auditors.publish") });
  await publish.click();
  await expect(page.getByText(text("admin.auditors.kit.wrong"))).toBeVisible({ timeout: 30_000 });
  await page.getByLabel(text("admin.auditors.kit.code")).fill(code.toLowerCase().replaceAll("-", " "));
  await publish.click();
  await expect(page.getByText(text("admin.auditors.published"))).toBeVisible({ timeout: 30_000 });
  await look("the list");
  return { file, code };
}

/** Chooses whether sessions are recorded. */
export async function recordingPolicy(
  broker: Broker,
  page: Page,
  mode: "allowed" | "required",
): Promise<void> {
  await page.goto(`${broker.url}/admin/policy`);
  await page.getByLabel(text(`admin.policy.recording.${mode}`)).check();
  await page.getByRole("button", { name: text("app.save"), exact: true }).click();
  await expect(page.getByText(text("admin.policy.saved"))).toBeVisible();
}

/** The recording of a session on its page. */
export class RecordingPage {
  readonly stage: Stage;

  constructor(readonly page: Page) {
    this.stage = new Stage(page);
  }

  /** Opens it with the auditor's passphrase, and waits for its first picture. */
  async open(): Promise<void> {
    await this.unlock();
    await this.stage.live();
  }

  /** Opens it with the passkey that was kept, which is what the form begins with. */
  async unlockByPasskey(): Promise<void> {
    await expect(this.page.getByText(text("recording.open.passkey.hint"))).toBeVisible();
    await this.page.getByRole("button", { name: text("recording.open.submit") }).click();
    await expect(this.slider).toBeVisible({ timeout: 30_000 });
  }

  /** Opens it with the auditor's passphrase. */
  async unlock(): Promise<void> {
    await this.page.getByLabel(text("keys.passphrase"), { exact: true }).fill(passphrase);
    await this.page.getByRole("button", { name: text("recording.open.submit") }).click();
    await expect(this.slider).toBeVisible({ timeout: 30_000 });
  }

  get slider() {
    return this.page.getByRole("slider", { name: text("recording.moment") });
  }

  /** Its length in milliseconds. */
  async length(): Promise<number> {
    return Number(await this.slider.getAttribute("max"));
  }

  async at(): Promise<number> {
    return Number(await this.slider.inputValue());
  }

  /** Goes to a moment by the slider. */
  async seek(ms: number): Promise<void> {
    await this.slider.evaluate((slider: HTMLInputElement, value) => {
      slider.value = String(value);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    }, ms);
  }

  /** How many pixels differ from a picture of the desktop, but for what the pointer may cover. */
  async differences(want: Picture): Promise<number | undefined> {
    return (await this.stage.pixels())?.differences(want);
  }
}
