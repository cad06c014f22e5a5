/** Measures all cells, round by round, so that a bench that is cut short has a bit of everything; then reports. */
import { type BrowserType, test } from "../viewer/tests/fixtures.ts";
import { oneRun } from "./one-run.ts";
import { type Cell, readOptions } from "./options.ts";
import type { Peer } from "./peer.ts";
import { report } from "./report.ts";
import { plain, type Result, Results } from "./results.ts";

test("bench", async ({ playwright }) => {
  const options = readOptions(process.env);
  const results = await Results.open();
  const missing = (cell: Cell, run: number): string[] =>
    cell.scenes.filter((scene) => !results.has({ ...cell, scene, run }));
  const rounds = Array.from({ length: options.runs }, (_, run) => run);
  const complete = rounds.every((run) => options.cells.every((cell) => missing(cell, run).length === 0));
  if (options.fresh || complete) {
    await results.forget((r) => options.cells.some((cell) => isOf(r, cell) && cell.scenes.includes(r.scene)));
  }

  const end = Date.now() + options.minutes * 60_000;
  let longest = 0; // of all runs so far, in milliseconds
  for (const run of rounds) {
    for (const cell of options.cells) {
      const scenes = missing(cell, run);
      if (scenes.length === 0) continue;
      if (Date.now() + longest > end) {
        console.log(`${options.minutes} minutes are over; make bench goes on from here.`);
        await report(results, options.whole);
        return;
      }
      const started = Date.now();
      await measureCell(playwright.chromium, cell, run, scenes, results);
      longest = Math.max(longest, Date.now() - started);
    }
  }
  await report(results, options.whole);
});

/** A peer that fails is told and left out of this round: the others are measured all the same. */
async function measureCell(
  engine: BrowserType,
  cell: Cell,
  run: number,
  scenes: string[],
  results: Results,
): Promise<void> {
  const started = Date.now();
  const what = `run ${run + 1} · ${cell.link} · ${cell.size} · ${cell.peer}`;
  try {
    await oneRun(engine, await load(cell.peer), cell, scenes, async (scene, figures) => {
      if (!scenes.includes(scene)) return; // connecting again measures "first" again
      const { peer, link, size } = cell;
      await results.add({
        peer,
        link,
        size,
        scene,
        run,
        at: new Date().toISOString(),
        figures: plain(figures),
      });
    });
    console.log(`${what}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
  } catch (err) {
    console.log(`${what}: FAILED: ${err instanceof Error ? err.message : String(err)}`);
  }
}

function isOf(result: Result, cell: Cell): boolean {
  return result.peer === cell.peer && result.link === cell.link && result.size === cell.size;
}

async function load(name: string): Promise<Peer> {
  const { peer } = (await import(`./peers/${name}/peer.ts`)) as { peer: Peer };
  return peer;
}
