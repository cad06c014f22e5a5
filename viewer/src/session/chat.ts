/**
 * The chat with the requester, as this page has it. The client keeps the conversation: what we write is ours alone
 * until the client says it, and each new connection hears all of it again.
 */
import type { FromClient } from "../protocol/control.ts";

/** One line. Without a number it is on its way: the client has not said it yet. */
export interface ChatLine {
  readonly n: number | undefined;
  readonly by: "technician" | "requester";
  readonly id: string;
  readonly text: string;
}

/** As many as the client keeps: what is older it does not say again. */
const MAX_LINES = 200;

/** The conversation with one more line that the client said. */
export function heard(
  lines: readonly ChatLine[],
  said: Extract<FromClient, { type: "said" }>,
): readonly ChatLine[] {
  const { n, by, id, text } = said;
  if (lines.some((line) => line.n === n)) return lines;
  const told = lines.filter((line) => line.n !== undefined);
  const underWay = lines.filter((line) => line.n === undefined && !(by === "technician" && line.id === id));
  const at = told.findIndex((line) => (line.n ?? 0) > n);
  told.splice(at < 0 ? told.length : at, 0, { n, by, id, text });
  return [...told.slice(-MAX_LINES), ...underWay];
}

/** The conversation with a line that we begin to say. */
export function saying(lines: readonly ChatLine[], id: string, text: string): readonly ChatLine[] {
  return [...lines, { n: undefined, by: "technician", id, text }];
}

/** How many the requester wrote after the line with this number. */
export function unread(lines: readonly ChatLine[], seen: number): number {
  return lines.filter((line) => line.by === "requester" && (line.n ?? 0) > seen).length;
}

/** What of a written text is a line: none of its control characters but new lines, and no room around it. */
export function sayable(written: string): string {
  return written
    .replace(/\r\n?/g, "\n")
    .replace(/[^\P{Cc}\n]/gu, "")
    .trim();
}

/** The number of the last line that the client said. */
export function lastOf(lines: readonly ChatLine[]): number {
  return lines.reduce((last, line) => Math.max(last, line.n ?? 0), 0);
}

/** Below what a client takes of a page that is ours: 20 at once, and then one each second. */
const BURST = 10;

/** Keeps us to a rate. Times are by Date.now. */
export class Rate {
  private full = 0;

  take(now: number): boolean {
    const next = Math.max(this.full, now) + 1000;
    if (next - now > BURST * 1000) return false;
    this.full = next;
    return true;
  }
}
