import { expect, test } from "vitest";
import type { Session } from "../protocol/answers.ts";
import { needsAnswer, newsBetween, stageOf, stageText, unableText } from "./stage.ts";
import { t } from "./texts.ts";

type Phase = Session["phase"];
const session = (phase: Phase, more: Partial<Session> = {}): Session =>
  ({ id: "s", phase, openedAt: undefined, ...more }) as Session;

test.each<[Phase, string | undefined, string]>([
  ["invited", undefined, "desk.stage.sent"],
  ["invited", "2026-01-01T00:00:00.000Z", "desk.stage.opened"],
  ["joined", undefined, "desk.stage.joined"],
  ["asking", undefined, "desk.stage.asked"],
  ["live", undefined, "desk.stage.live"],
  ["paused", undefined, "desk.stage.paused"],
  ["ended", undefined, "desk.stage.ended"],
])("%s, opened %s, reads %s", (phase, openedAt, want) => {
  expect(stageText(stageOf(session(phase, { openedAt })))).toBe(want);
});

test("only somebody who joined needs an answer", () => {
  expect(needsAnswer(session("joined"))).toBe(true);
  expect(needsAnswer(session("asking"))).toBe(false);
});

test.each<[string, Phase, Partial<Session>, string[]]>([
  ["arrived", "invited", { phase: "joined" }, ["joined"]],
  ["allowed", "asking", { phase: "live" }, ["allowed"]],
  ["declined", "asking", { phase: "ended", reason: "declined" }, ["declined"]],
  ["did not answer", "asking", { phase: "ended", reason: "unanswered" }, ["declined"]],
  ["resumed, which is no answer", "paused", { phase: "live" }, []],
  ["ended by the technician", "live", { phase: "ended", reason: "technician" }, []],
  ["nothing changed", "live", { phase: "live" }, []],
])("news when the requester %s", (_, before, after, want) => {
  const news = newsBetween([session(before)], [session(before, after)]);
  expect(news.map((n) => n.kind)).toEqual(want);
});

test("a program that cannot show its screen is news, once for each cause", () => {
  const waiting = session("invited");
  const told = session("invited", { unable: "wayland" });
  expect(newsBetween([waiting], [told]).map((n) => n.kind)).toEqual(["unable"]);
  expect(newsBetween([told], [told])).toEqual([]);
  expect(newsBetween([told], [session("joined")]).map((n) => n.kind)).toEqual(["joined"]);
  expect(stageText(stageOf(told))).toBe("desk.stage.unable");
});

test("a session that is seen for the first time is no news", () => {
  expect(newsBetween([], [session("joined")])).toEqual([]);
});

test.each([
  ["wayland", "desk.unable.wayland"],
  ["no_screen", "desk.unable.no-screen"],
] as const)("why a desktop cannot be shown: %s", (code, key) => {
  expect(unableText(code, "Sam")).toBe(t(key, { requester: "Sam" }));
});
