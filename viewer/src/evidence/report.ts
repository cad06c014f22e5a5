/** What verifying finds. The codes are those of the Go package signaling/evidence; verify.CODE are their words. */
import type { LoggedEvent } from "./leaf.ts";

export type FindingKind = "proven" | "missing" | "false" | "note";

export interface Finding {
  readonly kind: FindingKind;
  readonly code: string;
  /** The event that it is about; 0: none. */
  readonly event: number;
  /** Fill the holes of its words. */
  readonly values: Readonly<Record<string, string>>;
}

export class Report {
  readonly findings: Finding[] = [];
  /** The session's events as far as they are proven to be in the log, with what personal data there is. */
  readonly story: LoggedEvent[] = [];

  add(
    kind: FindingKind,
    code: string,
    event = 0,
    values: Readonly<Record<string, string | number>> = {},
  ): void {
    const texts = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, printable(String(value))]),
    );
    this.findings.push({
      kind,
      code,
      event,
      values: event === 0 ? texts : { ...texts, event: String(event) },
    });
  }

  has(code: string): boolean {
    return this.findings.some((one) => one.code === code);
  }

  /** Nothing is false and nothing missing; nothing is false; something is. */
  get verdict(): "proven" | "missing" | "false" {
    const found = (kind: FindingKind): boolean => this.findings.some((one) => one.kind === kind);
    return found("false") ? "false" : found("missing") ? "missing" : "proven";
  }
}

/** Keeps what a file says from turning the line around. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replaceAll(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

/** A moment as the findings have it. */
export function stamp(at: Date): string {
  return at.toISOString().slice(0, 19).replace("T", " ");
}
