import { readdir, readFile } from "node:fs/promises";

/** Clock ticks a second in /proc (USER_HZ, 100 on every Linux that we know). */
const TICKS = 100;

interface Stat {
  readonly parent: number;
  readonly seconds: number;
}

async function stat(pid: number): Promise<Stat | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" "); // proc(5), from the third field on
    return { parent: Number(fields[1]), seconds: (Number(fields[11]) + Number(fields[12])) / TICKS };
  } catch {
    return undefined; // it ended
  }
}

/** Processor seconds that a process and all below it have used. */
export async function cpuSeconds(root: number): Promise<number> {
  const all = new Map<number, Stat>();
  for (const name of await readdir("/proc")) {
    const found = /^\d+$/.test(name) ? await stat(Number(name)) : undefined;
    if (found !== undefined) all.set(Number(name), found);
  }
  let sum = 0;
  for (const [pid, { seconds }] of all) {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = all.get(at)?.parent) {
      if (at === root) {
        sum += seconds;
        break;
      }
    }
  }
  return sum;
}

/** Proportional set size in MiB of a process and all below it (proc(5), smaps_rollup). */
export async function memoryMiB(root: number): Promise<number> {
  let kib = 0;
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name) || !(await isBelow(Number(name), root))) continue;
    try {
      kib += Number(/^Pss:\s+(\d+)/m.exec(await readFile(`/proc/${name}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch {
      // it ended
    }
  }
  return kib / 1024;
}

async function isBelow(pid: number, root: number): Promise<boolean> {
  for (let at = pid; at > 1; ) {
    if (at === root) return true;
    at = (await stat(at))?.parent ?? 0;
  }
  return false;
}
