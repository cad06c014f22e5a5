import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Canaries } from "./canaries.ts";
import type { Desktop } from "./desktop.ts";
import { programs } from "./paths.ts";
import { Program, run } from "./process.ts";
import { waitFor } from "./wait.ts";

/** What `beside invite` answers. */
export interface Invitation {
  readonly id: string;
  /** What the requester is sent. */
  readonly link: string;
  /** What the client's file name carries. */
  readonly secret: string;
  /** A page that signs the technician in and opens the session. */
  readonly open: string;
}

export interface Technician {
  readonly email: string;
  readonly name: string;
}

export const robin: Technician = { email: "robin@desk.example", name: "Robin Hale" };

/** Below it are ports that browsers refuse, and those of well-known services. */
const lowestPort = 20_000;

export interface BrokerOptions {
  /** The network namespace that it runs in (see Network): only programs there reach its plain address. */
  readonly namespace?: string;
}

/** A real broker with a database of its own, and its command line. */
export class Broker {
  #server: Program;
  #earlierLog = "";
  readonly #given = new Canaries();
  /** Set anew for what starts after it: flags of `beside serve`. */
  readonly flags: string[];

  private constructor(
    readonly data: string,
    readonly httpAddress: string,
    flags: readonly string[],
    readonly namespace: string | undefined,
  ) {
    this.flags = [...flags];
    this.#server = this.#serve();
  }

  /** Starts a broker on free ports. Further flags of `beside serve` may shorten its waiting times. */
  static async start(flags: readonly string[] = [], options: BrokerOptions = {}): Promise<Broker> {
    const data = await mkdtemp(join(tmpdir(), "beside-broker-"));
    const broker = new Broker(data, `localhost:${await freePort()}`, flags, options.namespace);
    try {
      await broker.#ready();
    } catch (err) {
      await broker.end();
      throw err;
    }
    return broker;
  }

  /** The address of its pages, a secure context on this machine. */
  get url(): string {
    return `http://${this.httpAddress}`;
  }

  get pid(): number {
    return this.#server.pid ?? 0;
  }

  /** All that it logged, over restarts. */
  get log(): string {
    return this.#earlierLog + this.#server.output;
  }

  /** Stops it, gently unless told otherwise, and keeps its data. */
  async stop(how: "gently" | "at once" = "gently"): Promise<void> {
    if (how === "at once") this.#server.signal("SIGKILL");
    await this.#server.end();
  }

  /** Starts it again on the same address and data. */
  async startAgain(): Promise<void> {
    this.#earlierLog = this.log;
    this.#server = this.#serve();
    await this.#ready();
  }

  /** Stops it and removes its data. */
  async end(): Promise<void> {
    await this.#server.end();
    await rm(this.data, { recursive: true, force: true });
  }

  /** Runs one of its commands and returns what it printed. */
  async command(...args: readonly string[]): Promise<string> {
    return (await run(programs.beside, [...args, "--data", this.data])).toString();
  }

  /** Runs one of its commands and reads the JSON object that it answers. */
  async json(...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    const answer: unknown = JSON.parse(await this.command(...args, "--json"));
    if (typeof answer !== "object" || answer === null)
      throw new Error(`beside ${args[0]} answered no object`);
    return answer as Record<string, unknown>;
  }

  async addTechnician(who: Technician = robin, role = "technician"): Promise<void> {
    await this.json("account", "add", "--email", who.email, "--name", who.name, "--role", role);
  }

  /** A page that signs an account in, once. */
  async signInLink(who: Technician = robin): Promise<string> {
    const link = string(await this.json("signin-link", who.email), "link");
    this.#given.addSignIn(link);
    return link;
  }

  /** Opens a ticket and returns its id. */
  async addTicket(subject = "Printer prints nothing", requester = "Sam Okafor"): Promise<string> {
    return string(await this.json("ticket", "add", "--subject", subject, "--requester", requester), "id");
  }

  async invite(ticket: string, who: Technician = robin): Promise<Invitation> {
    const answer = await this.json("invite", "--technician", who.email, "--ticket", ticket);
    const invitation = {
      id: string(answer, "id"),
      link: string(answer, "link"),
      secret: string(answer, "secret"),
      open: string(answer, "open"),
    };
    this.#given.addCode(invitation.secret);
    this.#given.addSignIn(invitation.open);
    return invitation;
  }

  /** The secrets that its commands gave out so far: they must not be read in anything that it wrote down. */
  get given(): ReadonlyMap<string, string | Buffer> {
    return this.#given.forms;
  }

  /** Puts the client on a desktop as a download of this invitation would, and returns where it is. */
  async installClient(desktop: Desktop, secret: string): Promise<string> {
    const filled = join(this.data, "client-for-linux");
    await this.command("client", "--os", "linux", "--out", filled);
    return await desktop.install(filled, `Downloads/Beside-${secret}`);
  }

  /** The whole audit log, as exported. */
  async auditExport(): Promise<string> {
    return await this.command("audit", "export");
  }

  /** Which secrets can be read where none must be: in the log, the audit export, or any file of the broker. */
  async leaks(secrets: ReadonlyMap<string, string | Buffer>): Promise<string[]> {
    const places = new Map([
      ["log", Buffer.from(this.log)],
      ["audit export", Buffer.from(await this.auditExport())],
    ]);
    for (const entry of await readdir(this.data, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || entry.name === "client-for-linux") continue;
      const path = join(entry.parentPath, entry.name);
      places.set(path, await readFile(path));
    }
    const found: string[] = [];
    for (const [place, content] of places) {
      for (const [name, secret] of secrets) if (content.includes(secret)) found.push(`${name} in ${place}`);
    }
    return found;
  }

  #serve(): Program {
    const args = ["serve", "--data", this.data, "--listen-http", this.httpAddress, ...this.flags];
    const env = { PATH: "/usr/bin:/bin", HOME: this.data };
    return new Program(programs.beside, args, { env, namespace: this.namespace });
  }

  async #ready(): Promise<void> {
    await waitFor("the broker is ready", async () => {
      if (!this.#server.running) throw new Error(`the broker ended: ${this.#server.output}`);
      try {
        return await this.#answers();
      } catch {
        return false; // it does not listen yet
      }
    });
  }

  async #answers(): Promise<boolean> {
    const url = `${this.url}/readyz`;
    if (this.namespace === undefined) return (await fetch(url)).ok;
    const script = "fetch(process.argv[1]).then((r) => process.exit(r.ok ? 0 : 1))";
    await run(process.execPath, ["--eval", script, url], { namespace: this.namespace });
    return true;
  }
}

function string(answer: Readonly<Record<string, unknown>>, field: string): string {
  const value = answer[field];
  if (typeof value !== "string") throw new Error(`no ${field} in ${Object.keys(answer).join(", ")}`);
  return value;
}

/**
 * A port that was free a moment ago. A broker keeps its port over a restart, so it cannot choose one itself; and it is
 * none that the kernel gives to whoever asks for any, so that nobody else has it meanwhile.
 */
export async function freePort(): Promise<number> {
  const range = await readFile("/proc/sys/net/ipv4/ip_local_port_range", "utf8");
  const end = Number(range.split(/\s/)[0]);
  if (end <= lowestPort)
    throw new Error(`ports from ${lowestPort} are given to anybody: set ip_local_port_range higher`);
  return await waitFor("a free port", async () => {
    const port = randomInt(lowestPort, end);
    return (await free(port)) && port;
  });
}

async function free(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
  } catch {
    return false; // somebody has it
  }
  server.close();
  await once(server, "close");
  return true;
}
