/** What a peer is: something that shows a desktop in a browser. A folder of peers/ has one in its peer.ts. */
import type { Page } from "../viewer/tests/fixtures.ts";
import type { Size } from "../viewer/tests/harness/desktop.ts";
import type { Program } from "../viewer/tests/harness/process.ts";
import type { Figures } from "./stats.ts";

/** A desktop to draw on. The Desktop of the tests is one (Xvfb with a window manager). */
export interface Screen {
  /** Such as ":1". */
  readonly display: string;
  /** The process below which the X server runs. */
  readonly pid: number;
  /** Starts a program there, which ends with the desktop. */
  start(program: string, args?: readonly string[], env?: Record<string, string>): Program;
  end(): Promise<void>;
}

/** Where a peer is to run: this machine, in a network namespace whose only line leads to the viewer. */
export interface Host {
  /** The address at which the viewer's browser reaches this end of the line. */
  readonly address: string;
  readonly size: Size;
  /** What will be measured. */
  readonly scenes: readonly string[];
  /** An X server without screen-sharing of its own, for peers that are none. Served.stop ends it. */
  desktop(): Promise<Screen>;
}

/** A running peer. */
export interface Served {
  readonly screen: Screen;
  /** Processes whose load and memory, with all below them, are the peer's; the X server's only if it is the peer. */
  readonly processes: readonly number[];
  /** Whether the X server is a process of its own, whose load is told apart. */
  readonly ownServer: boolean;
  /** Those of them that run beside the screen, where others, such as a broker, may run elsewhere. */
  readonly client?: readonly number[];
  /** What an empty window of its toolkit takes, in MiB of PSS, where it has windows and "idle" is measured. */
  readonly emptyWindowMiB?: number | undefined;
  /** Finds the canvas with the picture, at one pixel for each of the screen. */
  readonly canvas: string;
  /** Does all that comes before the picture may be seen. */
  open(page: Page): Promise<void>;
  /** Does the last act before the picture comes, and returns when that was, by Date.now(). */
  connect(page: Page): Promise<number>;
  /** Gets mouse and keyboard, where that is an act of its own. */
  control?(page: Page): Promise<void>;
  /** What the peer itself can tell of some time, given in milliseconds since 1970. */
  inside?(from: number, to: number): Figures;
  /** Ends everything, the desktop too. */
  stop(): Promise<void>;
}

export interface Peer {
  /** As tables call it. */
  readonly name: string;
  start(host: Host): Promise<Served>;
}
