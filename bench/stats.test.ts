import { expect, test } from "../viewer/tests/unit.ts";
import { readParent, readPss } from "./load.ts";
import { readTraffic } from "./net.ts";
import { readOptions } from "./options.ts";
import { milliseconds, readStages } from "./peers/beside/stages.ts";
import { parseLines } from "./results.ts";
import { pressed, shown } from "./scenes.ts";
import { cellText, digits, quantile, spread } from "./stats.ts";

test("quantiles are values that were measured", () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2);
  expect(quantile([4, 1, 3, 2], 0.95)).toBe(4);
  expect(quantile([7], 0)).toBe(7);
  expect(quantile([], 0.5)).toBeNaN();
});

test("a spread leaves out runs that did not get there", () => {
  expect(spread([3, null, 1, Number.NaN, 2])).toEqual({ median: 2, min: 1, max: 3, runs: 3 });
  expect(spread([1, 2])?.median).toBe(1.5);
  expect(spread([null])).toBeUndefined();
});

test("figures have as many digits as mean something", () => {
  expect([0, 1.234, 12.34, 123.4].map(digits)).toEqual(["0", "1.23", "12.3", "123"]);
  expect(cellText(spread([1, 2, 4]))).toBe("2.00 [1.00..4.00]");
  expect(cellText(spread([5, 5]))).toBe("5.00");
  expect(cellText(undefined)).toBe("–");
});

test("only pictures that were seen have a latency, and the last has its own", () => {
  const drawn = [1, 2, 3, 4].map((number) => ({ number, at: 1000 + 100 * number }));
  const seen = [
    { frame: 1, top: 1, key: 0, at: 110 },
    { frame: 1, top: 2, key: 0, at: 220 },
    { frame: 3, top: 3, key: 0, at: 330 },
    { frame: 3, top: 3, key: 1, at: 350 },
    { frame: 4, top: 4, key: 1, at: 450 },
  ];
  expect(shown(drawn, seen, (at) => at + 1000)).toEqual({
    "pictures/s": 2 / 0.3,
    "pictures/s drawn": 3 / 0.3,
    "p50 ms": 30,
    "p95 ms": 50,
    "last picture ms": 50,
    "top: pictures/s": 3 / 0.3,
    "top: p50 ms": 20,
    "top: p95 ms": 50,
  });
});

test("a key that is overtaken is seen with the next, one never seen is lost", () => {
  const seen = [
    { frame: 0, top: 0, key: 5, at: 90 },
    { frame: 0, top: 0, key: 6, at: 120 },
    { frame: 0, top: 0, key: 8, at: 330 },
  ];
  expect(pressed([100, 200, 300, 400], seen, 6)).toEqual({
    "p50 ms": 30,
    "p95 ms": 130,
    "keys overtaken": 2,
    "keys lost": 1,
  });
});

test("options name combinations, and refuse what there is not", () => {
  expect(readOptions({}).cells.length).toBeGreaterThan(4);
  const { cells, runs } = readOptions({
    BENCH_RUNS: "1",
    BENCH_PEERS: "beside,x11vnc",
    BENCH_LINKS: "wan",
    BENCH_SCENES: "flip",
  });
  expect(runs).toBe(1);
  expect(cells).toEqual(
    ["beside", "x11vnc"].map((peer) => ({ peer, link: "wan", size: "1920x1080", scenes: ["flip"] })),
  );
  expect(() => readOptions({ BENCH_SCENES: "flop" })).toThrow("flop");
  expect(() => readOptions({ BENCH_LINKS: "moon" })).toThrow("moon");
  expect(() => readOptions({ BENCH_SIZES: "big" })).toThrow("big");
  expect(() => readOptions({ BENCH_RUNS: "none" })).toThrow("BENCH_RUNS");
});

test("results of a bench that was cut short are read up to the cut", () => {
  expect(parseLines('{"run":0}\n{"run":1}\n{"ru').map((r) => r.run)).toEqual([0, 1]);
  expect(parseLines("")).toEqual([]);
});

test("what the kernel counts is read", () => {
  expect(readParent("12 (a (b) c) S 7 12 12 0")).toBe(7);
  expect(readPss("Rss:  9 kB\nPss:      1234 kB\nPss_Dirty: 5 kB\n")).toBe(1234);
  const json = '[{"ifname":"wire","stats64":{"rx":{"bytes":10,"packets":2},"tx":{"bytes":3,"packets":1}}}]';
  expect(readTraffic(json)).toEqual({ down: 10, up: 3, packetsDown: 2 });
});

test("stages are means of what was logged in some time", () => {
  const at = (second: number): string => `2026-01-01T00:00:0${second}.000Z`;
  const log = [
    `time=${at(1)} level=DEBUG msg=display updates=9 grabs=9 wait=9s answers=9`,
    `time=${at(3)} level=DEBUG msg=display updates=4 bytes=9 grabs=2 wait=3ms grab=1ms detect=500µs compress=2ms send=400µs answers=4 receive=1s paint=8ms acknowledge=2ms`,
    `time=${at(4)} level=INFO msg=other updates=4`,
  ].join("\n");
  expect(readStages(log, Date.parse(at(2)), Date.parse(at(5)))).toEqual({
    "stage wait ms": 1.5,
    "stage grab ms": 0.5,
    "stage detect ms": 0.25,
    "stage compress ms": 0.5,
    "stage send ms": 0.1,
    "stage receive ms": 250,
    "stage paint ms": 2,
    "stage acknowledge ms": 0.5,
    "updates a grab": 2,
  });
  expect(readStages(log, 0, 1)).toEqual({});
  expect(["1m2.5s", "1.5ms", "0s", "7"].map(milliseconds)).toEqual([62_500, 1.5, 0, 7]);
});
