/** One file that the requester picks, on its way here. It is kept as it comes, and opened by nobody. */
import { toBase64 } from "../protocol/bytes.ts";
import type { FileFromClient, Frame } from "../protocol/files.ts";
import { Sha256 } from "../protocol/sha256.ts";
import type { FileSink } from "./file-sink.ts";
import type { FileProblem, FileState, Transfer } from "./files.ts";
import type { Hooks } from "./sending.ts";

export class Fetching {
  readonly way = "fetch";
  readonly right = "files:fetch";
  state: FileState = "picking";
  /** The whole file, once it is there and is what was sent. */
  content: Blob | undefined;
  private problem: FileProblem | undefined;
  private name = "";
  private size = 0;
  /** Bytes that came. */
  private came = 0;
  private moved = 0;
  private named = false;
  private readonly hash = new Sha256();
  private sink: Promise<FileSink> | undefined;
  /** What is written, one behind the other. */
  private written: Promise<void> = Promise.resolve();

  constructor(
    readonly n: number,
    private readonly hooks: Hooks,
    private readonly makeSink: () => Promise<FileSink>,
  ) {}

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

  rest(): void {
    if (this.state === "moving") this.state = "resting";
  }

  /** Asks for what is missing. */
  goOn(): void {
    this.state = "moving";
    this.hooks.say({ type: "get", n: this.n, from: this.came });
  }

  fail(problem: FileProblem): void {
    if (this.over) return;
    this.state = "failed";
    this.problem = problem;
    this.forget();
    this.hooks.changed();
  }

  /** Takes away what came so far. */
  forget(): void {
    this.sink?.then((sink) => sink.forget()).catch(() => undefined); // it goes with a later page
  }

  onMessage(message: FileFromClient): void {
    switch (message.type) {
      case "giving":
        this.onGiving(message);
        return;
      case "given":
        this.onGiven(message.sha256);
        return;
      case "dropped":
        this.fail(message.reason);
        return;
      default: // of a file that is sent
    }
  }

  private onGiving({ name, size, from }: Extract<FileFromClient, { type: "giving" }>): void {
    if (from !== this.came || (this.named && (size !== this.size || name !== this.name))) {
      this.lied();
      return;
    }
    this.name = name;
    this.size = size;
    this.named = true;
    this.state = "moving";
    this.sink ??= this.makeSink();
  }

  /** Takes the next bytes. Those of another place, and more than there should be, are a lie. */
  onPiece({ offset, bytes }: Extract<Frame, { kind: "piece" }>): void {
    const { sink } = this;
    if (sink === undefined || offset !== this.came || offset + bytes.length > this.size) {
      this.lied();
      return;
    }
    this.came += bytes.length;
    this.hash.update(bytes);
    this.written = this.written
      .then(async () => {
        await (await sink).write(bytes);
        this.moved = offset + bytes.length;
        this.hooks.frame({ kind: "took", n: this.n, offset: this.moved });
        this.hooks.changed();
      })
      .catch(() => this.unkept());
  }

  private onGiven(sha256: string): void {
    const { sink } = this;
    const ours = this.came === this.size ? toBase64(this.hash.digest()) : "";
    if (sink === undefined || ours !== sha256) {
      this.lied();
      return;
    }
    this.written = this.written
      .then(async () => {
        this.content = await (await sink).whole();
        if (this.over) return;
        this.state = "done";
        this.hooks.say({ type: "kept", n: this.n, sha256 });
        this.hooks.changed();
      })
      .catch(() => this.unkept());
  }

  private unkept(): void {
    if (this.over) return;
    this.hooks.say({ type: "drop", n: this.n });
    this.fail("unkept");
  }

  private lied(): void {
    if (this.over) return;
    this.hooks.say({ type: "drop", n: this.n });
    this.fail("differs");
  }
}
