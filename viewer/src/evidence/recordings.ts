/** The chunks of a session's recordings against what the client signed: the twin of recordings.go in signaling/evidence. */
import { type Bytes, same } from "../protocol/bytes.ts";
import { treeRoot } from "../protocol/merkle.ts";
import type { RecordingLeaves } from "./file.ts";
import { type Claim, decoded } from "./leaf.ts";
import type { Report } from "./report.ts";

/** One root that the client signed. */
interface Signed {
  readonly seq: number;
  readonly chunks: number;
  readonly root: Bytes | undefined;
}

/** What the session's events say of one recording. */
interface Told {
  /** The event that began it. */
  readonly first: number;
  readonly kept: Signed[];
  ended: Signed | undefined;
  /** In milliseconds. */
  gaps: number;
}

const count = (value: unknown): number => (typeof value === "number" ? value : 0);

export class Recordings {
  readonly #told = new Map<string, Told>();

  /** Takes the client's next statement. */
  add(seq: number, { kind, data }: Claim): void {
    if (!kind.startsWith("client.recording_")) return;
    const id = String(data["recording"] ?? "");
    const told = this.#told.get(id) ?? { first: seq, kept: [], ended: undefined, gaps: 0 };
    this.#told.set(id, told);
    const signed = { seq, chunks: count(data["chunks"]), root: decoded(data["root"]) };
    if (kind === "client.recording_kept") told.kept.push(signed);
    if (kind === "client.recording_ended") {
      told.ended = signed;
      told.gaps = count(data["missing"]);
    }
  }

  async close(report: Report, all: readonly RecordingLeaves[]): Promise<void> {
    const listed = new Map(all.map((one) => [one.recording, one.leaves]));
    for (const [recording, told] of this.#told) {
      const leaves = listed.get(recording);
      if (leaves === undefined) report.add("missing", "recording-unlisted", told.first, { recording });
      else await judge(report, recording, told, leaves);
    }
    for (const { recording } of all) {
      if (!this.#told.has(recording)) report.add("false", "recording-unsigned", 0, { recording });
    }
  }
}

/** Compares chunks with each root that the client signed. */
async function judge(report: Report, recording: string, told: Told, leaves: readonly Bytes[]): Promise<void> {
  for (const { seq, chunks, root } of told.ended === undefined ? told.kept : [...told.kept, told.ended]) {
    if (chunks > leaves.length || chunks < 0) {
      report.add("false", "recording-lost", seq, { recording, chunks: leaves.length, signed: chunks });
      return;
    }
    if (root === undefined || !same(root, await treeRoot(leaves.slice(0, chunks)))) {
      report.add("false", "recording-false", seq, { recording });
      return;
    }
  }
  if (told.ended === undefined) {
    report.add("missing", "recording-open", told.first, { recording });
    return;
  }
  const { seq, chunks } = told.ended;
  if (leaves.length > chunks) {
    report.add("false", "recording-false", seq, { recording });
    return;
  }
  report.add("proven", "recording", seq, { recording, chunks });
  if (told.gaps > 0) {
    report.add("note", "recording-gaps", seq, { recording, seconds: Math.ceil(told.gaps / 1000) });
  }
}
