/** What is measured, scene by scene. docs/performance.md says what each figure means. */
import type { Seen } from "./sampler.ts";
import { latencies, pause, type Stand } from "./stand.ts";
import { type Figures, quantile } from "./stats.ts";
import type { Drawn } from "./target.ts";

const flips = 20;
const keys = 15;
const busyKeys = 14;
const pages = { most: 2, withinMs: 8_000 };
const playMs = 2_000;
const restMs = 2_500;
const longMs = 10_000; // for what a slow line may take

/** Measures one scene; "first" is measured while connecting (run.ts). */
export async function measure(scene: string, stand: Stand): Promise<Figures> {
  switch (scene) {
    case "idle":
      return await idle(stand);
    case "flip":
      return await flip(stand);
    case "key":
      await stand.prepare("flip");
      return await press(stand, keys);
    case "switch":
      return await change(stand);
    case "key+code":
    case "key+video":
      return await pressWhile(stand, scene.slice("key+".length));
    case "caret":
    case "typing":
      return await play(stand, scene, restMs);
    case "video":
      return { ...(await play(stand, scene, playMs)), ...(await rest(stand)) };
    default:
      return await play(stand, scene, playMs);
  }
}

/** Nothing changes. */
async function idle(stand: Stand): Promise<Figures> {
  await stand.prepare("caret");
  const cost = await stand.cost(() => pause(restMs));
  const { client, emptyWindowMiB: empty } = stand.served;
  return {
    ...cost,
    "memory MiB PSS": await stand.memory(stand.served.processes),
    ...(client !== undefined && { "memory of the client MiB PSS": await stand.memory(client) }),
    ...(empty !== undefined && { "memory of an empty window MiB PSS": empty }),
  };
}

/** Plays a scene, and looks which of its pictures are seen, how late, and when the last one is. */
async function play(stand: Stand, scene: string, ms: number): Promise<Figures> {
  await stand.prepare(scene);
  let drawn: Drawn[] = [];
  const cost = await stand.cost(async () => {
    drawn = await stand.target.run(scene, ms);
  });
  const last = drawn.at(-1)?.number ?? 0;
  await stand.seen((s) => s.frame === last, longMs);
  return { ...shown(drawn, await stand.allSeen(), (at) => stand.when(at)), ...cost };
}

/**
 * What a scene looked like: pictures drawn and seen a second, how late each was, and how late the last. A picture
 * counts when all of it is there; its top alone, which an engine may send first, is told apart.
 */
export function shown(drawn: readonly Drawn[], all: readonly Seen[], when: (at: number) => number): Figures {
  const seconds = ((drawn.at(-1)?.at ?? 0) - (drawn[0]?.at ?? 0)) / 1000;
  const whole = lateness(drawn, all, (s) => s.frame, when);
  const top = lateness(drawn, all, (s) => s.top, when);
  return {
    "pictures/s": Math.max(0, whole.late.length - 1) / seconds,
    "pictures/s drawn": (drawn.length - 1) / seconds,
    ...latencies(whole.late),
    "last picture ms": whole.last,
    "top: pictures/s": Math.max(0, top.late.length - 1) / seconds,
    "top: p50 ms": quantile(top.late, 0.5),
    "top: p95 ms": quantile(top.late, 0.95),
  };
}

/** How late each picture was that was seen at all, and the last one; milliseconds. */
function lateness(
  drawn: readonly Drawn[],
  all: readonly Seen[],
  number: (s: Seen) => number,
  when: (at: number) => number,
): { late: number[]; last: number } {
  const first = new Map<number, number>();
  for (const s of all) if (!first.has(number(s))) first.set(number(s), when(s.at));
  const late = drawn.map((d) => (first.get(d.number) ?? Number.NaN) - d.at);
  return { late: late.filter((ms) => Number.isFinite(ms)), last: late.at(-1) ?? Number.NaN };
}

/** A block changes its colour, at random times so that it does not lock to the display's ticks. */
async function flip(stand: Stand): Promise<Figures> {
  await stand.prepare("flip");
  const late: number[] = [];
  const cost = await stand.cost(async () => {
    for (let i = 0; i < flips; i++) {
      await pause(100 + Math.random() * 150);
      const { number, at } = await stand.target.draw("flip");
      const seen = await stand.seen((s) => s.frame === number, 3_000);
      late.push(seen === undefined ? 3_000 : stand.when(seen.at) - at);
    }
  });
  return { ...latencies(late), "KiB each": (cost["KiB down"] ?? 0) / flips };
}

