import { describe, expect, test } from "vitest";
import type { Session, Ticket } from "../protocol/answers.ts";
import { NEXT_STATES, openSession, priorityOf, priorityText, whyHere } from "./desk.ts";

const matrix = [
  [1, 1, 2],
  [2, 3, 4],
  [2, 4, 5],
];

test.each([
  ["high", "high", 1],
  ["high", "medium", 1],
  ["medium", "high", 2],
  ["low", "high", 2],
  ["medium", "medium", 3],
  ["low", "medium", 4],
  ["low", "low", 5],
] as const)("impact %s and urgency %s give priority %i", (impact, urgency, want) => {
  expect(priorityOf(matrix, impact, urgency)).toBe(want);
});

test("a priority outside the scale has the words of the lowest", () => {
  expect(priorityText(9)).toBe("desk.priority.5");
  expect(priorityText(1)).toBe("desk.priority.1");
});

test.each<[string, Partial<Ticket>, string]>([
  ["is due", { contacts: 0 }, "A team · Today · help is due in 20 min"],
  ["is late", { dueAt: "2026-01-01T09:30:00.000Z", contacts: 1 }, "A team · Today · help was due 1 h ago"],
  ["came before", { contacts: 3 }, "A team · Today · help is due in 20 min · 3 contacts in 14 days"],
])("a row says why it is there: it %s", (_, more, want) => {
  const base = { impact: "medium", urgency: "medium", dueAt: "2026-01-01T10:50:00.000Z" };
  expect(whyHere({ ...base, ...more } as Ticket, Date.parse("2026-01-01T10:30:00.000Z"))).toBe(want);
});

test("nothing follows closed", () => {
  expect(NEXT_STATES.closed).toEqual([]);
  expect(NEXT_STATES.open).toContain("resolved");
});

describe("the open session of a ticket", () => {
  const session = (id: string, phase: Session["phase"], invitedAt: string): Session =>
    ({ id, ticket: "t1", phase, invitedAt }) as Session;

  test("is the newest that did not end", () => {
    const sessions = [
      session("old", "live", "2026-01-01T00:00:00.000Z"),
      session("new", "invited", "2026-01-02T00:00:00.000Z"),
      session("over", "ended", "2026-01-03T00:00:00.000Z"),
    ];
    expect(openSession("t1", sessions)?.id).toBe("new");
  });

  test("is none when all ended, or belong to others", () => {
    expect(openSession("t1", [session("over", "ended", "2026-01-03T00:00:00.000Z")])).toBeUndefined();
    expect(openSession("t2", [session("a", "live", "2026-01-03T00:00:00.000Z")])).toBeUndefined();
  });
});
