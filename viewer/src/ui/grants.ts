/** Rights over time, from a session's events. Pure. */
import type { AuditEvent } from "../protocol/answers.ts";

type Told = Pick<AuditEvent, "seq" | "kind" | "data">;

/** A right that was granted for a while, in milliseconds since 1970. */
export interface Bar {
  readonly scope: string;
  readonly from: number;
  readonly to: number;
  /** What ended it: requester, technician, token, time, idle, locked, session; undefined: it goes on. */
  readonly by: string | undefined;
}

/** A time in which the requester had paused everything. */
export interface Pause {
  readonly from: number;
  readonly to: number;
}

export interface Grants {
  readonly bars: readonly Bar[];
  readonly pauses: readonly Pause[];
  readonly from: number;
  readonly to: number;
}

/** What was granted when; `now` is where what goes on is shown to. */
export function grantsOf<T extends Told>(
  events: readonly T[],
  happened: (event: T) => number,
  now: number,
): Grants {
  const since = new Map<string, number>();
  const bars: Bar[] = [];
  const pauses: Pause[] = [];
  let paused: number | undefined;
  let last = 0;
  const close = (scope: string, to: number, by: string | undefined): void => {
    const from = since.get(scope);
    if (from !== undefined) bars.push({ scope, from, to, by });
    since.delete(scope);
  };
  const resume = (to: number): void => {
    if (paused !== undefined) pauses.push({ from: paused, to });
    paused = undefined;
  };
  for (const event of events.toSorted((a, b) => happened(a) - happened(b) || a.seq - b.seq)) {
    const at = happened(event);
    const { kind, data } = event;
    if (kind === "client.granted") {
      const granted = words(data["scopes"]);
      for (const scope of [...since.keys()]) if (!granted.includes(scope)) close(scope, at, undefined);
      for (const scope of granted) if (!since.has(scope)) since.set(scope, at);
    } else if (kind === "client.revoked") {
      for (const scope of words(data["scopes"])) close(scope, at, String(data["by"] ?? ""));
    } else if (kind === "client.paused") paused ??= at;
    else if (kind === "client.resumed") resume(at);
    else if (kind === "client.stopped" || kind === "session.ended") {
      for (const scope of [...since.keys()]) close(scope, at, "session");
      resume(at);
    } else continue;
    last = at;
  }
  const open = [...since.keys()];
  for (const scope of open) close(scope, now, undefined);
  if (paused !== undefined) resume(now);
  const from = Math.min(...bars.map((bar) => bar.from));
  return { bars, pauses, from, to: open.length > 0 ? now : last };
}

function words(value: unknown): string[] {
  return typeof value === "string" ? value.split(" ").filter((word) => word !== "") : [];
}