/** Keys are pressed in the page; the program there answers with a letter and a number. */
async function press(stand: Stand, count: number): Promise<Figures> {
  const first = ((await stand.allSeen()).at(-1)?.key ?? 0) + 1;
  for (let i = 0; i < count; i++) {
    await pause(120 + Math.random() * 120);
    await stand.page.keyboard.press("a");
  }
  await stand.seen((s) => s.key === first + count - 1, longMs);
  const presses = await stand.page.evaluate(() => window.bench.presses);
  return pressed(presses.slice(-count), await stand.allSeen(), first);
}

/** How late letters were seen. One that is never seen alone is seen with the next. */
export function pressed(presses: readonly number[], all: readonly Seen[], first: number): Figures {
  const late = presses.map((at, i) => (all.find((s) => s.key >= first + i)?.at ?? Number.NaN) - at);
  const shownLate = late.filter((ms) => Number.isFinite(ms));
  return {
    ...latencies(shownLate),
    "keys overtaken": presses.filter((_, i) => !all.some((s) => s.key === first + i)).length,
    "keys lost": late.length - shownLate.length,
  };
}

/** Keys while a scene plays. */
async function pressWhile(stand: Stand, scene: string): Promise<Figures> {
  await stand.prepare(scene);
  const playing = stand.target.run(scene, busyKeys * 200);
  await pause(300);
  const figures = await press(stand, busyKeys);
  await playing;
  return figures;
}

/** A whole new page: until it is seen, right to 40 dB, and exact. On a slow line fewer pages fit into a run. */
async function change(stand: Stand): Promise<Figures> {
  const all = { seen: [] as number[], good: [] as number[], exact: [] as number[], last: [] as number[] };
  let bytes = 0;
  const began = performance.now();
  while (
    all.seen.length === 0 ||
    (all.seen.length < pages.most && performance.now() - began < pages.withinMs)
  ) {
    await stand.prepare("switch");
    const rows = await stand.target.rows("next");
    await stand.page.evaluate((r) => window.comparer.compare(r), rows);
    const cost = await stand.cost(async () => {
      const { number, at } = await stand.target.draw("switch");
      const seen = await stand.seen((s) => s.frame === number, longMs);
      const likeness = await settled(stand, 2_000);
      const until = (decibels: number): number =>
        stand.when(likeness.find((l) => l.decibels >= decibels)?.at ?? Number.NaN) - at;
      all.seen.push(seen === undefined ? Number.NaN : stand.when(seen.at) - at);
      all.good.push(until(40));
      all.exact.push(until(99));
      all.last.push(likeness.at(-1)?.decibels ?? Number.NaN);
    });
    bytes += cost["KiB down"] ?? 0;
    await stand.page.evaluate(() => window.comparer.compare(undefined));
  }
  const middle = (values: readonly number[]): number => latencies(values)["p50 ms"] ?? Number.NaN;
  return {
    "seen ms": middle(all.seen),
    "40 dB ms": middle(all.good),
    "exact ms": middle(all.exact),
    "at rest dB": middle(all.last),
    "KiB a page": bytes / all.seen.length,
  };
}

/** After motion: how long until the last picture is exact, and how like it is in the end. */
async function rest(stand: Stand): Promise<Figures> {
  const { at } = await stand.target.draw("video");
  const rows = await stand.target.rows("screen");
  await stand.page.evaluate((r) => window.comparer.compare(r), rows);
  const likeness = await settled(stand, 1_500);
  await stand.page.evaluate(() => window.comparer.compare(undefined));
  return {
    "exact at rest ms": stand.when(likeness.find((l) => l.decibels === 99)?.at ?? Number.NaN) - at,
    "at rest dB": likeness.at(-1)?.decibels ?? Number.NaN,
  };
}

/** Waits until the compared rows are exact, or nothing came for so long. */
async function settled(stand: Stand, quietMs: number): ReturnType<Stand["likeness"]> {
  const end = performance.now() + longMs;
  for (let [best, since] = [0, performance.now()]; ; await pause(50)) {
    const likeness = await stand.likeness();
    const now = likeness.at(-1)?.decibels ?? 0;
    if (now > best + 0.01) [best, since] = [now, performance.now()];
    if (now === 99 || performance.now() - since > quietMs || performance.now() > end) return likeness;
  }
}
