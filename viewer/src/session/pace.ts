/**
 * How much of files may be under way at once, so that the picture and the hands find no queue before them: less when
 * answers take longer than the quickest did, more when they do not (as LEDBAT, RFC 6817). The twin of the client's.
 */
import { MaxPieceBytes } from "../protocol/control.gen.ts";

const LEAST = 2 * MaxPieceBytes;
const MOST = 32 * MaxPieceBytes;
const PATIENT_MS = 4;

export class Pace {
  private window = LEAST;
  private underWay = 0;
  private quickest = Number.POSITIVE_INFINITY;
  private cut = 0;

  /** Takes room for so many bytes, if there is. */
  take(bytes: number): boolean {
    if (this.underWay > 0 && this.underWay + bytes > this.window) return false;
    this.underWay += bytes;
    return true;
  }

  /** Gives room back for what is under way no more, unanswered. */
  gone(bytes: number): void {
    this.underWay -= bytes;
  }

  /** Bytes arrived that were sent a while ago. */
  answered(bytes: number, tookMs: number, now: number): void {
    this.underWay -= bytes;
    this.quickest = Math.min(this.quickest, tookMs);
    if (tookMs <= this.quickest + PATIENT_MS) {
      this.window = Math.min(this.window + (MaxPieceBytes * bytes) / this.window, MOST);
    } else if (now - this.cut > tookMs) {
      this.window = Math.max((this.window * 3) / 4, LEAST); // once for each round
      this.cut = now;
    }
  }
}
