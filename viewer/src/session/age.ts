/**
 * How old the picture is: the way here, which is half the round trip, and the time
 * from an update's first byte until it is painted. What the client takes to notice
 * and compress a change cannot be seen from here and is not in it.
 */
import type { PathFigures } from "./path.ts";

/** ICE checks the path every few seconds, so a longer silence means that it is interrupted. */
const SILENT_MS = 7000;

/** Weight of the last reading in the mean. */
const LAST = 0.4;

/** In milliseconds. */
export interface PictureAge {
  /** The sum, rounded so that it does not flicker. */
  readonly totalMs: number;
  readonly wayMs: number;
  readonly paintMs: number;
  /** Nothing at all has come for a while: the picture is at least so old. */
  readonly silent: boolean;
}

export class Age {
  private way: number | undefined;
  private paint = 0;
  /** Updates since the last reading. */
  private sum = 0;
  private count = 0;
  private shown = 0;

  /** An update was painted, so long after its first byte came. */
  painted(arrivalMs: number): void {
    this.sum += arrivalMs;
    this.count++;
  }

  /** Takes a reading, about once a second; undefined while nothing is known. now is by Date.now. */
  read(figures: PathFigures, now: number): PictureAge | undefined {
    if (figures.roundTripMs !== undefined) this.way = mean(this.way, figures.roundTripMs / 2);
    if (this.count > 0) this.paint = mean(this.paint === 0 ? undefined : this.paint, this.sum / this.count);
    this.sum = this.count = 0;
    if (this.way === undefined) return undefined;
    const silence = figures.heardAt === undefined ? 0 : now - figures.heardAt;
    const silent = silence > SILENT_MS;
    this.shown = settle(this.shown, silent ? silence : this.way + this.paint);
    return { totalMs: this.shown, wayMs: Math.round(this.way), paintMs: Math.round(this.paint), silent };
  }
}

function mean(before: number | undefined, last: number): number {
  return before === undefined ? last : before + (last - before) * LAST;
}

/** The value in steps of about a tenth; one that has hardly changed stays. */
function settle(shown: number, value: number): number {
  const step = value < 20 ? 1 : value < 100 ? 5 : value < 1000 ? 10 : 1000;
  if (Math.abs(value - shown) < step * 0.8) return shown;
  return Math.max(1, Math.round(value / step) * step);
}
