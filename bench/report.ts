import type { Results } from "./results.ts";
import { cellText, spread } from "./stats.ts";

/** Prints the median and spread of every figure. */
export function report(results: Results): void {
  const figures = new Map<string, (number | null)[]>();
  for (const result of results.all) {
    const { link, size, peer, scene } = result;
    for (const [name, value] of Object.entries(result.figures)) {
      const key = [link, size, peer, scene, name].join(" · ");
      figures.set(key, [...(figures.get(key) ?? []), value]);
    }
  }
  for (const [key, values] of figures) console.log(`${key}: ${cellText(spread(values))}`);
}
