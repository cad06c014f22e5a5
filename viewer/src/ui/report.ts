/** Periods of reports, in the days of whoever reads. Pure. */

/** Lengths that are offered, in days. */
export const PERIODS = [7, 30, 90] as const;

const two = (n: number): string => String(n).padStart(2, "0");

/** The local day of a moment: "2026-03-02". */
export function isoDay(at: number): string {
  const d = new Date(at);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

/** The day after, whatever the clocks do in between. */
export function dayAfter(day: string): string {
  const d = new Date(`${day}T12:00:00`);
  d.setDate(d.getDate() + 1);
  return isoDay(d.getTime());
}

/** The local midnight that begins a day, with its offset (RFC 3339): weeks begin there. */
export function midnight(day: string): string {
  const east = -new Date(`${day}T00:00:00`).getTimezoneOffset();
  const size = Math.abs(east);
  return `${day}T00:00:00${east < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
