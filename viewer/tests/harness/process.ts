import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";

const endGraceMs = 10_000;
const keepBytes = 256 * 1024;

/** Who a program runs as. Without one it runs as whoever runs the tests. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface StartOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly account?: Account | undefined;
  /** The network namespace to run in (see Network); that of the tests when left out. */
  readonly namespace?: string | undefined;
}

/**
 * A program that a test started. It leads its own process group and dies with the test runner, even when that is
 * killed. Whoever starts it ends it.
 */
export class Program {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  #output = "";
  #code: number | undefined;

  constructor(
    readonly name: string,
    args: readonly string[],
    options: StartOptions = {},
  ) {
    this.#child = start([name, ...args], options, { detached: true });
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString("utf8")).slice(-keepBytes);
    };
    this.#child.stdout?.on("data", keep);
    this.#child.stderr?.on("data", keep);
    this.#child.stdin?.on("error", () => undefined); // it may have ended without reading
    this.#ended = new Promise((resolve) => {
      this.#child.once("error", (err) => {
        this.#output += `\n${err.message}`;
        this.#code = 127;
        resolve(127);
      });
      this.#child.once("close", (code) => {
        this.#code ??= code ?? -1;
        resolve(this.#code);
      });
    });
  }

  /** Everything printed so far, both streams, as far as kept. */
  get output(): string {
    return this.#output;
  }

  get running(): boolean {
    return this.#code === undefined;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The exit code, once it ended; -1 when a signal ended it. */
  ended(): Promise<number> {
    return this.#ended;
  }

  /** Writes to its standard input. */
  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Closes its standard input. */
  finishInput(): void {
    this.#child.stdin?.end();
  }

  signal(name: NodeJS.Signals): void {
    const pid = this.#child.pid;
    if (pid === undefined || !this.running) return;
    try {
      process.kill(-pid, name);
    } catch {
      // It ended in this moment.
    }
  }

  /** Asks the group to stop, kills it if it does not, and waits. */
  async end(): Promise<void> {
    this.signal("SIGTERM");
    const timer = setTimeout(() => this.signal("SIGKILL"), endGraceMs);
    await this.#ended;
    clearTimeout(timer);
  }

  /** Waits for the first whole line on standard output. */
  async firstLine(): Promise<string> {
    while (!this.#output.includes("\n")) {
      if (!this.running) throw new Error(`${this.name} ended (${this.#code}): ${this.#output}`);
      await Promise.race([this.#child.stdout ? once(this.#child.stdout, "data") : this.#ended, this.#ended]);
    }
    return this.#output.slice(0, this.#output.indexOf("\n"));
  }
}

/** Starts a command as the account and in the namespace; each of the programs before it becomes the next. */
function start(command: readonly string[], options: StartOptions, more: SpawnOptions = {}): ChildProcess {
  const spawnOptions: SpawnOptions = { ...more, stdio: ["pipe", "pipe", "pipe"] };
  if (options.env) spawnOptions.env = options.env;
  if (options.cwd) spawnOptions.cwd = options.cwd;
  const priv = ["setpriv", "--pdeathsig", "TERM", ...credentials(options.account)];
  const [first = "", ...rest] = [...entering(options.namespace), ...priv, ...command];
  return spawn(first, rest, spawnOptions);
}

/** The beginning of a command that runs in a network namespace, which takes root. */
export function entering(namespace: string | undefined): string[] {
  return namespace === undefined ? [] : ["nsenter", `--net=/run/netns/${namespace}`];
}

function credentials(account: Account | undefined): string[] {
  if (!account || account.uid === process.getuid?.()) return [];
  return ["--reuid", `${account.uid}`, "--regid", `${account.gid}`, "--clear-groups"];
}

/** Runs a program to its end and returns its standard output. A failure throws what it printed. */
export async function run(
  name: string,
  args: readonly string[],
  options: StartOptions & { readonly input?: string | Buffer } = {},
): Promise<Buffer> {
  const child = start([name, ...args], options);
  const out: Buffer[] = [];
  const problem: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => problem.push(chunk));
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(options.input ?? "");
  const [code] = await once(child, "close");
  if (code !== 0) {
    const text = Buffer.concat(problem).toString("utf8").trim();
    throw new Error(`${name} ${args.join(" ")} ended with ${String(code)}: ${text}`);
  }
  return Buffer.concat(out);
}
