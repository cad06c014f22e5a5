import { expect, test } from "vitest";
import type { AuditEvent } from "../protocol/answers.ts";
import { grantsOf } from "./grants.ts";

const happened = (event: AuditEvent) => Date.parse(event.time);

/** Events, a second apart. */
function story(...steps: readonly (readonly [kind: string, data?: Record<string, unknown>])[]): AuditEvent[] {
  return steps.map(([kind, data = {}], i) => ({
    seq: i + 1,
    time: new Date(1000 * i).toISOString(),
    kind,
    outcome: "ok",
    reporter: "client",
    actor: { kind: "requester", id: "" },
    session: "s",
    ticket: "",
    signed: true,
    saidAt: undefined,
    data,
  }));
}

test("rights are bars from Allow to whatever ended them", () => {
  const events = story(
    ["client.asked"],
    ["client.granted", { scopes: "view" }],
    ["client.granted", { scopes: "view control" }],
    ["client.revoked", { scopes: "control", by: "idle" }],
    ["client.granted", { scopes: "view control" }],
    ["client.paused"],
    ["client.resumed"],
    ["client.stopped"],
    ["session.ended"],
    ["session.sealed"],
  );
  expect(grantsOf(events, happened, 99_000)).toEqual({
    bars: [
      { scope: "control", from: 2000, to: 3000, by: "idle" },
      { scope: "view", from: 1000, to: 7000, by: "session" },
      { scope: "control", from: 4000, to: 7000, by: "session" },
    ],
    pauses: [{ from: 5000, to: 6000 }],
    from: 1000,
    to: 8000,
  });
});

test("what is still granted goes on until now", () => {
  const events = story(["client.granted", { scopes: "view" }], ["client.paused"]);
  expect(grantsOf(events, happened, 5000)).toEqual({
    bars: [{ scope: "view", from: 0, to: 5000, by: undefined }],
    pauses: [{ from: 1000, to: 5000 }],
    from: 0,
    to: 5000,
  });
});

test("nothing granted is no bar", () => {
  expect(grantsOf(story(["client.asked"], ["client.declined"]), happened, 9).bars).toEqual([]);
});
