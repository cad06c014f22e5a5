/** What waiting means to the person, in words. Pure. */
import type { Waiting } from "../protocol/waiting.ts";
import { span } from "../ui/format.ts";
import { inOrder } from "../ui/language.ts";
import { t } from "../ui/texts.ts";

const MINUTE = 60_000;

/** What the page is headed by. */
export function titleOf({ stage, technician }: Pick<Waiting, "stage" | "technician">): string {
  switch (stage) {
    case "queued":
      return t("requester.wait.queued");
    case "taken":
    case "start":
      return technician === undefined
        ? t("requester.wait.queued")
        : t("requester.wait.taken", { technician });
    case "aside":
      return t("requester.wait.aside");
    case "over":
      return t("requester.wait.over");
    case "withdrawn":
      return t("requester.wait.withdrawn");
    default:
      return stage satisfies never;
  }
}

/** What comes next, one sentence each. */
export function linesOf(page: Pick<Waiting, "stage" | "reach" | "before" | "range">): readonly string[] {
  const { stage, reach, before, range } = page;
  switch (stage) {
    case "queued":
      return [
        before === 0 ? t("requester.wait.next") : t("requester.wait.before", { n: before }),
        range === undefined
          ? t("requester.wait.range.unknown")
          : t("requester.wait.range", rangeOf(range.from, range.to)),
      ];
    case "taken":
    case "start":
      return [t("requester.wait.taken.hint", { reach: inOrder(reach) })];
    case "aside":
      return [t("requester.wait.aside.hint", { reach: inOrder(reach) })];
    case "over":
      return [t("requester.wait.over.hint")];
    case "withdrawn":
      return [t("requester.wait.withdrawn.hint")];
    default:
      return stage satisfies never;
  }
}

/** Minutes as people say them: the longer, the rounder; the end is never before the beginning. */
export function rangeOf(from: number, to: number): { from: string; to: string } {
  const low = round(from, Math.floor);
  return { from: span(low * MINUTE), to: span(Math.max(round(to, Math.ceil), low + 1) * MINUTE) };
}

function round(minutes: number, by: (n: number) => number): number {
  const step = minutes < 10 ? 1 : minutes < 60 ? 5 : minutes < 600 ? 30 : 60;
  return by(minutes / step) * step;
}
