import { describe, expect, it } from "vitest";
import type { Scope } from "../protocol/control.ts";
import { type LiveEvent, type LiveState, NO_RIGHTS, reduce, START } from "./live-state.ts";

const phase = (name: "invited" | "joined" | "asking" | "live" | "paused"): LiveEvent => ({
  type: "state",
  state: { phase: name, peer: "epoch" },
});
const rights = (...scopes: Scope[]): LiveEvent => ({
  type: "rights",
  rights: { ...NO_RIGHTS, scopes },
  at: 0,
});
const lapsed: LiveEvent = { type: "rights", rights: { ...NO_RIGHTS, taken: "time" }, at: 0 };
const run = (...events: LiveEvent[]): LiveState => events.reduce(reduce, START);

describe("stages", () => {
  it.each<[string, LiveEvent[], string]>([
    ["nothing known", [], "connecting"],
    ["link out", [phase("invited")], "invited"],
    ["somebody joined", [phase("invited"), phase("joined")], "joined"],
    ["accepted", [phase("joined"), phase("asking")], "verifying"],
    ["verified, nothing granted", [phase("asking"), { type: "verified" }], "asking"],
    ["view granted", [phase("asking"), { type: "verified" }, rights("view")], "live"],
    ["view taken back", [phase("live"), { type: "verified" }, rights("view"), rights()], "asking"],
    ["time over", [phase("live"), { type: "verified" }, rights("view"), lapsed], "lapsed"],
    [
      "time over, asked again",
      [phase("live"), { type: "verified" }, rights("view"), lapsed, { type: "asked", scopes: ["view"] }],
      "asking",
    ],
    [
      "connection lost",
      [phase("live"), { type: "verified" }, rights("view"), { type: "lost" }],
      "reconnecting",
    ],
    ["reloaded while live", [phase("live")], "verifying"],
    ["another tab", [phase("live"), { type: "stopped", at: "superseded" }, phase("live")], "superseded"],
    [
      "signed out elsewhere",
      [phase("live"), { type: "stopped", at: "signed_out" }, phase("live")],
      "signed_out",
    ],
    ["without the keys", [{ type: "stopped", at: "no_keys" }, phase("live")], "no_keys"],
    ["ended", [phase("live"), { type: "ended", reason: "requester" }, phase("live")], "ended"],
  ])("%s", (_, events, want) => {
    expect(run(...events).stage.at).toBe(want);
  });
});

it("keeps the picture's stage while the socket to the broker is away", () => {
  const state = run(phase("live"), { type: "verified" }, rights("view"), { type: "signaling", up: false });
  expect(state.stage.at).toBe("live");
  expect(state.signalingUp).toBe(false);
});

it("knows when rights lapse", () => {
  const some: LiveEvent = { type: "rights", rights: { ...NO_RIGHTS, scopes: ["view"], left: 60 }, at: 5000 };
  expect(run(some).lapsesAt).toBe(65_000);
  expect(run(some, lapsed).lapsesAt).toBeUndefined();
  expect(run(some, { type: "lost" }).lapsesAt).toBeUndefined();
});

it("remembers what was declined", () => {
  const state = run({ type: "asked", scopes: ["control"] }, { type: "declined", reason: "declined" });
  expect(state.question).toEqual({ is: "declined", reason: "declined", scopes: ["control"] });
});
