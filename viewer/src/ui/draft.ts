/** What a session's events say was done, as the first lines of a ticket's note. Pure. */
import type { Session } from "../protocol/answers.ts";
import { between, moment } from "./format.ts";
import { lookedOn, type Told } from "./looked-on.ts";
import { t } from "./texts.ts";

/** What a technician writes when the help is over. */
export interface Note {
  resolution: string;
  systemChanges: string;
}

type Facts = Pick<Session, "liveAt" | "endedAt" | "system">;

/**
 * When, how long, on what, seen or controlled, who looked on, and what files moved. Empty when nothing was ever
 * shown.
 */
export function draftOf(session: Facts, events: readonly Told[], now: number): string {
  if (session.liveAt === undefined) return "";
  const end = session.endedAt ?? new Date(now).toISOString();
  const controlled = events.some((e) => e.kind === "client.control_started");
  const seen = t(controlled ? "desk.draft.controlled" : "desk.draft.seen", {
    when: moment(session.liveAt, now),
    length: between(session.liveAt, end),
    system: systemText(session.system) || t("desk.draft.computer"),
  });
  const others = lookedOn(events).map((technician) => t("colleague.draft", { technician }));
  const came = events.filter((e) => e.kind === "client.file_received").length;
  const left = events.filter((e) => e.kind === "client.file_sent").length;
  return [
    [seen, ...others].join(" "),
    ...(came > 0 ? [t("desk.draft.files-came", { n: came })] : []),
    ...(left > 0 ? [t("desk.draft.files-left", { n: left })] : []),
  ].join("\n");
}

/** Text that is there, then the draft, which is not added twice. */
export function withDraft(text: string, draft: string): string {
  if (draft === "" || text.includes(draft)) return text;
  return text === "" ? draft : `${text}\n${draft}`;
}

/** How a machine is called: "till-3: Debian GNU/Linux 12 (amd64)". The name may be missing. */
export function systemText(system: Session["system"]): string {
  if (system === undefined) return "";
  const { os, arch, name, version } = system;
  const words = arch === "" ? version || os : `${version || os} (${arch})`;
  return name === "" ? words : `${name}: ${words}`;
}
