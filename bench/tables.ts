/** Markdown tables of results: a median and its spread in each cell. */
import type { Result } from "./results.ts";
import { cellText, type Spread, spread } from "./stats.ts";

/** The spread of one figure over all runs. */
export function figure(
  all: readonly Result[],
  where: { readonly peer: string; readonly link: string; readonly size: string; readonly scene: string },
  name: string,
): Spread | undefined {
  const runs = all.filter(
    (r) => r.peer === where.peer && r.link === where.link && r.size === where.size && r.scene === where.scene,
  );
  return spread(runs.map((r) => r.figures[name] ?? null));
}

const called: Readonly<Record<string, string>> = {
  code: "scrolling code",
  web: "scrolling a web page",
  drag: "dragging a window",
  flood: "terminal flood",
  clip: "video in a window",
  video: "video, full screen",
};

/** The rows of the tables: which scene and figure, and what it is called there. */
const rows: readonly (readonly [scene: string, figure: string, label: string])[] = [
  ["first", "first picture ms", "first whole picture, ms"],
  ["flip", "p50 ms", "flip p50, ms"],
  ["flip", "p95 ms", "flip p95, ms"],
  ["key", "p50 ms", "key → letter p50, ms"],
  ["key", "p95 ms", "key → letter p95, ms"],
  ["key+code", "p50 ms", "the same while code scrolls p50, ms"],
  ["key+code", "p95 ms", "… p95, ms"],
  ["key+video", "p50 ms", "the same while the screen is a video p50, ms"],
  ["key+video", "p95 ms", "… p95, ms"],
  ["typing", "p95 ms", "typing p95, ms"],
  ["typing", "kbit/s down", "typing, kbit/s"],
  ["typing", "CPU host %", "typing, host, % of a core"],
  ["idle", "CPU host %", "idle, host, % of a core"],
  ["idle", "kbit/s down", "idle, kbit/s"],
  ["caret", "CPU host %", "caret, host, % of a core"],
  ...["code", "web", "drag", "flood", "clip", "video"].flatMap(moving),
  ["switch", "seen ms", "new page: seen, ms"],
  ["switch", "40 dB ms", "new page: right to 40 dB, ms"],
  ["switch", "exact ms", "new page: exact, ms"],
  ["switch", "at rest dB", "new page: in the end, dB (99: exact)"],
  ["switch", "KiB a page", "new page, KiB"],
  ["video", "exact at rest ms", "after the video: exact, ms"],
  ["video", "at rest dB", "after the video: in the end, dB"],
  ["idle", "memory MiB PSS", "memory of the host, MiB PSS"],
  ["idle", "memory of the client MiB PSS", "… of the client and its supervisor, MiB PSS"],
  ["idle", "memory of an empty window MiB PSS", "… of an empty window of its toolkit, MiB PSS"],
];

function moving(scene: string): (readonly [string, string, string])[] {
  const name = called[scene] ?? scene;
  return [
    [scene, "pictures/s", `${name}: whole pictures/s`],
    [scene, "top: pictures/s", "… tops of pictures/s"],
    [scene, "p50 ms", "… p50, ms"],
    [scene, "p95 ms", "… p95, ms"],
    [scene, "last picture ms", "… the last picture, ms"],
    [scene, "CPU host + X %", "… host and X server, % of a core"],
    [scene, "CPU browser %", "… browser, % of a core"],
    [scene, "kbit/s down", "… kbit/s"],
  ];
}

/** One table: peers beside each other on one link. Rows that nobody was measured for are left out. */
export function peersTable(all: readonly Result[], link: string, size: string): string {
  const peers = distinct(all.filter((r) => r.link === link && r.size === size).map((r) => r.peer));
  const lines = [`| | ${peers.join(" | ")} |`, `|---|${peers.map(() => "---:|").join("")}`];
  for (const [scene, name, label] of rows) {
    const cells = peers.map((peer) => cellText(figure(all, { peer, link, size, scene }, name)));
    if (cells.some((cell) => cell !== "–")) lines.push(`| ${label} | ${cells.join(" | ")} |`);
  }
  return lines.join("\n");
}

const stages = ["wait", "grab", "detect", "compress", "send", "receive", "paint", "acknowledge"];

/** Where the time of our own updates goes, scene by scene. */
export function stageTable(all: readonly Result[], link: string, size: string): string {
  const own = all.filter((r) => r.link === link && r.size === size && "stage grab ms" in r.figures);
  if (own.length === 0) return "";
  const lines = [`| ms | ${stages.join(" | ")} |`, `|---|${stages.map(() => "---:|").join("")}`];
  for (const scene of distinct(own.map((r) => r.scene))) {
    const cells = stages.map((stage) =>
      cellText(figure(own, { peer: own[0]?.peer ?? "", link, size, scene }, `stage ${stage} ms`)),
    );
    lines.push(`| ${scene} | ${cells.join(" | ")} |`);
  }
  return lines.join("\n");
}

/** What one peer's figures do when the picture grows: one column a size, the smallest first. */
export function sizesTable(all: readonly Result[], peer: string, link: string): string {
  const area = (size: string): number => size.split("x").reduce((product, side) => product * Number(side), 1);
  const own = all.filter((r) => r.peer === peer && r.link === link);
  const sizes = distinct(own.map((r) => r.size)).sort((a, b) => area(a) - area(b));
  if (sizes.length < 2) return "";
  const lines = [`| | ${sizes.join(" | ")} |`, `|---|${sizes.map(() => "---:|").join("")}`];
  lines.push(
    `| pixels | ${sizes.map((s) => `${(area(s) / area(sizes[0] ?? s)).toFixed(2)}×`).join(" | ")} |`,
  );
  for (const [scene, name, label] of rows) {
    const cells = sizes.map((size) => cellText(figure(own, { peer, link, size, scene }, name)));
    if (!cells.includes("–")) lines.push(`| ${label} | ${cells.join(" | ")} |`);
  }
  return lines.join("\n");
}

export function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
