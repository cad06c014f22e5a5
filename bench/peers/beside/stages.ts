/** Where the time of a display update goes, from what the client logs once a second with --verbose. */
import type { Figures } from "../../stats.ts";

const line = /^time=(\S+) level=DEBUG msg=display (.*)$/gm;

/** What the client logged between two moments, in milliseconds since 1970, each added up by its name. */
export function sums(log: string, from: number, to: number): ReadonlyMap<string, number> {
  const sum = new Map<string, number>();
  for (const [, time = "", fields = ""] of log.matchAll(line)) {
    const at = Date.parse(time);
    if (at < from || at > to) continue;
    for (const field of fields.split(" ")) {
      const [name = "", value = ""] = field.split("=");
      sum.set(name, (sum.get(name) ?? 0) + milliseconds(value));
    }
  }
  return sum;
}

/** Mean times of an update between two moments, in milliseconds since 1970; nothing when there were none. */
export function readStages(log: string, from: number, to: number): Figures {
  const sum = sums(log, from, to);
  const of = (name: string): number => sum.get(name) ?? 0;
  if (of("updates") === 0 || of("grabs") === 0 || of("answers") === 0) return {};
  return {
    "stage wait ms": of("wait") / of("grabs"),
    "stage grab ms": of("grab") / of("grabs"),
    "stage detect ms": of("detect") / of("grabs"),
    "stage compress ms": of("compress") / of("updates"),
    "stage send ms": of("send") / of("updates"),
    "stage receive ms": of("receive") / of("answers"),
    "stage paint ms": of("paint") / of("answers"),
    "stage acknowledge ms": of("acknowledge") / of("answers"),
    "updates a grab": of("updates") / of("grabs"),
  };
}

const units: Readonly<Record<string, number>> = { h: 3.6e6, m: 60_000, s: 1000, ms: 1, µs: 1e-3, ns: 1e-6 };

/** A duration as Go prints it, such as 1m2.5s or 130µs, in milliseconds; a bare number is itself. */
export function milliseconds(text: string): number {
  if (/^-?[\d.]+$/.test(text)) return Number(text);
  let sum = 0;
  for (const [, value, unit = ""] of text.matchAll(/([\d.]+)(h|ms|µs|ns|m|s)/g)) {
    sum += Number(value) * (units[unit] ?? Number.NaN);
  }
  return sum;
}
