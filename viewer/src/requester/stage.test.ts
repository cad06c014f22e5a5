import { expect, test } from "vitest";
import { t } from "../ui/texts.ts";
import { stageText, standingOf, summaryOf } from "./stage.ts";
import { commandLine, systemOf } from "./system.ts";

const technician = "Grace";

test.each([
  ["invited", "before"],
  ["opened", "before"],
  ["joined", "running"],
  ["paused", "running"],
  ["expired", "expired"],
  ["revoked", "revoked"],
  ["ended", "ended"],
  ["unheard_of", "before"],
] as const)("the stage %s stands %s", (stage, want) => {
  expect(standingOf(stage)).toBe(want);
});

test("before Start and after it, other words", () => {
  expect(stageText({ stage: "invited", technician, unable: undefined }, false)).toBe(
    "Press Start when you are ready.",
  );
  expect(stageText({ stage: "opened", technician, unable: undefined }, true)).toBe(
    "Waiting until you run the program.",
  );
  const unable = { stage: "opened", technician, unable: "wayland" } as const;
  expect(stageText(unable, true)).toContain("choose a session called Xorg or X11");
  expect(stageText({ ...unable, unable: "no_screen" }, true)).toBe(t("requester.stage.no-screen"));
  expect(stageText({ stage: "live", technician, unable: undefined }, true)).toBe("Grace is with you now.");
});

const summary = {
  startedAt: "2026-01-01T10:00:00.000Z",
  endedAt: "2026-01-01T10:14:00.000Z",
  viewed: true,
  controlled: true,
  rating: undefined,
};
test.each([
  ["nothing", undefined, ["Grace did not see your screen."]],
  [
    "seen",
    { ...summary, controlled: false },
    ["Grace saw your screen (14 min).", "Grace did not use your mouse or keyboard."],
  ],
  ["controlled", summary, ["Grace saw your screen (14 min).", "Grace used your mouse and keyboard."]],
])("a summary of %s", (_, value, want) => {
  expect(summaryOf({ summary: value, technician })).toEqual(want);
});

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "linux"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36", "windows"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15", "mac"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148", "phone"],
  ["Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Mobile Safari", "phone"],
  ["Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36", "other"],
  ["something", "other"],
] as const)("%s is %s", (userAgent, want) => {
  expect(systemOf(userAgent)).toBe(want);
});

test("the line makes the download runnable and runs it", () => {
  expect(commandLine("Beside-X")).toBe("chmod +x ~/Downloads/Beside-X && ~/Downloads/Beside-X");
});
