/** One file of the technician's on its way to the requester's machine. It is read as it is sent. */
import { toBase64 } from "../protocol/bytes.ts";
import { MaxPieceBytes } from "../protocol/control.gen.ts";
import type { FromViewer } from "../protocol/control.ts";
import type { FileFromClient, Frame } from "../protocol/files.ts";
import { Sha256 } from "../protocol/sha256.ts";
import type { FileProblem, FileState, Transfer } from "./files.ts";
import type { Pace } from "./pace.ts";

/** What a file needs of whoever owns it. */
export interface Hooks {
  say(message: FromViewer): void;
  frame(frame: Frame): boolean;
  pace(): Pace;
  changed(): void;
}

/** How much is read of the disk at once. */
const READ_BYTES = 16 * MaxPieceBytes;

interface Flight {
  readonly end: number;
  readonly size: number;
  readonly at: number;
}

export class Sending {
  readonly way = "send";
  readonly right = "files:send";
  state: FileState = "waiting";
  /** The client heard of it once, perhaps. */
  offered = false;
  private problem: FileProblem | undefined;
  private moved = 0;
  private flights: Flight[] = [];
  /** Of the first bytes, up to hashed. */
  private hash = new Sha256();
  private hashed = 0;
  private digest: string | undefined;
  /** The run that sends now: another one takes its place when it goes on from elsewhere. */
  private run = {};
  private pace: Pace | undefined;
  private wakeUp: () => void = () => undefined;

  constructor(
    readonly n: number,
    private readonly file: File,
    private readonly hooks: Hooks,
  ) {}

  get name(): string {
    return this.file.name;
  }

  get size(): number {
    return this.file.size;
  }

  get over(): boolean {
    return this.state === "done" || this.state === "failed";
  }

  get rests(): boolean {
    return this.state === "resting";
  }

  shown(): Transfer {
    const { n, way, name, size, moved, state, problem } = this;
    return { n, way, name, size, moved, state, problem };
  }

  begin(): void {
    this.state = "moving";
  }

  rest(): void {
    if (this.state === "moving") this.state = "resting";
    this.halt();
  }

  fail(problem: FileProblem): void {
    if (this.over) return;
    this.state = "failed";
    this.problem = problem;
    this.halt();
    this.hooks.changed();
  }

  wake(): void {
    this.wakeUp();
  }

  onMessage(message: FileFromClient): void {
    switch (message.type) {
      case "taking":
        if (message.from > this.size) this.fail("differs");
        else this.sendFrom(message.from);
        return;
      case "stored":
        if (message.sha256 !== this.digest) {
          this.fail("differs");
          return;
        }
        this.state = "done";
        this.moved = this.size;
        this.halt();
        return;
      case "dropped":
        if (message.reason === "busy") {
          this.state = "waiting"; // another one ends first
          this.halt();
        } else this.fail(message.reason);
        return;
      default: // of a file that is fetched
    }
  }

  onTook(offset: number, pace: Pace): void {
    let [bytes, at] = [0, 0];
    for (let first = this.flights[0]; first !== undefined && first.end <= offset; first = this.flights[0]) {
      bytes += first.size;
      at = first.at;
      this.flights.shift();
    }
    const now = performance.now();
    if (bytes > 0) pace.answered(bytes, now - at, now);
    this.moved = Math.max(this.moved, Math.min(offset, this.size));
    this.hooks.changed();
  }

  /** Ends what sends now and gives its room back. */
  private halt(): void {
    this.run = {};
    this.pace?.gone(this.flights.reduce((sum, flight) => sum + flight.size, 0));
    this.flights = [];
    this.wakeUp();
  }

  private sendFrom(from: number): void {
    this.halt();
    this.state = "moving";
    this.moved = from;
    this.pace = this.hooks.pace();
    const run = this.run;
    this.pieces(from, run, this.pace).catch(() => {
      if (this.run !== run) return;
      this.hooks.say({ type: "drop", n: this.n });
      this.fail("unreadable"); // it changed, or went away
    });
  }

  private async pieces(from: number, run: object, pace: Pace): Promise<void> {
    // Bytes before this place may not be hashed yet: those of a page that reads faster than it sends never are not.
    let at = Math.min(from, this.hashed);
    while (at < this.size) {
      const block = new Uint8Array(await this.file.slice(at, at + READ_BYTES).arrayBuffer());
      if (block.length === 0) throw new Error("the file became shorter");
      for (let begin = 0; begin < block.length; begin += MaxPieceBytes) {
        if (this.run !== run) return;
        const bytes = block.subarray(begin, begin + MaxPieceBytes);
        if (at + bytes.length > this.hashed) {
          this.hash.update(bytes.subarray(this.hashed - at));
          this.hashed = at + bytes.length;
        }
        if (at >= from) {
          while (!pace.take(bytes.length)) {
            await new Promise<void>((resolve) => {
              this.wakeUp = resolve;
            });
            if (this.run !== run) return;
          }
          if (!this.hooks.frame({ kind: "piece", n: this.n, offset: at, bytes })) {
            pace.gone(bytes.length);
            return; // the connection is gone
          }
          this.flights.push({ end: at + bytes.length, size: bytes.length, at: performance.now() });
        }
        at += bytes.length;
      }
    }
    if (this.run !== run) return;
    this.digest ??= toBase64(this.hash.digest());
    this.hooks.say({ type: "whole", n: this.n, sha256: this.digest });
  }
}
