import { expect } from "@playwright/test";
import type { Desktop, Window } from "./desktop.ts";

/** A press or a release of a button of the mouse; X counts the wheel's ways as buttons 4 to 7. */
export interface ButtonEvent {
  readonly down: boolean;
  readonly button: number;
  /** Of the screen. */
  readonly x: number;
  readonly y: number;
}

/** A window of the person's that writes down which buttons reach it, and where: xev. */
export class EventWindow {
  private constructor(
    private readonly desktop: Desktop,
    private readonly file: string,
    readonly window: Window,
  ) {}

  static async open(desktop: Desktop, title = "buttons"): Promise<EventWindow> {
    const file = `${title}.log`;
    const run = `exec stdbuf -oL xev -name ${title} -geometry 700x500+200+150 -event button >"$HOME/${file}"`;
    desktop.start("bash", ["-c", run]);
    return new EventWindow(desktop, file, await desktop.window(title));
  }

  async events(): Promise<ButtonEvent[]> {
    const log = await this.desktop.readFile(this.file);
    const one = /Button(Press|Release) event[\s\S]*?root:\((\d+),(\d+)\),\s+state \S+ button (\d+)/g;
    return [...log.matchAll(one)].map(([, kind, x, y, button]) => ({
      down: kind === "Press",
      button: Number(button),
      x: Number(x),
      y: Number(y),
    }));
  }

  /** The buttons that were pressed, in their order. */
  async presses(): Promise<number[]> {
    return (await this.events()).filter(({ down }) => down).map(({ button }) => button);
  }

  /** Waits until exactly these were pressed. */
  async pressed(want: readonly number[]): Promise<void> {
    await expect.poll(() => this.presses(), { timeout: 15_000 }).toEqual(want);
  }

  /** Forgets what came so far. */
  async clear(): Promise<void> {
    await this.desktop.run("truncate", ["--size", "0", this.file]);
  }
}
