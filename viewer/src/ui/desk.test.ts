import { describe, expect, test } from "vitest";
import type { Session, Ticket } from "../protocol/answers.ts";
import { byPriorityThenAge, NEXT_STATES, openSession, priorityOf, priorityText } from "./desk.ts";

const ticket = (number: number, priority: number, createdAt: string): Ticket => ({
  id: `t${number}`,
  number,
  subject: "s",
  words: "",
  requester: "r",
  category: "",
  impact: "low",
  urgency: "low",
  priority,
  state: "open",
  assignee: undefined,
  resolution: "",
  systemChanges: "",
  createdAt,
  updatedAt: createdAt,
  resolvedAt: undefined,
  notes: [],
  sessions: [],
});

test.each([
  ["high", "high", 1],
  ["high", "medium", 2],
  ["medium", "high", 2],
  ["low", "high", 3],
  ["medium", "medium", 3],
  ["low", "medium", 4],
  ["low", "low", 5],
] as const)("impact %s and urgency %s give priority %i", (impact, urgency, want) => {
  expect(priorityOf(impact, urgency)).toBe(want);
});

test("a priority outside the scale has the words of the lowest", () => {
  expect(priorityText(9)).toBe("desk.priority.5");
  expect(priorityText(1)).toBe("desk.priority.1");
});

test("the desk is in order of priority, then of age, then of number", () => {
  const tickets = [
    ticket(1, 3, "2026-01-02T00:00:00.000Z"),
    ticket(2, 1, "2026-01-03T00:00:00.000Z"),
    ticket(4, 3, "2026-01-01T00:00:00.000Z"),
    ticket(3, 3, "2026-01-01T00:00:00.000Z"),
  ];
  expect(tickets.toSorted(byPriorityThenAge).map((t) => t.number)).toEqual([2, 3, 4, 1]);
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
