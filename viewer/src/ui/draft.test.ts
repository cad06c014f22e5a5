import { expect, test } from "vitest";
import { draftOf, systemText, withDraft } from "./draft.ts";

const now = Date.parse("2026-01-01T12:00:00.000Z");
const system = { os: "linux", arch: "amd64", name: "", version: "Debian GNU/Linux 12" };
const session = { liveAt: "2026-01-01T11:40:00.000Z", endedAt: "2026-01-01T11:54:00.000Z", system };

test("says how long, on what, and what was used", () => {
  const seen = draftOf(session, [{ kind: "client.capture_started" }], now);
  expect(seen).toContain("14 min on Debian GNU/Linux 12 (amd64); screen seen, nothing controlled.");
  const controlled = draftOf(session, [{ kind: "client.control_started" }], now);
  expect(controlled).toContain("mouse and keyboard used");
});

test("says what files moved", () => {
  const kinds = [
    "client.capture_started",
    "client.file_received",
    "client.file_received",
    "client.file_sent",
  ];
  const moved = draftOf(
    session,
    kinds.map((kind) => ({ kind })),
    now,
  );
  expect(moved.split("\n").slice(1)).toEqual([
    "Files put on the computer: 2.",
    "Files fetched from the computer: 1.",
  ]);
});

test("names who looked on, once, and nobody whom the person did not let", () => {
  const asked = (technician: string) => ({ kind: "client.colleague_asked", data: { technician } }) as const;
  const events = [
    asked("Lee"),
    { kind: "client.colleague_declined" },
    asked("Kim"),
    { kind: "client.colleague_allowed" },
    { kind: "client.colleague_left" },
    asked("Kim"),
    { kind: "client.colleague_allowed" },
  ] as const;
  const draft = draftOf(session, events, now);
  expect(draft).toMatch(/nothing controlled\. Kim looked on too\.$/);
});

test("is empty when nothing was shown", () => {
  expect(draftOf({ ...session, liveAt: undefined }, [], now)).toBe("");
});

test("goes behind what is there, once", () => {
  expect(withDraft("", "b")).toBe("b");
  expect(withDraft("a", "b")).toBe("a\nb");
  expect(withDraft("a\nb", "b")).toBe("a\nb");
  expect(withDraft("a", "")).toBe("a");
});

test.each([
  [{ ...system, name: "till-3" }, "till-3: Debian GNU/Linux 12 (amd64)"],
  [system, "Debian GNU/Linux 12 (amd64)"],
  [{ os: "linux", arch: "", name: "", version: "" }, "linux"],
  [undefined, ""],
])("%o is called %s", (value, want) => {
  expect(systemText(value)).toBe(want);
});
