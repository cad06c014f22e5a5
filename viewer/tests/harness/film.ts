import type { Desktop, Window } from "./desktop.ts";
import type { Program } from "./process.ts";

const title = "film";
const size = "320x240";

/** A window of the desktop with a photo's many colours that all change some fifteen times a second. */
export class Film {
  private constructor(
    readonly window: Window,
    readonly program: Program,
  ) {}

  static async start(desktop: Desktop): Promise<Film> {
    const pictures = [3, 7, 11, 19, 23, 31].flatMap((seed) => ["-seed", `${seed}`, "plasma:fractal"]);
    await desktop.run("convert", ["-size", size, ...pictures, "film.miff"]);
    const args = ["-title", title, "-delay", "6", "-geometry", "+800+500", "film.miff"];
    const program = desktop.start("animate", args);
    return new Film(await desktop.window(title), program);
  }

  async end(): Promise<void> {
    await this.program.end();
  }
}
