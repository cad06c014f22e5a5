import { type Bytes, fromBase64, same, sha256, toHex } from "../protocol/bytes.ts";
import { thumbprint } from "../protocol/ed25519.ts";
import { treeRoot } from "../protocol/merkle.ts";
import { oneOf, parseJson, shape, text, whole } from "../protocol/read.ts";
import {
  boundTo,
  checkSpans,
  hasGap,
  isSnapshot,
  type Leaf,
  leafBytes,
  maxHeadBytes,
  nonceOf,
  RecordingError,
  type Span,
  sealBytes,
} from "./format.ts";
import { type GapReason, type Recorded, readRecords } from "./records.ts";
import { readSigned, type Signed, type SignedTree, type Statement } from "./statements.ts";

/** A recording as the broker hands it out. Nothing of it is believed. */
export interface Given {
  readonly session: string;
  readonly recording: string;
  readonly head: Bytes;
  readonly leaves: readonly Leaf[];
  readonly clientKey: Bytes;
  readonly statements: readonly Statement[];
}

/** A recording whose list of chunks is the one that the client signed, as far as it goes. */
export interface Verified {
  readonly given: Given;
  readonly signed: Signed;
  /** The age file that holds the data key. */
  readonly sealed: Bytes;
  /** Chunks at the end that the client has not signed yet: that they are its own the data key shows. */
  readonly unsigned: number;
  /** Chunks at the end that the client signed and that are not here. */
  readonly lost: number;
}

const ids = { session: text(22), recording: text(22) };
const head = shape({
  format: oneOf("beside.recording.v1"),
  ...ids,
  key: text(43),
  list: shape({ number: whole(1, Number.MAX_SAFE_INTEGER), hash: text(44) }),
  sealed: text(maxHeadBytes),
});
const dataKey = shape({ ...ids, key: text(44) });

/** Checks everything that needs no key. Rejects with a RecordingError. */
export async function verify(given: Given): Promise<Verified> {
  const { session, recording, leaves } = given;
  const signed = await readSigned(given.clientKey, given.statements, session, recording);
  if (toHex(await sha256(given.head)) !== signed.head)
    throw new RecordingError("head", "another head was signed");
  const { key, sealed, ...rest } = parse(given.head, head, "head");
  if (
    rest.session !== session ||
    rest.recording !== recording ||
    key !== (await thumbprint(given.clientKey))
  ) {
    throw new RecordingError("head", "the head is of another recording");
  }
  const reach = await signedUpTo(leaves, signed.trees);
  const size = Math.max(0, ...signed.trees.map(({ chunks }) => chunks));
  if (signed.ended !== undefined && leaves.length > size)
    throw new RecordingError("tree", "parts after the end");
  checkSpans(leaves);
  const lost = Math.max(0, size - leaves.length);
  return { given, signed, sealed: fromBase64(sealed), unsigned: leaves.length - reach, lost };
}

/** How many chunks are under a tree that the client signed. One that does not fit is no accident. */
async function signedUpTo(leaves: readonly Leaf[], trees: readonly SignedTree[]): Promise<number> {
  let reach = 0;
  for (const { chunks, root } of trees) {
    if (chunks > leaves.length) continue; // some of it is not here: that is told
    if (!same(await treeRoot(leaves.slice(0, chunks).map(leafBytes)), root)) {
      throw new RecordingError("tree", `the client signed another list of ${chunks} parts`);
    }
    reach = Math.max(reach, chunks);
  }
  return reach;
}

function parse<T>(raw: Bytes, read: (value: unknown, path: string) => T, problem: "head"): T {
  try {
    return read(parseJson(new TextDecoder("utf-8", { fatal: true }).decode(raw), maxHeadBytes), "");
  } catch (error) {
    throw new RecordingError(problem, error instanceof Error ? error.message : String(error));
  }
}

/** A stretch of which nothing is there. */
export interface Hole {
  readonly from: number;
  readonly to: number;
  /** The chunk that says why. */
  readonly n: number;
}

/** Bytes of opened chunks that are kept. */
const CACHE_BYTES = 96 << 20;

interface Opened {
  readonly records: Promise<readonly Recorded[]>;
  bytes: number;
}

/**
 * An opened recording: gives the records of its chunks. Each chunk is fetched, found to be the one in the tree,
 * opened and read as a whole before anything of it is given away. Chunks used last are kept.
 */
