import type { Desktop, Window } from "./desktop.ts";
import type { Program } from "./process.ts";
import type { Stage } from "./stage.ts";

const title = "pulse";
const beat = "i=0; while :; do printf '\\r%06d' $((i+=1)); sleep 0.1; done";

/** A window of the desktop that changes ten times a second, to see from afar whether the picture goes on. */
export class Pulse {
  private constructor(
    readonly window: Window,
    private readonly program: Program,
  ) {}

  static async start(desktop: Desktop): Promise<Pulse> {
    const program = desktop.start("xterm", [
      "-title",
      title,
      "-geometry",
      "12x2+700+500",
      "-e",
      "bash",
      "-c",
      beat,
    ]);
    return new Pulse(await desktop.window(title), program);
  }

  async end(): Promise<void> {
    await this.program.end();
  }

  /** Notes in the page when the canvas changes there, from now on and no more of what was before. */
  async watch(stage: Stage): Promise<void> {
    const { x, y, width, height } = this.window;
    await stage.canvas.evaluate(
      (canvas: HTMLCanvasElement, at) => {
        const context = canvas.getContext("2d");
        const { pulse: before } = window as unknown as { pulse?: { timer: number } };
        clearInterval(before?.timer);
        const changes = [performance.now()];
        let last = "";
        const timer = setInterval(() => {
          const now = context?.getImageData(at.x, at.y, at.width, at.height).data.join() ?? "";
          if (now !== last) changes.push(performance.now());
          last = now;
        }, 50);
        Object.assign(window, { pulse: { timer, changes } });
      },
      { x, y, width, height },
    );
  }

  /** The longest time without a change since watch, in milliseconds. */
  async longestGap(stage: Stage): Promise<number> {
    return await stage.page.evaluate(() => {
      const { changes } = (window as unknown as { pulse: { changes: number[] } }).pulse;
      const times = [...changes, performance.now()];
      return Math.max(...times.slice(1).map((time, i) => time - (times[i] ?? 0)));
    });
  }
}
