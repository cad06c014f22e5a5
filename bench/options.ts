/** What `make bench` can be told, by environment. README.md lists it. */
import type { Size } from "../viewer/tests/harness/desktop.ts";

/** One line between the host and the viewer. Both directions are alike. */
export interface LinkShape {
  readonly delayMs: number; // one way
  readonly mbit: number; // 0: no limit
  readonly lossPercent: number;
}

export const links: Readonly<Record<string, LinkShape | undefined>> = {
  lan: { delayMs: 0, mbit: 0, lossPercent: 0 },
  wan: { delayMs: 20, mbit: 5, lossPercent: 1 },
  slow: { delayMs: 50, mbit: 1, lossPercent: 2 },
};

/** A combination that is measured: one row of runs. */
export interface Cell {
  readonly peer: string;
  readonly link: string;
  readonly size: Size;
  readonly scenes: readonly string[];
}

export interface Options {
  readonly runs: number;
  /** No run begins that would not end by then, going by the longest so far. */
  readonly minutes: number;
  readonly fresh: boolean;
  readonly cells: readonly Cell[];
  /** Whether this is everything: only then do the results replace those that are kept. */
  readonly whole: boolean;
}

const everything =
  "first idle caret typing flip key code web drag flood switch clip key+code video key+video".split(" ");
const main = "first idle typing flip key code drag switch key+code video".split(" ");
const quick = "first flip key code switch key+code".split(" ");
const full: Size = "1920x1080";

/** What is measured when nothing else is asked for; a round of it takes about five minutes. */
const usual: readonly Cell[] = [
  { peer: "beside", link: "lan", size: full, scenes: everything },
  { peer: "tigervnc", link: "lan", size: full, scenes: everything },
  ...["x0vncserver", "x11vnc"].map((peer) => ({ peer, link: "lan", size: full, scenes: main })),
  ...["beside", "tigervnc"].map((peer) => ({ peer, link: "wan", size: full, scenes: quick })),
  { peer: "beside", link: "slow", size: full, scenes: ["first", "typing", "switch"] },
  ...(["1280x720", "3840x2160"] as const).map((size) => ({
    peer: "beside",
    link: "lan",
    size,
    scenes: ["first", "flip", "code", "switch"],
  })),
];

/** Reads the environment. Lists are separated by commas; naming any of them measures all combinations. */
export function readOptions(env: Readonly<Record<string, string | undefined>>): Options {
  const list = (name: string): string[] | undefined =>
    env[`BENCH_${name}`]?.split(",").filter((s) => s !== "");
  const number = (name: string, otherwise: number): number => {
    const value = Number(env[`BENCH_${name}`] ?? otherwise);
    if (!(value > 0)) throw new Error(`BENCH_${name}=${env[`BENCH_${name}`]}: a number above 0 is wanted`);
    return value;
  };
  const [peers, chosen, wanted, sizes] = [list("PEERS"), list("LINKS"), list("SCENES"), list("SIZES")];
  for (const link of chosen ?? []) if (!links[link]) throw new Error(`BENCH_LINKS: there is no link ${link}`);
  for (const scene of wanted ?? []) {
    if (!everything.includes(scene)) throw new Error(`BENCH_SCENES: there is no scene ${scene}`);
  }
  const part = peers || chosen || wanted || sizes;
  return {
    whole: !part,
    runs: number("RUNS", 5),
    minutes: number("MINUTES", 25),
    fresh: env["BENCH_FRESH"] !== undefined,
    cells: part ? product(peers, chosen, wanted, sizes) : usual,
  };
}

function product(peers?: string[], chosen?: string[], scenes?: string[], sizes?: string[]): Cell[] {
  const cells: Cell[] = [];
  for (const link of chosen ?? ["lan"]) {
    for (const size of sizes?.map(readSize) ?? [full]) {
      for (const peer of peers ?? ["beside", "tigervnc", "x0vncserver", "x11vnc"]) {
        cells.push({ peer, link, size, scenes: scenes ?? (link === "lan" ? everything : quick) });
      }
    }
  }
  return cells;
}

function readSize(text: string): Size {
  if (!/^\d+x\d+$/.test(text)) throw new Error(`BENCH_SIZES: ${text} is not like 1920x1080`);
  return text as Size;
}
