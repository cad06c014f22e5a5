/** Figures of one scene in one run, by name; the unit is part of the name. */
export type Figures = Readonly<Record<string, number>>;

/** The p-quantile (0 to 1) of values, by the nearest rank; NaN of none. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? Number.NaN;
}

/** What several runs say of one figure. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

/** Puts runs together. A run that did not get that far (NaN, null in JSON) does not count. */
export function spread(values: readonly (number | null)[]): Spread | undefined {
  const known = values.filter((v): v is number => v !== null && Number.isFinite(v));
  if (known.length === 0) return undefined;
  const sorted = [...known].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
  return { median, min: Math.min(...known), max: Math.max(...known), runs: known.length };
}

/** A value with three digits that mean something. */
export function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || value === 0) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : 2);
}

/** A median with its spread, as tables show it; the spread is left out where it cannot be seen. */
export function cellText(s: Spread | undefined): string {
  if (s === undefined) return "–";
  const [median, min, max] = [digits(s.median), digits(s.min), digits(s.max)];
  return min === max ? median : `${median} [${min}..${max}]`;
}
