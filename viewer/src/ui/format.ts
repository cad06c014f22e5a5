/** How times and amounts are written. Pure: the clock is always an argument. */
import { locale } from "./language.ts";
import { t } from "./texts.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span in its one or two largest units: "under 1 min", "14 min", "2 h 5 min", "3 d 4 h". */
export function span(ms: number): string {
  if (ms < MINUTE) return t("time.less");
  if (ms < HOUR) return t("time.minutes", { m: Math.floor(ms / MINUTE) });
  if (ms < DAY) {
    const m = Math.floor((ms % HOUR) / MINUTE);
    const h = Math.floor(ms / HOUR);
    return m === 0 ? t("time.hours", { h }) : t("time.hours-minutes", { h, m });
  }
  const h = Math.floor((ms % DAY) / HOUR);
  const d = Math.floor(ms / DAY);
  return h === 0 ? t("time.days", { d }) : t("time.days-hours", { d, h });
}

/** A countdown in minutes and seconds: "14:59". */
export function countdown(ms: number): string {
  const left = Math.max(0, Math.ceil(ms / SECOND));
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}

/** Whole minutes that are left, rounded up as on the requester's bar: "48 min". */
export function left(ms: number): string {
  return span(Math.max(1, Math.ceil(ms / MINUTE)) * MINUTE);
}

/** Time since an instant. */
export function since(iso: string, now: number): string {
  return span(Math.max(0, now - Date.parse(iso)));
}

/** Time between two instants. */
export function between(from: string, to: string): string {
  return span(Math.max(0, Date.parse(to) - Date.parse(from)));
}

/** Clock time, of 24 hours as in the client's windows. */
export function time(at: Date): string {
  return at.toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** Clock time; with the date when that is not today's. */
export function moment(iso: string, now: number): string {
  const at = new Date(iso);
  const sameDay = at.toDateString() === new Date(now).toDateString();
  if (sameDay) return time(at);
  return `${at.toLocaleDateString(locale(), { day: "numeric", month: "short", year: "numeric" })}, ${time(at)}`;
}

/** Clock time to the second, for a timeline. */
export function clock(at: string | number): string {
  return new Date(at).toLocaleTimeString(locale(), {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
}

/** An amount of memory or disk, to three digits: "15.4 GiB". */
export function size(bytes: number): string {
  const unit = bytes < 2 ** 30 ? "mib" : bytes < 2 ** 40 ? "gib" : "tib";
  const n = bytes / { mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 }[unit];
  return t(`size.${unit}`, { n: n < 100 ? Number(n.toFixed(1)) : Math.round(n) });
}

/** How large a file is: "313 KiB", and from a MiB on as size says. */
export function fileSize(bytes: number): string {
  return bytes < 2 ** 20 ? t("size.kib", { n: Math.ceil(bytes / 1024) }) : size(bytes);
}

/** Bits a second. */
export function rate(bitsPerSecond: number): string {
  if (bitsPerSecond < 1000) return t("rate.idle");
  if (bitsPerSecond < 1e6) return t("rate.kbit", { n: Math.round(bitsPerSecond / 1000) });
  return t("rate.mbit", { n: (bitsPerSecond / 1e6).toFixed(1) });
}
