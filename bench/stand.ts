/** What a scene is measured on: one peer on one line, with the picture on a page, and all the instruments. */
import type { Page } from "../viewer/tests/fixtures.ts";
import type { Likeness } from "./likeness.ts";
import { busySeconds, cpuSeconds, memoryMiB, ours, trees } from "./load.ts";
import type { Line } from "./net.ts";
import type { Served } from "./peer.ts";
import type { Seen } from "./sampler.ts";
import { type Figures, quantile } from "./stats.ts";
import type { Target } from "./target.ts";

export class Stand {
  #offset = 0; // to add to the page's clock to get the target's

  constructor(
    readonly page: Page,
    readonly target: Target,
    readonly served: Served,
    readonly line: Line,
  ) {}

  /** Brings the clocks of page, this program and target together: the shortest exchange of many tells. */
  async synchronise(): Promise<void> {
    const page = await clockOffset(() => this.page.evaluate(() => window.bench.now()));
    const target = await clockOffset(() => this.target.now());
    this.#offset = target - page;
  }

  /** When something on the page was, by the target's clock. */
  when(at: number): number {
    return at + this.#offset;
  }

  /** Shows a scene's first picture, waits until the page shows it and nothing more comes, and returns what it sees. */
  async prepare(scene: string): Promise<Seen> {
    const places = await this.target.prepare(scene);
    await this.page.evaluate((p) => window.bench.watch(p), places);
    const seen = await this.seen((s) => s.frame === places.number, 30_000);
    if (seen === undefined) throw new Error(`the first picture of ${scene} is not seen`);
    await this.quiet(250, 6_000);
    return (await this.allSeen()).at(-1) ?? seen;
  }

  /** Waits for a picture; returns it, or nothing when it does not come in time. */
  async seen(wanted: (s: Seen) => boolean, timeoutMs: number): Promise<Seen | undefined> {
    for (const end = performance.now() + timeoutMs; ; await pause(20)) {
      const found = (await this.allSeen()).find(wanted);
      if (found !== undefined || performance.now() > end) return found;
    }
  }

  async allSeen(): Promise<Seen[]> {
    return await this.page.evaluate(() => window.bench.seen);
  }

  async likeness(): Promise<Likeness[]> {
    return await this.page.evaluate(() => window.comparer.likeness);
  }

  /** Waits until hardly anything crosses the line for some time. */
  async quiet(ms: number, timeoutMs: number): Promise<void> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const before = (await this.line.traffic()).down;
      await pause(ms);
      if ((await this.line.traffic()).down - before < 2_000 || performance.now() > end) return;
    }
  }

  /** Does some work, and says what it cost: parts of one core in percent, and traffic. */
  async cost(work: () => Promise<void>): Promise<Figures> {
    const { screen, processes, ownServer } = this.served;
    const drawer = this.target.program.pid ?? 0;
    const host = await trees(processes, [drawer]);
    const server = ownServer ? await trees([screen.pid], [...processes, drawer]) : [];
    const browser = await ours("chromium");
    const read = async (): Promise<number[]> => [
      performance.now() / 1000,
      ...(await Promise.all([cpuSeconds(host), cpuSeconds(server), cpuSeconds(browser), busySeconds()])),
      await this.page.evaluate(() => window.bench.ticks),
    ];
    const [bytes, before] = [await this.line.traffic(), await read()];
    await work();
    const [after, more] = [await read(), await this.line.traffic()];
    const [seconds = 1, h = 0, x = 0, b = 0, all = 0, ticks = 0] = after.map((v, i) => v - (before[i] ?? 0));
    return {
      "CPU host %": (100 * h) / seconds,
      "CPU X %": (100 * x) / seconds,
      "CPU host + X %": (100 * (h + x)) / seconds,
      "CPU browser %": (100 * b) / seconds,
      "CPU rest of the machine %": (100 * (all - h - x - b)) / seconds,
      "kbit/s down": (8 * (more.down - bytes.down)) / seconds / 1000,
      "kbit/s up": (8 * (more.up - bytes.up)) / seconds / 1000,
      "KiB down": (more.down - bytes.down) / 1024,
      "page ticks/s": ticks / seconds,
    };
  }

  /** MiB, proportional to who shares it. */
  async memory(processes: readonly number[]): Promise<number> {
    return await memoryMiB(await trees(processes, [this.target.program.pid ?? 0]));
  }
}

/** The difference between a far clock and ours, in milliseconds. */
async function clockOffset(read: () => Promise<number>): Promise<number> {
  let best = { roundTrip: Number.POSITIVE_INFINITY, offset: 0 };
  for (let i = 0; i < 30; i++) {
    const before = performance.now();
    const far = await read();
    const after = performance.now();
    if (after - before < best.roundTrip) {
      best = { roundTrip: after - before, offset: far - (before + after) / 2 };
    }
  }
  return best.offset;
}

export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Latencies as figures. */
export function latencies(values: readonly number[]): Figures {
  return { "p50 ms": quantile(values, 0.5), "p95 ms": quantile(values, 0.95) };
}
