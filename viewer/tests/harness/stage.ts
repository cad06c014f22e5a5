import { expect, type Locator, type Page } from "@playwright/test";
import { Picture } from "./picture.ts";

/** The picture of the requester's screen on the technician's page, and the technician's mouse over it. */
export class Stage {
  constructor(readonly page: Page) {}

  /** Presses the one button of a sign-in page, such as Invitation.open. */
  async signIn(link: string): Promise<void> {
    await this.page.goto(link);
    await this.page.getByRole("button").click();
  }

  /** Waits until there is a picture with something on it. */
  async live(timeoutMs = 20_000): Promise<void> {
    const colours = async (): Promise<number> => (await this.pixels())?.colours(20) ?? 0;
    await expect.poll(colours, { timeout: timeoutMs, message: "a live picture" }).toBeGreaterThan(10);
  }

  /** What the canvas holds, pixel by pixel as it was sent; nothing before there is a picture. */
  async pixels(): Promise<Picture | undefined> {
    if ((await this.canvas.count()) === 0) return undefined;
    const { width, height, rgb } = await this.canvas.evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? {
        data: [],
      };
      let rgb = "";
      const row: number[] = [];
      for (let i = 0; i < data.length; i += 4) {
        row.push(data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0);
        if (row.length >= 12_000 || i + 4 >= data.length) rgb += String.fromCharCode(...row.splice(0));
      }
      return { width: canvas.width, height: canvas.height, rgb: btoa(rgb) };
    });
    return new Picture(width, height, Buffer.from(rgb, "base64"));
  }

  /** Clicks at a pixel of the requester's screen. */
  async click(x: number, y: number): Promise<void> {
    const at = await this.place(x, y);
    await this.page.mouse.click(at.x, at.y);
  }

  /** Where on the page a pixel of the requester's screen is. */
  async place(x: number, y: number): Promise<{ x: number; y: number }> {
    const box = await this.canvas.boundingBox();
    if (!box) throw new Error("there is no picture on the page");
    const size = await this.canvas.evaluate((c: HTMLCanvasElement) => ({
      width: c.width,
      height: c.height,
    }));
    return {
      x: box.x + ((x + 0.5) * box.width) / size.width,
      y: box.y + ((y + 0.5) * box.height) / size.height,
    };
  }

  /** The pointer has a canvas of its own, hidden from assistive technology. */
  get canvas(): Locator {
    return this.page.locator("canvas:not([aria-hidden])");
  }
}
