import { describe, expect, it } from "vitest";
import fromClient from "../../../signaling/control/testdata/from-client.json";
import refused from "../../../signaling/control/testdata/refused-from-client.json";
import { decodeFromClient } from "../protocol/control.ts";
import { type ChatLine, heard, lastOf, Rate, saying, unread } from "./chat.ts";

const said = (n: number, by: "technician" | "requester", id: string, text: string) =>
  ({ type: "said", n, by, id, text }) as const;
const shown = (lines: readonly ChatLine[]) => lines.map((line) => `${line.n ?? "-"} ${line.by} ${line.text}`);

describe("a conversation", () => {
  it("has what we write at its end until the client says it", () => {
    let lines = saying([], "a", "Hello");
    lines = heard(lines, said(1, "requester", "", "Good morning"));
    expect(shown(lines)).toEqual(["1 requester Good morning", "- technician Hello"]);
    lines = heard(lines, said(2, "technician", "a", "Hello"));
    expect(shown(lines)).toEqual(["1 requester Good morning", "2 technician Hello"]);
  });

  it("takes what it hears again once, in its order", () => {
    let lines = heard([], said(2, "technician", "b", "two"));
    for (const n of [1, 2, 3]) lines = heard(lines, said(n, "requester", "", `line ${n}`));
    expect(lines.map((line) => line.n)).toEqual([1, 2, 3]);
    expect(lines[1]?.text).toBe("two");
  });

  it("counts what the requester wrote and was not seen", () => {
    let lines = heard([], said(1, "requester", "", "one"));
    lines = heard(lines, said(2, "technician", "a", "two"));
    lines = heard(lines, said(3, "requester", "", "three"));
    expect([unread(lines, 0), unread(lines, 1), unread(lines, 3), lastOf(lines)]).toEqual([2, 1, 0, 3]);
  });

  it("is bounded", () => {
    let lines: readonly ChatLine[] = [];
    for (let n = 1; n <= 300; n++) lines = heard(lines, said(n, "requester", "", "spam"));
    expect([lines.length, lines[0]?.n]).toEqual([200, 101]);
  });
});

it("keeps below the client's rate", () => {
  const rate = new Rate();
  let taken = 0;
  for (let now = 0; now < 60_000; now += 20) if (rate.take(now)) taken++;
  expect(taken).toBeGreaterThan(60);
  expect(taken).toBeLessThanOrEqual(70);
});

it("reads what is said as strictly as Go does", () => {
  for (const { message } of fromClient) {
    if (message.type === "said") expect(decodeFromClient(JSON.stringify(message))).toEqual(message);
  }
  const bad = refused.filter(({ text }) => text.startsWith('{"type":"said"'));
  expect(bad.length).toBeGreaterThan(5);
  for (const { name, text } of bad) expect(() => decodeFromClient(text), name).toThrow();
});
