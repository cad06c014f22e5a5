/** Order and words of the desk. Pure; the broker's rules stand in its package desk. */
import type { Level, Session, Ticket, TicketState } from "../protocol/answers.ts";
import { LEVELS, TICKET_STATES } from "../protocol/answers.ts";
import type { DeskRules } from "../protocol/rules.ts";
import { left, span } from "./format.ts";
import { type Key, t } from "./texts.ts";

/** The priority that a choice leads to, by the desk's matrix; the broker decides. */
export function priorityOf(matrix: DeskRules["matrix"], impact: Level, urgency: Level): number {
  return matrix[LEVELS.indexOf(impact)]?.[LEVELS.indexOf(urgency)] ?? 5;
}

const PRIORITY: readonly Key[] = [
  "desk.priority.1",
  "desk.priority.2",
  "desk.priority.3",
  "desk.priority.4",
  "desk.priority.5",
];

export function priorityText(priority: number): Key {
  return PRIORITY[priority - 1] ?? "desk.priority.5";
}

export const STATE_TEXT: Readonly<Record<TicketState, Key>> = {
  open: "desk.state.open",
  helping: "desk.state.helping",
  waiting: "desk.state.waiting",
  resolved: "desk.state.resolved",
  closed: "desk.state.closed",
};

/** The states that a ticket may go to next, as the broker allows. */
export const NEXT_STATES: Readonly<Record<TicketState, readonly TicketState[]>> = {
  open: ["helping", "waiting", "resolved"],
  helping: ["open", "waiting", "resolved"],
  waiting: ["open", "helping", "resolved"],
  resolved: ["open", "helping", "closed"],
  closed: [],
};

/** Which tickets a view of the desk holds. */
export type View = "work" | "done" | "all";

export const VIEW_STATES: Readonly<Record<View, readonly TicketState[]>> = {
  work: ["open", "helping", "waiting"],
  done: ["resolved", "closed"],
  all: TICKET_STATES,
};

/** Why a ticket stands where it stands, in words: who cannot work, how soon, when help is due, who came before. */
export function whyHere(ticket: Ticket, now: number): string {
  const due = Date.parse(ticket.dueAt) - now;
  const parts = [
    t(`desk.impact.${ticket.impact}`),
    t(`desk.urgency.${ticket.urgency}`),
    due < 0 ? t("desk.due.since", { time: span(-due) }) : t("desk.due.in", { time: left(due) }),
  ];
  if (ticket.contacts > 1) parts.push(t("desk.contacts", { n: ticket.contacts }));
  return parts.join(" · ");
}

/** How long a ticket took: in its sessions, and besides. */
export function timeOf({ sessionMs, minutes }: Pick<Ticket, "sessionMs" | "minutes">): string {
  return t("desk.time.of", { session: span(sessionMs), besides: span(minutes * 60_000) });
}

/** How a ticket was solved, as it stands; of a duplicate that says nothing yet: that it is one. */
export function resolutionOf({ resolution, links }: Pick<Ticket, "resolution" | "links">): string {
  const original = links.find(({ kind }) => kind === "duplicate_of");
  if (resolution !== "" || original === undefined) return resolution;
  return t("desk.linked.draft", { number: original.number, subject: original.subject });
}

/** The session of a ticket that did not end, the newest first. */
export function openSession(ticket: string, sessions: readonly Session[]): Session | undefined {
  return sessions
    .filter((s) => s.ticket === ticket && s.phase !== "ended")
    .toSorted((a, b) => b.invitedAt.localeCompare(a.invitedAt))[0];
}
