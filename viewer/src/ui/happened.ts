/** When events happened. Pure. */
import type { AuditEvent } from "../protocol/answers.ts";

type Timed = Pick<AuditEvent, "time" | "saidAt">;

/**
 * Tells when events of one session happened, in milliseconds since 1970 by the broker's clock. An event that the client
 * saw may have been told long after, when the broker was back; the client says when it was, by a clock of its own. How
 * far that clock is ahead shows the event that came soonest after it happened.
 */
export function happening(events: readonly Timed[]): (event: Timed) => number {
  const ahead = events.flatMap(({ time, saidAt }) =>
    saidAt === undefined ? [] : [Date.parse(saidAt) - Date.parse(time)],
  );
  const skew = Math.max(...ahead);
  return ({ time, saidAt }) => (saidAt === undefined ? Date.parse(time) : Date.parse(saidAt) - skew);
}
