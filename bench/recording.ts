/** Tables of recording.bench.ts. */
import { cellText, digits, quantile, spread } from "./stats.ts";

/** One scene, played once. */
export interface Run {
  readonly scene: string;
  readonly recorded: boolean;
  /** When, in milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Of one core, in percent: what the client took, and what all else did but the drawing program. */
  readonly client: number;
  readonly rest: number;
  /** Sent a second. */
  readonly updates: number;
}

/** What the page says of a chunk; times in milliseconds since the recording began. */
export interface Chunk {
  readonly from: number;
  readonly to: number;
  readonly flags: number;
  /** Bytes. */
  readonly length: number;
}

/** A moment that was gone to, in milliseconds since the recording began, and how long it took to be shown. */
export interface Seek {
  readonly at: number;
  readonly ms: number;
}

/** What each scene took without a recording and with one. */
export function costTable(runs: readonly Run[], began: number, chunks: readonly Chunk[]): string {
  const rows = [...new Set(runs.map(({ scene }) => scene))].map((scene) => {
    const [without, recorded] = [false, true].map((is) =>
      runs.filter((run) => run.scene === scene && run.recorded === is),
    ) as [Run[], Run[]];
    const figure = (of: readonly Run[], name: "client" | "updates" | "rest"): string =>
      cellText(spread(of.map((run) => run[name])));
    const more = median(recorded) - median(without);
    const rates = recorded.map(({ from, to }) => rate(chunks, from - began, to - began));
    return [
      ...[
        scene,
        figure(without, "client"),
        figure(recorded, "client"),
        `${more > 0 ? "+" : ""}${digits(more)}`,
      ],
      ...[figure(without, "updates"), figure(recorded, "updates")],
      ...[
        cellText(spread(rates)),
        figure(
          runs.filter((r) => r.scene === scene),
          "rest",
        ),
      ],
    ];
  });
  return table(
    [
      ...["scene", "client, % of a core", "recorded", "more"],
      ...["updates/s", "recorded", "recording, MiB a minute", "all else, % of a core"],
    ],
    rows,
  );
}

function median(runs: readonly Run[]): number {
  return spread(runs.map(({ client }) => client))?.median ?? Number.NaN;
}

/** MiB a minute of a stretch, by the chunks that are wholly in it. */
function rate(chunks: readonly Chunk[], from: number, to: number): number {
  const inside = chunks.filter((chunk) => from <= chunk.from && chunk.to <= to);
  const bytes = inside.reduce((sum, { length }) => sum + length, 0);
  const ms = (inside.at(-1)?.to ?? 0) - (inside[0]?.from ?? 0);
  return ms > 0 ? (bytes / 2 ** 20 / ms) * 60_000 : Number.NaN;
}

/** How soon other moments were shown, by what the screen showed then. */
export function seekTable(runs: readonly Run[], began: number, seeks: readonly Seek[]): string {
  const scenes = [...new Set(runs.map(({ scene }) => scene))];
  const of = (scene: string): Seek[] =>
    seeks.filter(({ at }) =>
      runs.some((run) => run.scene === scene && run.from <= began + at && began + at < run.to),
    );
  const row = (name: string, some: readonly Seek[]): string[] => {
    const ms = some.map((seek) => seek.ms);
    const late = ms.filter((one) => one > 300).length;
    return [
      ...[name, `${ms.length}`, digits(quantile(ms, 0.5)), digits(quantile(ms, 0.95))],
      ...[digits(Math.max(...ms)), `${late}`],
    ];
  };
  return table(
    ["moments of", "seeks", "p50 ms", "p95 ms", "most ms", "over 300 ms"],
    [...scenes.map((scene) => row(scene, of(scene))), row("all", seeks)],
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}
