import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A process of this machine, as proc(5) tells of it. */
export interface Process {
  readonly pid: number;
  readonly name: string;
  readonly parent: number;
  /** With the pid it names a process for ever: the number alone is used again. */
  readonly started: string;
  /** Empty where only its own user may read it. */
  readonly env: ReadonlyMap<string, string>;
}

/** All processes that run now. One that ended and waits for its parent to notice does not. */
export async function processes(): Promise<Process[]> {
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
  const found = await Promise.all(pids.map(read));
  return found.filter((process) => process !== undefined);
}

/** Those that a process started, and those that they started. */
export function below(all: readonly Process[], pid: number): Process[] {
  return all
    .filter((process) => process.parent === pid)
    .flatMap((child) => [child, ...below(all, child.pid)]);
}

async function read(pid: string): Promise<Process | undefined> {
  const folder = join("/proc", pid);
  try {
    const stat = await readFile(join(folder, "stat"), "utf8");
    const env = await readFile(join(folder, "environ"), "utf8").catch(() => "");
    // The name is in brackets, and may hold anything.
    const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z" || state === "X") return undefined;
    return {
      pid: Number(pid),
      name: stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")")),
      parent: Number(parent),
      started: rest[startedAt] ?? "",
      env: new Map(
        env.split("\0").map((line) => [line.split("=", 1)[0] ?? "", line.slice(line.indexOf("=") + 1)]),
      ),
    };
  } catch {
    return undefined; // it went in this moment
  }
}

/** Where starttime, field 22, stands behind the parent, field 4. */
const startedAt = 22 - 5;
