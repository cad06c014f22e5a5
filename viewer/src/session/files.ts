/**
 * Files both ways, as the technician's page has them. It knows no page and no connection: whoever owns it gives it a
 * line to the client and tells what comes. What is under way goes on over the next line; what was refused does not
 * come back by itself. The page may hold a right and a line, but the client alone decides.
 */

import { MaxFileBytes, MaxFileName, MaxParallelFiles } from "../protocol/control.gen.ts";
import type { FromViewer, Rights } from "../protocol/control.ts";
import type { DropReason, FileFromClient, Frame } from "../protocol/files.ts";
import { Fetching } from "./fetching.ts";
import { type FileSink, fileSink } from "./file-sink.ts";
import { Pace } from "./pace.ts";
import { Sending } from "./sending.ts";

/** The way to a verified client. */
export interface FileLine {
  say(message: FromViewer): boolean;
  frame(frame: Frame): boolean;
}

/** Why a file came to nothing; "unreadable" and "unkept" are about this machine. */
export type FileProblem = DropReason | "unreadable" | "unkept" | "left";

export type FileState = "waiting" | "picking" | "moving" | "resting" | "done" | "failed";

/** One file, as it is shown. */
export interface Transfer {
  readonly n: number;
  readonly way: "send" | "fetch";
  /** As it came: shown as text, and saved under a name that is made of it. */
  readonly name: string;
  readonly size: number;
  readonly moved: number;
  readonly state: FileState;
  readonly problem: FileProblem | undefined;
}

/** How often what moves is shown, at most. */
const SHOWN_MS = 250;

export class Files {
  private all: (Sending | Fetching)[] = [];
  private line: FileLine | undefined;
  private pace = new Pace();
  private rights: Pick<Rights, "scopes" | "paused"> = { scopes: [], paused: false };
  private last = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly onChange: (files: readonly Transfer[]) => void,
    private readonly sink: () => Promise<FileSink> = fileSink,
  ) {}

  /** Begins to send files of this machine. */
  send(files: Iterable<File>): void {
    for (const file of files) {
      const sending = new Sending(++this.last, file, this.hooks);
      this.all.push(sending);
      if (file.size > MaxFileBytes) sending.fail("too_large");
    }
    this.pump();
    this.changed();
  }

  /** Asks the requester to pick a file. */
  fetch(): void {
    if (this.line === undefined || !this.allows("files:fetch")) return;
    const fetching = new Fetching(++this.last, this.hooks, this.sink);
    this.all.push(fetching);
    this.line.say({ type: "get", n: fetching.n, from: 0 });
    this.changed();
  }

  /** Stops a file. */
  drop(n: number): void {
    const file = this.find(n);
    if (file === undefined || file.over) return;
    this.line?.say({ type: "drop", n });
    file.fail("left");
    this.pump();
  }

  /** The file that was fetched, once it is whole. */
  fetched(n: number): Blob | undefined {
    const file = this.find(n);
    return file instanceof Fetching ? file.content : undefined;
  }

  /** A client was verified. What was under way goes on when it says what holds. */
  connect(line: FileLine): void {
    this.line = line;
    this.pace = new Pace();
  }

  /** The connection is gone. */
  lost(): void {
    this.line = undefined;
    for (const file of this.all) {
      if (file.state === "picking") file.fail("lost");
      file.rest();
    }
    this.rights = { scopes: [], paused: false };
    this.changed();
  }

  /** What holds now. */
  follow(rights: Rights): void {
    this.rights = rights;
    for (const file of this.all) {
      if (file.over) continue;
      if (!this.allows(file.right)) file.rest();
      else if (file.rests) this.goOn(file);
    }
    this.pump();
    this.changed();
  }

  /** The requester did not allow that files are sent: what waits for it comes to nothing. */
  refused(): void {
    for (const file of this.all) if (file.state === "waiting") file.fail("no_right");
  }

  /** What the client says of files. */
  onMessage(message: FileFromClient): void {
    const file = this.find(message.n);
    if (file === undefined || file.over) return; // stopped meanwhile
    if (file instanceof Sending) file.onMessage(message);
    else file.onMessage(message);
    this.pump();
    this.changed();
  }

  /** What comes on the channel of files. */
  onFrame(frame: Frame): void {
    const file = this.find(frame.n);
    if (file === undefined || file.over) return; // stopped meanwhile
    if (file instanceof Sending && frame.kind === "took") file.onTook(frame.offset, this.pace);
    if (file instanceof Fetching && frame.kind === "piece") file.onPiece(frame);
    for (const other of this.all) if (other instanceof Sending) other.wake();
  }

  /** Forgets everything: the page goes. */
  dispose(): void {
    this.line = undefined;
    for (const file of this.all) {
      file.fail("left");
      if (file instanceof Fetching) file.forget();
    }
    clearTimeout(this.timer);
  }

  private readonly hooks = {
    say: (message: FromViewer): void => void this.line?.say(message),
    frame: (frame: Frame): boolean => this.line?.frame(frame) === true,
    pace: (): Pace => this.pace,
    changed: (): void => this.changed(),
  };

  private find(n: number): Sending | Fetching | undefined {
    return this.all.find((file) => file.n === n);
  }

  private allows(right: "files:send" | "files:fetch"): boolean {
    return this.line !== undefined && !this.rights.paused && this.rights.scopes.includes(right);
  }

  private goOn(file: Sending | Fetching): void {
    if (file instanceof Fetching) file.goOn();
    else if (file.offered) this.offer(file);
  }

  private offer(file: Sending): void {
    file.offered = true;
    this.line?.say({ type: "put", n: file.n, name: shortened(file.name), size: file.size });
  }

  /** Offers as many of those that wait as may be under way. */
  private pump(): void {
    if (!this.allows("files:send")) return;
    let under = this.all.filter((file) => !file.over && file.state !== "waiting").length;
    for (const file of this.all) {
      if (!(file instanceof Sending) || file.state !== "waiting" || under >= MaxParallelFiles) continue;
      under++;
      file.begin();
      this.offer(file);
    }
  }

  private changed(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.onChange(this.all.map((file) => file.shown()));
    }, SHOWN_MS);
  }
}

/** A name of at most so many bytes, with its end. */
export function shortened(name: string): string {
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  let cut = name.replace(/\p{Surrogate}/gu, "_");
  while (bytes(cut) > MaxFileName) cut = [...cut].slice(1).join("");
  return cut === "" ? "file" : cut;
}

/** What a file of the requester is saved as: a name that no system takes for anything else. */
export function savedName(name: string): string {
  const cut = name
    .replace(/^.*[/\\]/, "")
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "")
    .replace(/[<>:"|?*]/g, "_")
    .replace(/^[\s.~-]+|[\s.~]+$/g, "")
    .slice(-150);
  return cut === "" ? "file" : cut;
}
