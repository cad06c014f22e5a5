/** Keys that an auditor has compared, kept in this browser. */

export interface Known {
  readonly log: string;
  readonly witnesses: readonly string[];
  /** When they were compared. */
  readonly since: string;
}

const NAME = "beside.known-log";
const MAX = 8 << 10;

/** What was compared here; undefined: nothing was, or it is damaged. */
export function readKnown(storage: Pick<Storage, "getItem">): Known | undefined {
  try {
    const raw = storage.getItem(NAME);
    if (raw === null || raw.length > MAX) return undefined;
    const { log, witnesses, since } = JSON.parse(raw) as Partial<Record<string, unknown>>;
    if (typeof log !== "string" || typeof since !== "string" || !Array.isArray(witnesses)) return undefined;
    return { log, since, witnesses: witnesses.filter((one): one is string => typeof one === "string") };
  } catch {
    return undefined;
  }
}

/** Keeps keys that were compared. */
export function keepKnown(storage: Pick<Storage, "setItem">, known: Known): void {
  storage.setItem(NAME, JSON.stringify(known));
}
