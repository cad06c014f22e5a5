/** Processor time and memory of processes, and bytes of a network device, as the kernel counts them. */
import { readdir, readFile } from "node:fs/promises";

/** All running processes, and who started them. */
async function parents(): Promise<Map<number, number>> {
  const all = new Map<number, number>();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      all.set(Number(name), readParent(await readFile(`/proc/${name}/stat`, "utf8")));
    } catch {
      // it ended
    }
  }
  return all;
}

/** The parent in a line of proc(5), stat; the name before it may hold anything, also parentheses. */
export function readParent(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

/** The processes and all below them; without those of `except` and below. */
export async function trees(roots: readonly number[], except: readonly number[] = []): Promise<number[]> {
  const all = await parents();
  const below = (pid: number, of: readonly number[]): boolean => {
    for (let at = pid; at > 1; at = all.get(at) ?? 0) if (of.includes(at)) return true;
    return false;
  };
  return [...all.keys()].filter((pid) => below(pid, roots) && !below(pid, except));
}

/** Processor seconds that these processes have used, by the scheduler's clock: exact where ticks would be too coarse. */
export async function cpuSeconds(pids: readonly number[]): Promise<number> {
  let nanoseconds = 0;
  for (const pid of pids) {
    try {
      for (const task of await readdir(`/proc/${pid}/task`)) {
        nanoseconds += Number((await readFile(`/proc/${pid}/task/${task}/schedstat`, "utf8")).split(" ")[0]);
      }
    } catch {
      // it ended
    }
  }
  return nanoseconds / 1e9;
}

/** Proportional set size in MiB (proc(5), smaps_rollup). */
export async function memoryMiB(pids: readonly number[]): Promise<number> {
  let kib = 0;
  for (const pid of pids) {
    try {
      kib += readPss(await readFile(`/proc/${pid}/smaps_rollup`, "utf8"));
    } catch {
      // it ended
    }
  }
  return kib / 1024;
}

/** KiB. */
export function readPss(rollup: string): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? Number.NaN);
}

/** All processes of a name that this one started, at any depth. */
export async function ours(name: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await trees([process.pid])) {
    try {
      if ((await readFile(`/proc/${pid}/comm`, "utf8")).trim() === name) found.push(pid);
    } catch {
      // it ended
    }
  }
  return found;
}

/** Seconds that all processors together were busy since the machine started. */
export async function busySeconds(): Promise<number> {
  const fields =
    (await readFile("/proc/stat", "utf8")).split("\n")[0]?.split(/\s+/).slice(1).map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields;
  return (user + nice + system + irq + softirq + steal) / 100;
}
