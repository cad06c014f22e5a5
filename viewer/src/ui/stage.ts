/** How far an invited requester has come, as the technician reads it. Pure. */
import type { Session } from "../protocol/answers.ts";
import { type Key, t } from "./texts.ts";

/** The steps from the link to the picture, in their order. */
export const STEPS = ["sent", "opened", "joined", "asked", "live"] as const;
export type Step = (typeof STEPS)[number];

export type Stage =
  | { readonly is: "step"; readonly step: Step }
  /** The program was started where it cannot show the screen; the link waits on. */
  | { readonly is: "unable" }
  | { readonly is: "paused" }
  | { readonly is: "ended" };

export const STEP_TEXT: Readonly<Record<Step, Key>> = {
  sent: "desk.stage.sent",
  opened: "desk.stage.opened",
  joined: "desk.stage.joined",
  asked: "desk.stage.asked",
  live: "desk.stage.live",
};

/** The stage of a session. */
export function stageOf(session: Pick<Session, "phase" | "openedAt" | "unable">): Stage {
  switch (session.phase) {
    case "invited":
      if (session.unable !== undefined) return { is: "unable" };
      return { is: "step", step: session.openedAt === undefined ? "sent" : "opened" };
    case "joined":
      return { is: "step", step: "joined" };
    case "asking":
      return { is: "step", step: "asked" };
    case "live":
      return { is: "step", step: "live" };
    case "paused":
      return { is: "paused" };
    case "ended":
      return { is: "ended" };
    default:
      return session.phase satisfies never;
  }
}

/** The words of a stage, for a row of the desk. */
export function stageText(stage: Stage): Key {
  switch (stage.is) {
    case "step":
      return STEP_TEXT[stage.step];
    case "unable":
      return "desk.stage.unable";
    case "paused":
      return "desk.stage.paused";
    case "ended":
      return "desk.stage.ended";
    default:
      return stage satisfies never;
  }
}

/** Whether the technician must act before anything goes on. */
export function needsAnswer(session: Pick<Session, "phase">): boolean {
  return session.phase === "joined";
}

/** Something that a technician who looks elsewhere must hear of. */
export interface News {
  readonly kind: "joined" | "allowed" | "declined" | "unable";
  readonly session: Session;
}

/** What is new between two readings of the same sessions. */
export function newsBetween(before: readonly Session[], after: readonly Session[]): News[] {
  const old = new Map(before.map((s) => [s.id, s]));
  const news: News[] = [];
  for (const session of after) {
    const earlier = old.get(session.id);
    if (earlier === undefined) continue;
    if (session.unable !== undefined && session.unable !== earlier.unable) {
      news.push({ kind: "unable", session });
    }
    const was = earlier.phase;
    if (was === session.phase) continue;
    if (session.phase === "joined") news.push({ kind: "joined", session });
    if (session.phase === "live" && was === "asking") news.push({ kind: "allowed", session });
    const answered = session.reason === "declined" || session.reason === "unanswered";
    if (session.phase === "ended" && answered) news.push({ kind: "declined", session });
  }
  return news;
}

/** What is in the way, and what the person has to do. */
export function unableText(code: NonNullable<Session["unable"]>, requester: string): string {
  return t(code === "wayland" ? "desk.unable.wayland" : "desk.unable.no-screen", { requester });
}
