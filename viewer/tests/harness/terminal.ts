import type { Desktop, Window } from "./desktop.ts";
import type { Program } from "./process.ts";
import { waitFor } from "./wait.ts";

/**
 * A terminal that writes every character typed into it to a file at once, the line feed for Enter included, and
 * Ctrl-C and its like as the control characters that they are.
 */
export class Terminal {
  private constructor(
    readonly desktop: Desktop,
    readonly title: string,
    readonly program: Program,
    readonly window: Window,
  ) {}

  static async open(desktop: Desktop, title: string): Promise<Terminal> {
    await desktop.writeFile(`${title}.txt`, "");
    const keep = `stty -icanon -isig -ixon; exec cat >>"$HOME/${title}.txt"`;
    const look = ["-fa", "DejaVu Sans Mono", "-fs", "11", "-geometry", "90x20+60+60"];
    const program = desktop.start("xterm", ["-title", title, ...look, "-e", "bash", "-c", keep]);
    const window = await desktop.window(title);
    return new Terminal(desktop, title, program, window);
  }

  /** Clicks into it, so that it has the keyboard. */
  async focus(): Promise<void> {
    await this.desktop.clickIn(this.window, { x: 40, y: 40 });
    await this.desktop.active(this.window);
  }

  /** What was typed so far. */
  async text(): Promise<string> {
    return await this.desktop.readFile(`${this.title}.txt`);
  }

  /** Waits until exactly this was typed. A difference that stays is told with what was found. */
  async typed(want: string, timeoutMs = 10_000): Promise<void> {
    let got = "";
    const same = async (): Promise<boolean> => {
      got = await this.text();
      return got === want;
    };
    try {
      await waitFor(`"${this.title}" holds ${JSON.stringify(want)}`, same, timeoutMs);
    } catch (err) {
      throw new Error(`${err instanceof Error ? err.message : String(err)}; it holds ${JSON.stringify(got)}`);
    }
  }

  /**
   * What was typed before this moment: the person clicks into it and types a mark, which the X server puts behind
   * all that any program has typed so far.
   */
  async before(mark: "period" | "comma"): Promise<string> {
    await this.focus();
    await this.desktop.keys(mark);
    const sign = mark === "period" ? "." : ",";
    return await waitFor(`"${this.title}" holds the mark`, async () => {
      const text = await this.text();
      return text.includes(sign) && text.slice(0, text.indexOf(sign));
    });
  }

  /** Forgets what was typed so far. */
  async clear(): Promise<void> {
    await this.desktop.run("truncate", ["--size", "0", `${this.title}.txt`]);
  }
}