export class Tape {
  readonly spans: readonly Span[];
  /** Where the recording ends, in milliseconds. */
  readonly length: number;
  readonly holes: readonly Hole[];
  #open = new Map<number, Opened>(); // the one used last is at the end
  #bytes = 0;

  private constructor(
    readonly verified: Verified,
    private readonly key: CryptoKey,
    private readonly fetchChunk: (n: number) => Promise<Bytes>,
  ) {
    this.spans = verified.given.leaves;
    this.length = Math.max(verified.signed.ended?.milliseconds ?? 0, this.spans.at(-1)?.to ?? 0);
    this.holes = this.spans.flatMap((span, i) =>
      hasGap(span) ? [{ from: this.spans[i - 1]?.to ?? 0, to: span.from, n: i }] : [],
    );
  }

  /** Opens a recording with what the age file held. Rejects with a RecordingError. */
  static async open(
    verified: Verified,
    opened: Bytes,
    fetchChunk: (n: number) => Promise<Bytes>,
  ): Promise<Tape> {
    const { session, recording } = verified.given;
    const { key, ...rest } = parse(opened, dataKey, "head");
    if (rest.session !== session || rest.recording !== recording) {
      throw new RecordingError("head", "the key is of another recording");
    }
    const data = await crypto.subtle.importKey("raw", fromBase64(key), "AES-GCM", false, ["decrypt"]);
    return new Tape(verified, data, fetchChunk);
  }

  /** The records of chunk n. Rejects with a RecordingError. */
  records(n: number): Promise<readonly Recorded[]> {
    const there = this.#open.get(n);
    if (there !== undefined) {
      this.#open.delete(n);
      this.#open.set(n, there);
      return there.records;
    }
    const opened: Opened = { records: this.#read(n), bytes: 0 };
    this.#open.set(n, opened);
    opened.records.then(
      () => this.#keep(n, opened),
      () => this.#open.delete(n), // the next who asks tries again
    );
    return opened.records;
  }

  /** Begins to fetch chunks that will be wanted. */
  expect(first: number, end: number): void {
    for (let n = Math.max(0, first); n < Math.min(end, this.spans.length); n++) {
      this.records(n).catch(() => undefined); // who wants it learns what is wrong
    }
  }

  /** The last chunk that begins at or before a time; 0 before the first. */
  chunkAt(ms: number): number {
    let low = 0;
    let high = this.spans.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.spans[middle]?.from ?? 0) <= ms) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The last chunk up to n at which playing can begin. */
  snapshotBefore(n: number): number {
    let at = Math.min(n, this.spans.length - 1);
    for (let span = this.spans[at]; at > 0 && span !== undefined && !isSnapshot(span); span = this.spans[at])
      at--;
    return Math.max(at, 0);
  }

  /** The hole in which a time is. */
  holeAt(ms: number): Hole | undefined {
    return this.holes.find(({ from, to }) => from <= ms && ms < to);
  }

  /** Why a hole is there. */
  async reasonOf(hole: Hole): Promise<GapReason | undefined> {
    const [first] = await this.records(hole.n);
    return first?.kind === "event" && first.event.kind === "gap" ? first.event.reason : undefined;
  }

  async #read(n: number): Promise<readonly Recorded[]> {
    const leaf = this.verified.given.leaves[n];
    if (leaf === undefined) throw new RecordingError("gone", `there is no part ${n}`, n);
    const sealed = await this.fetchChunk(n);
    if (
      sealed.length !== leaf.length ||
      sealed.length < sealBytes ||
      !same(await sha256(sealed), leaf.hash)
    ) {
      throw new RecordingError("chunk", `part ${n} is not the one that was signed`, n);
    }
    const { session, recording } = this.verified.given;
    const algorithm = { name: "AES-GCM", iv: nonceOf(n), additionalData: boundTo(session, recording, leaf) };
    let plain: ArrayBuffer;
    try {
      plain = await crypto.subtle.decrypt(algorithm, this.key, sealed);
    } catch {
      throw new RecordingError("sealed", `part ${n} does not open`, n);
    }
    return readRecords(leaf, new Uint8Array(plain));
  }

  /** Counts a chunk that has been read, and forgets those that were used longest ago. */
  #keep(n: number, opened: Opened): void {
    if (this.#open.get(n) !== opened) return;
    opened.bytes = this.verified.given.leaves[n]?.length ?? 0;
    this.#bytes += opened.bytes;
    for (const [old, { bytes }] of this.#open) {
      if (this.#bytes <= CACHE_BYTES || old === n) return;
      this.#open.delete(old);
      this.#bytes -= bytes;
    }
  }
}
