import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { entering, run } from "./process.ts";

/** Where the broker is reached from both sides. The addresses are of RFC 5737, which nobody else has. */
const brokerAddress = "198.51.100.1";

/** A side's own address, and that of the broker's end of its cable. */
const cables = {
  requester: { own: "198.51.100.6", other: "198.51.100.5" },
  technician: { own: "198.51.100.10", other: "198.51.100.9" },
} as const;

export type Side = keyof typeof cables;

export interface NetworkOptions {
  /** The broker's machine also forwards between the sides. Without it they have no way to each other at all. */
  readonly direct?: boolean;
}

let made = 0;

/**
 * Three machines, as far as the network goes: the requester's and the technician's, each on a cable of its own to
 * the broker's. They are network namespaces of Linux, given by name to whatever starts programs in them; files,
 * users and X displays are shared with the machine that the tests run on. There is no IPv6 and nothing else to
 * reach.
 */
export class Network {
  /** The namespaces. */
  readonly broker: string;
  readonly requester: string;
  readonly technician: string;
  #scripts: string | undefined;

  private constructor(readonly direct: boolean) {
    const name = `beside-${process.pid}-${++made}`;
    this.broker = `${name}-broker`;
    this.requester = `${name}-requester`;
    this.technician = `${name}-technician`;
  }

  static async start(options: NetworkOptions = {}): Promise<Network> {
    const network = new Network(options.direct ?? false);
    try {
      await network.#build();
    } catch (err) {
      await network.end();
      throw err;
    }
    return network;
  }

  /** Why there can be none here, for a test to say when it is skipped. */
  static async missing(): Promise<string | undefined> {
    if (process.getuid?.() !== 0) return "network namespaces need root";
    const network = new Network(false);
    try {
      await network.#build();
      return undefined;
    } catch (err) {
      return `no network namespaces here: ${err instanceof Error ? err.message : String(err)}`;
    } finally {
      await network.end();
    }
  }

  /**
   * What a broker on its machine is told at start. The machine has several addresses: the relay listens on the one
   * that the ends are told, because ends take answers from there alone.
   */
  get flags(): readonly string[] {
    return ["--url", `https://${brokerAddress}:8443`, "--listen-relay", `${brokerAddress}:3478`];
  }

  /** Pulls the cable at the broker's end: the side sees that there is no signal, and keeps its address and routes. */
  async unplug(side: Side): Promise<void> {
    await ip("-n", this.broker, "link", "set", side, "down");
  }

  async plug(side: Side): Promise<void> {
    await ip("-n", this.broker, "link", "set", side, "up");
  }

  /** Whether packets of a side come to the other one's machine: nothing listens there, so that it refuses a connection. */
  async meets(side: Side, other: Side): Promise<boolean> {
    const script = `timeout 2 bash -c 'exec 3<>/dev/tcp/${cables[other].own}/9'; [ $? = 1 ] && echo refused || echo lost`;
    return (await inside(this[side], script)).includes("refused");
  }

  /** A program that runs another in a namespace, for what can only be told the name of a program. */
  async wrapped(program: string, namespace: string): Promise<string> {
    this.#scripts ??= await mkdtemp(join(tmpdir(), "beside-network-"));
    const script = join(this.#scripts, namespace);
    await writeFile(script, `#!/bin/sh\nexec ${entering(namespace).join(" ")} ${program} "$@"\n`);
    await chmod(script, 0o755);
    return script;
  }

  /** Removes the machines. What still runs there keeps running, with no network. */
  async end(): Promise<void> {
    for (const name of [this.broker, this.requester, this.technician]) {
      await ip("netns", "delete", name).catch(() => undefined); // it was never made
    }
    if (this.#scripts !== undefined) await rm(this.#scripts, { recursive: true, force: true });
  }

  async #build(): Promise<void> {
    for (const name of [this.broker, this.requester, this.technician]) {
      await ip("netns", "add", name);
      // A kernel without IPv6 has no such setting.
      await inside(name, "cd /proc/sys/net/ipv6/conf 2>/dev/null || exit 0; echo 1 >all/disable_ipv6");
      await ip("-n", name, "link", "set", "lo", "up");
    }
    // A new namespace may begin with what the machine has.
    await inside(this.broker, `echo ${this.direct ? 1 : 0} >/proc/sys/net/ipv4/ip_forward`);
    await ip("-n", this.broker, "address", "add", `${brokerAddress}/32`, "dev", "lo");
    for (const side of ["requester", "technician"] as const) {
      const { own, other } = cables[side];
      const peer = ["type", "veth", "peer", "name", side, "netns", this.broker];
      await ip("link", "add", "eth0", "netns", this[side], ...peer);
      await ip("-n", this[side], "address", "add", `${own}/30`, "dev", "eth0");
      await ip("-n", this.broker, "address", "add", `${other}/30`, "dev", side);
      await ip("-n", this[side], "link", "set", "eth0", "up");
      await ip("-n", this.broker, "link", "set", side, "up");
      await ip("-n", this[side], "route", "add", "default", "via", other);
    }
  }
}

async function ip(...args: string[]): Promise<void> {
  await run("ip", args);
}

async function inside(namespace: string, script: string): Promise<string> {
  return (await run("sh", ["-c", script], { namespace })).toString();
}
