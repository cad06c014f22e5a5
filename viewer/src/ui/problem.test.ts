import { expect, test, vi } from "vitest";
import { ApiError } from "../protocol/api.ts";
import { PasskeyCancelled } from "./passkey.ts";
import { problemText } from "./problem.ts";
import { t } from "./texts.ts";

test.each([
  ["a broker that is away", new ApiError(0, "offline", "", undefined), t("error.offline")],
  ["a broker that fails and says nothing", new ApiError(500, "", "", undefined), t("error.internal")],
  ["what does not exist", new ApiError(404, "", "", undefined), t("error.not-found")],
  ["the broker's own words", new ApiError(409, "taken", "Somebody has it.", undefined), "Somebody has it."],
  ["a question that was closed", new PasskeyCancelled(), t("passkey.cancelled")],
])("%s is told in words", (_, error, want) => {
  expect(problemText(error)).toBe(want);
});

test("what nobody foresaw is told plainly, and kept for whoever looks", () => {
  const kept = vi.spyOn(console, "error").mockImplementation(() => undefined);
  expect(problemText(new TypeError("x is not a function"))).toBe(t("error.internal"));
  expect(kept).toHaveBeenCalledOnce();
  kept.mockRestore();
});
