/** The program that draws, as the bench drives it (bench/target). */
import { fileURLToPath } from "node:url";
import type { Program } from "../viewer/tests/harness/process.ts";
import type { Rows } from "./likeness.ts";
import type { Screen } from "./peer.ts";
import type { Places } from "./sampler.ts";

const binary = fileURLToPath(new URL("../bin/bench-target", import.meta.url));

/** A picture that was drawn, and when, in milliseconds since 1970. */
export interface Drawn {
  readonly number: number;
  readonly at: number;
}

interface DrawnMicros {
  readonly number: number;
  readonly at: number;
}

export class Target {
  private constructor(
    readonly program: Program,
    readonly url: string,
  ) {}

  static async start(screen: Screen): Promise<Target> {
    const program = screen.start(binary, ["--display", screen.display]);
    for (;;) {
      const url = /^http:\S+$/m.exec(program.output)?.[0]; // its library prints other lines too
      if (url !== undefined) return new Target(program, url);
      if (!program.running) throw new Error(`the target ended: ${program.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Shows a scene's first picture, and says where its codes are and what number they show. */
  async prepare(scene: string): Promise<Places & { readonly number: number }> {
    return await this.#ask<Places & { number: number }>("POST", `prepare/${scene}`);
  }

  /** Brings its window above all others; until then it is below them. */
  async raise(): Promise<void> {
    await this.#ask("POST", "raise");
  }

  /** Shows the scene's next picture. */
  async draw(scene: string): Promise<Drawn> {
    return millis(await this.#ask<DrawnMicros>("POST", `draw/${scene}`));
  }

  /** Plays a scene at its own rate. */
  async run(scene: string, ms: number): Promise<Drawn[]> {
    return (await this.#ask<DrawnMicros[]>("POST", `run/${scene}?ms=${ms}`)).map(millis);
  }

  /** Rows of the page that "switch" shows next, or of what the screen shows now. */
  async rows(of: "next" | "screen"): Promise<Rows> {
    return await this.#ask<Rows>("GET", `rows/${of}`);
  }

  /** Its clock, by which pictures are stamped. */
  async now(): Promise<number> {
    return (await this.#ask<{ at: number }>("GET", "now")).at / 1000;
  }

  async #ask<T>(method: string, path: string): Promise<T> {
    const response = await fetch(`${this.url}/${path}`, { method });
    if (!response.ok) throw new Error(`target: ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  }
}

function millis({ number, at }: DrawnMicros): Drawn {
  return { number, at: at / 1000 };
}
