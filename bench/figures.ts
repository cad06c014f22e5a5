/** Figures and how they are put together. */

/** The p-quantile (0 to 1) of values, by the nearest rank. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? Number.NaN;
}

/** Figures of one run, by name. */
export type Run = Readonly<Record<string, number>>;

/** A Markdown table: the median of all runs, then the least and the most. */
export function table(runs: readonly Run[]): string {
  const lines = ["| figure | median | min – max |", "|---|---:|---:|"];
  for (const name of Object.keys(runs[0] ?? {})) {
    const values = runs.map((run) => run[name] ?? Number.NaN);
    lines.push(
      `| ${name} | ${show(quantile(values, 0.5))} | ${show(Math.min(...values))} – ${show(Math.max(...values))} |`,
    );
  }
  return lines.join("\n");
}

function show(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}
