/** The figures of all runs, kept as they come, so that an interrupted bench goes on where it was. */
import { createHash } from "node:crypto";
import { appendFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import type { Figures } from "./stats.ts";

/** What one scene in one run showed. */
export interface Result {
  readonly peer: string;
  readonly link: string;
  readonly size: string;
  readonly scene: string;
  readonly run: number;
  readonly at: string; // ISO 8601
  readonly figures: Readonly<Record<string, number | null>>;
}

/** Where results are from: figures of other programs or machines are not put together with them. */
export interface Origin {
  readonly programs: string; // a hash of what is measured and what measures
  readonly processor: string;
  readonly cores: number;
}

const folder = fileURLToPath(new URL("out/", import.meta.url));

export class Results {
  readonly #path: string;

  private constructor(
    readonly origin: Origin,
    readonly all: Result[],
  ) {
    this.#path = `${folder}${origin.programs}.jsonl`;
  }

  /** Opens the results of these programs; those of others are left alone. */
  static async open(): Promise<Results> {
    await mkdir(folder, { recursive: true });
    const origin = {
      programs: await fingerprint(["beside", "beside-client", "bench-target", "bench-netem"]),
      processor: cpus()[0]?.model.trim() ?? "unknown",
      cores: cpus().length,
    };
    return new Results(origin, await readLines(`${folder}${origin.programs}.jsonl`));
  }

  /** Forgets some results, to measure them anew. */
  async forget(which: (result: Result) => boolean): Promise<void> {
    const kept = this.all.filter((result) => !which(result));
    this.all.splice(0, this.all.length, ...kept);
    await writeFile(this.#path, kept.map((result) => `${JSON.stringify(result)}\n`).join(""));
  }

  async add(result: Result): Promise<void> {
    this.all.push(result);
    await appendFile(this.#path, `${JSON.stringify(result)}\n`);
  }

  has(wanted: Omit<Result, "at" | "figures">): boolean {
    return this.all.some(
      (r) =>
        r.peer === wanted.peer &&
        r.link === wanted.link &&
        r.size === wanted.size &&
        r.scene === wanted.scene &&
        r.run === wanted.run,
    );
  }
}

/** Figures as JSON keeps them: NaN, for what did not happen in time, is null. */
export function plain(figures: Figures): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(figures).map(([name, v]) => [name, Number.isFinite(v) ? Number(v.toPrecision(5)) : null]),
  );
}

async function readLines(path: string): Promise<Result[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return []; // nothing was measured yet
  }
  return parseLines(text);
}

/** A last line that was cut short, as by a power cut, does not count. */
export function parseLines(text: string): Result[] {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return whole
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Result);
}

async function fingerprint(names: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  const own = fileURLToPath(new URL(".", import.meta.url));
  const sources = (await readdir(own, { recursive: true }))
    .filter((name) => /(?<!\.test)\.ts$/.test(name))
    .sort();
  for (const path of [...names.map((name) => `../bin/${name}`), ...sources]) {
    hash.update(await readFile(`${own}${path}`));
  }
  return hash.digest("hex").slice(0, 12);
}
