/** The line between host and viewer: two network namespaces that run.sh made, and one device in each. */
import { fileURLToPath } from "node:url";
import { Program, run } from "../viewer/tests/harness/process.ts";
import type { LinkShape } from "./options.ts";

const netem = fileURLToPath(new URL("../bin/bench-netem", import.meta.url));
const hostSpace = "beside-bench-host"; // this program runs in it
const viewerSpace = "beside-bench-viewer";
const device = "wire";

/** The host's end. */
export const hostAddress = "10.77.0.1";
const viewerAddress = "10.77.0.2";

/** Bytes and packets at the viewer's end so far. */
export interface Traffic {
  readonly down: number;
  readonly up: number;
  readonly packetsDown: number;
}

export class Line {
  private constructor(readonly relay: Program | undefined) {}

  /** Lays a line. It must be ended before the next. */
  static async lay(shape: LinkShape): Promise<Line> {
    const plain = shape.delayMs === 0 && shape.mbit === 0 && shape.lossPercent === 0;
    let relay: Program | undefined;
    if (plain) {
      await ip(
        hostSpace,
        "link",
        "add",
        device,
        "type",
        "veth",
        "peer",
        "name",
        device,
        "netns",
        viewerSpace,
      );
    } else {
      relay = new Program(netem, [
        ...["-from", `${hostSpace}:${device}`, "-to", `${viewerSpace}:${device}`],
        ...["-delay", `${shape.delayMs}ms`, "-mbit", `${shape.mbit}`, "-loss", `${shape.lossPercent}`],
      ]);
      await relay.firstLine();
    }
    for (const [space, own, other] of [
      [hostSpace, hostAddress, viewerAddress],
      [viewerSpace, viewerAddress, hostAddress],
    ] as const) {
      await ip(space, "address", "add", `${own}/32`, "dev", device);
      await ip(space, "link", "set", device, "up");
      // CUBIC is what most systems use; the machine's own choice may be another.
      await ip(space, "route", "add", other, "dev", device, "congctl", "cubic");
    }
    return new Line(relay);
  }

  async end(): Promise<void> {
    this.relay?.finishInput();
    await this.relay?.ended();
    if (this.relay === undefined) await ip(hostSpace, "link", "delete", device);
  }

  async traffic(): Promise<Traffic> {
    return readTraffic((await ip(viewerSpace, "-statistics", "-json", "link", "show", device)).toString());
  }
}

/** Reads what `ip -s -j link show` says of one device. */
export function readTraffic(json: string): Traffic {
  const [found] = JSON.parse(json) as {
    stats64: { rx: { bytes: number; packets: number }; tx: { bytes: number } };
  }[];
  if (found === undefined) throw new Error("no device");
  const { rx, tx } = found.stats64;
  return { down: rx.bytes, up: tx.bytes, packetsDown: rx.packets };
}

async function ip(space: string, ...args: string[]): Promise<Buffer> {
  return await run("ip", ["-netns", space, ...args]);
}
