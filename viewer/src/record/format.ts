/**
 * The format of recordings: docs/recording.md has the bytes, signaling/recording is the same in Go. Numbers are
 * big endian.
 */
import { type Bytes, concat, utf8 } from "../protocol/bytes.ts";

export const maxChunkBytes = 4 << 20; // of a chunk's plaintext
export const maxChunkMs = 10_000;
export const maxEventBytes = 4 << 10;
export const maxChunks = 50_000;
export const maxHeadBytes = 64 << 10;
export const maxMs = 31 * 24 * 3_600_000;
export const sealBytes = 16; // that sealing adds

/**
 * Why a recording, or a part of it, is not shown. `statement`: what the client signed is not there or is not its;
 * `head`: what opens it is not what the client signed; `tree`: the list of parts is another than the one that it
 * signed; `chunk`: the bytes of a part are; `sealed`: a part does not open; `malformed`: it is no recording;
 * `gone`: the bytes are not to be had.
 */
export type Problem = "statement" | "head" | "tree" | "chunk" | "sealed" | "malformed" | "gone";

/** Nothing of what it names was shown. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
  constructor(
    readonly problem: Problem,
    what: string,
    /** The part that it is about. */
    readonly chunk?: number,
  ) {
    super(`recording: ${what}`);
  }
}

/** What a chunk covers, in milliseconds since the recording began, and how it stands to the others. */
export interface Span {
  readonly n: number;
  readonly from: number;
  readonly to: number;
  readonly flags: number;
}

/** A chunk as the leaf of the tree has it. */
export interface Leaf extends Span {
  readonly length: number; // of the ciphertext
  readonly hash: Bytes; // SHA-256 of it
}

export const isSnapshot = (span: Span): boolean => (span.flags & 1) !== 0;
export const isLast = (span: Span): boolean => (span.flags & 2) !== 0;
export const hasGap = (span: Span): boolean => (span.flags & 4) !== 0;

/** Throws RecordingError where a list of chunks cannot be one. */
export function checkSpans(spans: readonly Span[]): void {
  if (spans.length > maxChunks) throw new RecordingError("malformed", `${spans.length} parts`);
  let before: Span | undefined;
  for (const span of spans) {
    const wrong = fault(span, before);
    if (wrong !== undefined) throw new RecordingError("malformed", `part ${span.n}: ${wrong}`, span.n);
    before = span;
  }
}

function fault({ n, from, to, flags }: Span, before: Span | undefined): string | undefined {
  if (n !== (before?.n ?? -1) + 1) return "out of order";
  if (to < from || to - from > maxChunkMs || to > maxMs) return `from ${from} ms to ${to} ms`;
  if ((flags & ~7) !== 0) return `flags ${flags}`;
  if (n === 0 && (flags & 3) === 0) return "the first has no picture";
  if (before !== undefined && from < before.to) return "begins before the one before ends";
  if (before !== undefined && isLast(before)) return "after the last";
  return undefined;
}

/** What is hashed into the tree. */
export function leafBytes({ n, from, to, flags, length, hash }: Leaf): Bytes {
  return concat(utf8("beside.recording.v1\n"), spanBytes({ n, from, to, flags }), eight(length), hash);
}

/** What a chunk is bound to when it is sealed: its additional data. */
export function boundTo(session: string, recording: string, span: Span): Bytes {
  return concat(utf8(`beside/recording/v1\0${session}\0${recording}\0`), spanBytes(span));
}

/** The nonce of a chunk. */
export function nonceOf(n: number): Bytes {
  return concat(new Uint8Array(4), eight(n));
}

function spanBytes({ n, from, to, flags }: Span): Bytes {
  return concat(eight(n), eight(from), eight(to), Uint8Array.of(flags));
}

function eight(value: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}
