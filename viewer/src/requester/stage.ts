/** What each stage means to the person who is helped. Pure. */
import type { InvitationPage } from "../protocol/answers.ts";
import { span } from "../ui/format.ts";
import { type Key, t } from "../ui/texts.ts";

/** Where the page stands: before the program runs, while it runs, or over. */
export type Standing = "before" | "running" | "expired" | "revoked" | "ended";

const STANDING: Readonly<Record<string, Standing>> = {
  invited: "before",
  opened: "before",
  joined: "running",
  asking: "running",
  live: "running",
  paused: "running",
  expired: "expired",
  revoked: "revoked",
  ended: "ended",
};

export function standingOf(stage: string): Standing {
  return STANDING[stage] ?? "before";
}

const RUNNING: Readonly<Record<string, Key>> = {
  joined: "requester.stage.joined",
  asking: "requester.stage.asking",
  live: "requester.stage.live",
  paused: "requester.stage.paused",
};

/** One sentence about now. started: whether Start was pressed on this page. */
export function stageText(
  page: Pick<InvitationPage, "stage" | "technician" | "unable">,
  started: boolean,
): string {
  const { stage, technician } = page;
  const key = RUNNING[stage];
  if (key !== undefined) return t(key, { technician });
  if (page.unable !== undefined) {
    return t(page.unable === "wayland" ? "requester.stage.wayland" : "requester.stage.no-screen");
  }
  return t(started ? "requester.stage.waiting" : "requester.stage.ready", { technician });
}

/** What was done, one sentence each. */
export function summaryOf(page: Pick<InvitationPage, "summary" | "technician">): string[] {
  const { summary, technician } = page;
  if (summary === undefined || !summary.viewed) return [t("requester.ended.nothing", { technician })];
  const lines = [t("requester.ended.saw", { technician, time: lengthOf(summary) })];
  lines.push(
    t(summary.controlled ? "requester.ended.controlled" : "requester.ended.watched", { technician }),
  );
  return lines;
}

function lengthOf(summary: {
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
}): string {
  const { startedAt, endedAt } = summary;
  if (startedAt === undefined || endedAt === undefined) return t("time.less");
  return span(Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)));
}
