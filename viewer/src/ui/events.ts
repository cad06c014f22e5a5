/** Audited events in plain words. Pure. */
import type { AuditEvent } from "../protocol/answers.ts";
import { span, time } from "./format.ts";
import { named, t } from "./texts.ts";

type Values = Record<string, string | number>;

/** The scopes of a space-separated list, in words. */
export function scopeWords(list: string): string {
  const names = list.split(" ").filter((name) => name !== "");
  return names.length === 0 ? t("event.nothing") : names.map((name) => named("scope", name)).join(", ");
}

/** What happened, in one sentence. */
export function eventText(event: Pick<AuditEvent, "kind" | "data">): string {
  const values: Values = {};
  for (const [name, value] of Object.entries(event.data)) {
    if (typeof value === "string" || typeof value === "number")
      values[name] = valueText(event.kind, name, value);
    else if (Array.isArray(value)) values[name] = value.join(", ");
  }
  return named("event", event.kind, values);
}

function valueText(kind: string, name: string, value: string | number): string | number {
  if (typeof value === "number") return value;
  switch (name) {
    case "scopes":
    case "asked":
    case "scope":
      return scopeWords(value);
    case "reason":
      return kind === "session.ended" || kind === "client.stopped" ? named("end", value) : value;
    case "role":
      return value === "client" ? t("event.role.client") : t("event.role.viewer");
    case "code":
      return kind === "client.unable" || kind === "invitation.unable" ? named("notice", value) : value;
    case "expires":
      return time(new Date(value));
    case "by":
      return named("event.by", value);
    default:
      return value;
  }
}

/** How much an event says about the story of a session; the rest is for those who look closer. */
export function isStory(kind: string): boolean {
  return !/^(token|relay|message|session\.peer)/.test(kind);
}

/** Time from the first event, for the margin of a timeline. */
export function offset(first: string, at: string): string {
  const ms = Date.parse(at) - Date.parse(first);
  return ms < 60_000 ? t("time.seconds", { s: Math.floor(ms / 1000) }) : span(ms);
}
