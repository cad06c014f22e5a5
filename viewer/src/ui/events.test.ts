import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import catalogue from "../../../signaling/texts/en.json";
import { eventText, isStory, scopeWords } from "./events.ts";

const kinds = readFileSync(new URL("../../../signaling/record/kinds.go", import.meta.url), "utf8");
const KINDS = [...kinds.matchAll(/Kind = "([a-z_.]+)"/g)].map((match) => match[1] ?? "");

test("the closed set of kinds was found", () => {
  expect(KINDS.length).toBeGreaterThan(30);
});

test.each(KINDS)("%s has plain words", (kind) => {
  expect(Object.keys(catalogue)).toContain(`event.${kind.replaceAll("_", "-")}`);
});

test.each([
  [
    "client.granted",
    { scopes: "view control", generation: 2 },
    "The requester allowed: see the screen, use mouse and keyboard",
  ],
  [
    "session.ended",
    { reason: "lost_client" },
    "The session ended. The requester's computer did not come back",
  ],
  [
    "client.revoked",
    { scopes: "control", by: "requester" },
    "Taken back by the requester: use mouse and keyboard",
  ],
  ["session.peer_left", { role: "client" }, "Disconnected: the requester's side"],
  ["from.the_future", {}, "from.the_future"],
])("%s reads as a sentence", (kind, data, want) => {
  expect(eventText({ kind, data })).toBe(want);
});

test("no scope is nothing", () => {
  expect(scopeWords("")).toBe("nothing");
});

test("the story leaves out what only technicians of networks read", () => {
  expect(["client.granted", "session.joined", "session.ended"].every(isStory)).toBe(true);
  expect(["token.issued", "relay.allocated", "session.peer_left"].some(isStory)).toBe(false);
});
