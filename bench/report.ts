/** Writes what was measured: results/ as JSON and plots, and the tables into docs/performance.md. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { barChart, type Group } from "./plot.ts";
import type { Origin, Result, Results } from "./results.ts";
import { distinct, figure, peersTable, sizesTable, stageTable } from "./tables.ts";

const page = fileURLToPath(new URL("../docs/performance.md", import.meta.url));
const folder = fileURLToPath(new URL("results/", import.meta.url));
const [begin, end] = ["<!-- make bench writes from here -->", "<!-- to here -->"];
const full = "1920x1080";

/** Reports a bench of everything; one of a part is only printed, so that it never replaces the whole. */
export async function report({ all, origin }: Results, whole: boolean): Promise<void> {
  const text = tables(all, origin);
  console.log(`\n${text}\n`);
  if (!whole) return;
  await mkdir(folder, { recursive: true });
  const lines = all.map((result) => JSON.stringify(result)).join(",\n");
  await writeFile(
    `${folder}results.json`,
    `{"origin": ${JSON.stringify(origin)}, "results": [\n${lines}\n]}\n`,
  );
  for (const [name, svg] of plots(all)) await writeFile(`${folder}${name}.svg`, svg);
  await writeFile(page, between(await readFile(page, "utf8"), text));
}

/** The page with the part between the marks written anew. */
export function between(text: string, generated: string): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no "${begin}" and "${end}"`);
  return `${text.slice(0, from + begin.length)}\n\n${generated}\n\n${text.slice(to)}`;
}

const linkNames: Readonly<Record<string, string>> = {
  lan: "LAN: no delay, no limit",
  wan: "WAN: 40 ms round trip, 5 Mbit/s, 1 % loss each way",
  slow: "Slow: 100 ms round trip, 1 Mbit/s, 2 % loss each way",
};

function tables(all: readonly Result[], origin: Origin): string {
  const parts = [whence(all, origin)];
  const [sizes, stages] = [sizesTable(all, "beside", "lan"), stageTable(all, "lan", full)];
  for (const link of distinct(all.map((r) => r.link))) {
    for (const size of distinct(all.filter((r) => r.link === link).map((r) => r.size))) {
      if (size !== full && link === "lan" && sizes !== "") continue; // the table of sizes has it
      parts.push(`### ${linkNames[link] ?? link}, ${size.replace("x", "×")}`, peersTable(all, link, size));
    }
  }
  if (sizes) parts.push("### Beside at several sizes", sizes);
  if (stages) parts.push("### Where the time of Beside's updates goes", stages);
  return parts.join("\n\n");
}

function whence(all: readonly Result[], { processor, cores }: Origin): string {
  const days = distinct(all.map((r) => r.at.slice(0, 10)));
  const runs = Math.max(0, ...all.map((r) => r.run + 1));
  const noise = distinct(all.map((r) => r.scene)).flatMap((scene) =>
    all.filter((r) => r.scene === scene).map((r) => r.figures["CPU rest of the machine %"] ?? 0),
  );
  const most = [...noise].sort((a, b) => a - b).at(Math.floor(noise.length * 0.95)) ?? 0;
  return (
    `${processor}, ${cores} cores, ${days.join(" to ")}; up to ${runs} runs. Cells are the median [least..most]. ` +
    `What else ran on the machine, the drawing program included, took up to ${most.toFixed(0)} % of a core (95 of 100 scenes).`
  );
}

/** The pictures of the page: their names and SVG. */
function plots(all: readonly Result[]): [name: string, svg: string][] {
  const groups = (link: string, wanted: readonly (readonly [string, string, string])[]): Group[] => {
    const peers = distinct(all.filter((r) => r.link === link && r.size === full).map((r) => r.peer));
    return wanted.map(([scene, name, label]) => ({
      label,
      bars: peers.map((peer) => {
        const s = figure(all, { peer, link, size: full, scene }, name);
        return s
          ? { label: peer, value: s.median, min: s.min, max: s.max }
          : { label: peer, value: undefined };
      }),
    }));
  };
  const small: [string, string, string][] = [
    ["flip", "p50 ms", "a small change"],
    ["key", "p50 ms", "a key"],
    ["key+code", "p50 ms", "a key while scrolling"],
    ["switch", "40 dB ms", "a new page, sharp"],
    ["first", "first picture ms", "the first picture"],
  ];
  const moving = ["code", "web", "drag", "flood", "clip", "video"];
  const of = (name: string): [string, string, string][] => moving.map((scene) => [scene, name, scene]);
  return [
    ["latency-lan", barChart("How late, LAN", "ms", groups("lan", small), "log")],
    ["latency-wan", barChart("How late, WAN", "ms", groups("wan", small), "log")],
    [
      "pictures-lan",
      barChart("Whole pictures a second, LAN", "1/s", groups("lan", of("pictures/s")), "plain"),
    ],
    ["traffic-lan", barChart("Traffic, LAN", "kbit/s", groups("lan", of("kbit/s down")), "log")],
    [
      "load-lan",
      barChart("Host and X server, LAN", "% of a core", groups("lan", of("CPU host + X %")), "plain"),
    ],
  ];
}
