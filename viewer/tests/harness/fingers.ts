import type { CDPSession, Page } from "@playwright/test";

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Fingers on the screen of a page, as a touch screen tells of them. */
export class Fingers {
  private constructor(private readonly cdp: CDPSession) {}

  static async on(page: Page): Promise<Fingers> {
    return new Fingers(await page.context().newCDPSession(page));
  }

  async tap(at: Spot): Promise<void> {
    await this.send("touchStart", [at]);
    await this.send("touchEnd", []);
  }

  async down(...at: readonly Spot[]): Promise<void> {
    await this.send("touchStart", at);
  }

  async up(): Promise<void> {
    await this.send("touchEnd", []);
  }

  /** Moves fingers that are down, each from its place to another, in steps as a screen tells them. */
  async move(from: readonly Spot[], to: readonly Spot[], steps = 10): Promise<void> {
    for (let i = 1; i <= steps; i++) {
      const part = (a: number, b: number): number => a + ((b - a) * i) / steps;
      const at = from.map((f, k) => {
        const t = to[k] ?? f;
        return { x: part(f.x, t.x), y: part(f.y, t.y) };
      });
      await this.send("touchMove", at);
    }
  }

  /** From places to others, and lifted. */
  async swipe(from: readonly Spot[], to: readonly Spot[]): Promise<void> {
    await this.down(...from);
    await this.move(from, to);
    await this.up();
  }

  private async send(type: "touchStart" | "touchMove" | "touchEnd", at: readonly Spot[]): Promise<void> {
    const touchPoints = at.map(({ x, y }, id) => ({ x, y, id }));
    await this.cdp.send("Input.dispatchTouchEvent", { type, touchPoints });
  }
}
