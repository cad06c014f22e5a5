import { expect, test } from "../viewer/tests/unit.ts";
import { barChart } from "./plot.ts";
import { between } from "./report.ts";
import type { Result } from "./results.ts";
import { peersTable, sizesTable, stageTable } from "./tables.ts";

function result(peer: string, size: string, run: number, figures: Result["figures"]): Result {
  return { peer, link: "lan", size, scene: "flip", run, at: "2026-01-01T00:00:00Z", figures };
}

test("peers stand beside each other, with the spread of their runs", () => {
  const all = [1, 2, 4].map((ms, run) => result("a", "1920x1080", run, { "p50 ms": ms }));
  all.push(result("b", "1920x1080", 0, { "p50 ms": null, "p95 ms": 7 }), result("c", "640x480", 0, {}));
  expect(peersTable(all, "lan", "1920x1080").split("\n")).toEqual([
    "| | a | b |",
    "|---|---:|---:|",
    "| flip p50, ms | 2.00 [1.00..4.00] | – |",
    "| flip p95, ms | – | 7.00 |",
  ]);
});

test("sizes stand in order, with how many more pixels they have", () => {
  const all = ["3840x2160", "1920x1080"].map((size) => result("a", size, 0, { "p50 ms": 9 }));
  expect(sizesTable(all, "a", "lan").split("\n")).toEqual([
    "| | 1920x1080 | 3840x2160 |",
    "|---|---:|---:|",
    "| pixels | 1.00× | 4.00× |",
    "| flip p50, ms | 9.00 | 9.00 |",
  ]);
  expect(sizesTable(all.slice(1), "a", "lan")).toBe("");
});

test("stages are told where a peer knows them", () => {
  const all = [result("a", "1920x1080", 0, { "stage grab ms": 0.5, "stage paint ms": 2 })];
  expect(stageTable(all, "lan", "1920x1080")).toContain("| flip | – | 0.50 | – | – | – | – | 2.00 |");
  expect(stageTable([result("b", "1920x1080", 0, {})], "lan", "1920x1080")).toBe("");
});

test("only what is between the marks is written anew", () => {
  const text = "before\n<!-- make bench writes from here -->\nold\n<!-- to here -->\nafter\n";
  const once = between(text, "new");
  expect(once).toBe("before\n<!-- make bench writes from here -->\n\nnew\n\n<!-- to here -->\nafter\n");
  expect(between(once, "new")).toBe(once);
  expect(() => between("no marks", "new")).toThrow("performance.md");
});

test("bars are as long as their values, and say when there is none", () => {
  const svg = barChart(
    "<Title>",
    "ms",
    [
      {
        label: "x",
        bars: [
          { label: "a", value: 50, min: 40, max: 100 },
          { label: "b", value: undefined },
        ],
      },
    ],
    "plain",
  );
  expect(svg).toContain('width="215"'); // half of the 430 that the greatest has
  expect(svg).toContain("M382 52H640"); // from 40 to 100
  expect(svg).toContain("not reached");
  expect(svg).toContain("&lt;Title>");
});
