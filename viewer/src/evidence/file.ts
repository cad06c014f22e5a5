/** The evidence file: docs/audit.md has the format. Everything in it is a claim until verify has checked it. */
import { type Bytes, fromBase64, same, utf8 } from "../protocol/bytes.ts";
import { HASH_BYTES } from "../protocol/merkle.ts";
import { list, oneOf, parseJson, type Read, shape, text } from "../protocol/read.ts";

const MAX_BYTES = 64 << 20;
const MAX_EVENTS = 50_000;
const MAX_PATH = 63;
const MAX_LEAF = 1 << 20;

/** One event: the bytes that are hashed, why they are in the log, and what opens its personal data. */
export interface Entry {
  readonly leaf: string;
  readonly proof: readonly Bytes[];
  readonly salt: Bytes | undefined;
  readonly personal: string;
}

export interface EvidenceFile {
  readonly session: string;
  /** Verifier keys of the log and of witnesses. */
  readonly log: string;
  readonly witnesses: readonly string[];
  readonly checkpoint: string;
  readonly clientKey: Bytes;
  readonly events: readonly Entry[];
  /** The chunks of the session's recordings, as the broker has them. */
  readonly recordings: readonly RecordingLeaves[];
}

/** The leaf of each chunk of a recording, in order: it has the chunk's length and hash. */
export interface RecordingLeaves {
  readonly recording: string;
  readonly leaves: readonly Bytes[];
}

const CHUNK_LABEL = utf8("beside.recording.v1\n");
const CHUNK_BYTES = CHUNK_LABEL.length + 3 * 8 + 1 + 8 + HASH_BYTES;
const MAX_RECORDINGS = 64;
const MAX_CHUNKS = 50_000;

/** Bytes in base64, of this length if one is given. */
const bytes =
  (length?: number): Read<Bytes> =>
  (value, path) => {
    const read = fromBase64(text(MAX_LEAF)(value, path));
    if (length !== undefined && read.length !== length) throw new Error(`${path}: not ${length} bytes`);
    return read;
  };

const entry = shape(
  { leaf: text(MAX_LEAF), proof: list(bytes(HASH_BYTES), MAX_PATH) },
  { salt: bytes(), personal: text(MAX_LEAF) },
);
const file = shape(
  {
    format: oneOf("beside.evidence.v1"),
    session: text(64),
    log: text(400),
    checkpoint: text(64 << 10),
    events: list(entry, MAX_EVENTS),
  },
  {
    witnesses: list(text(400), 64),
    clientKey: bytes(),
    recordings: list(
      shape({ recording: text(64), leaves: list(bytes(CHUNK_BYTES), MAX_CHUNKS) }),
      MAX_RECORDINGS,
    ),
  },
);

function checkRecordings(all: readonly RecordingLeaves[]): void {
  if (new Set(all.map((one) => one.recording)).size !== all.length) throw new Error("a recording twice");
  for (const { leaves } of all) {
    for (const [n, leaf] of leaves.entries()) {
      const number = new DataView(leaf.buffer).getBigUint64(CHUNK_LABEL.length);
      if (!same(leaf.subarray(0, CHUNK_LABEL.length), CHUNK_LABEL) || number !== BigInt(n)) {
        throw new Error(`the leaf of chunk ${n} is malformed`);
      }
    }
  }
}

/** Reads a file, strictly. Throws where it is none. */
export function readEvidence(raw: string): EvidenceFile {
  const {
    format: _,
    witnesses = [],
    clientKey = new Uint8Array(0),
    recordings = [],
    events,
    ...rest
  } = file(parseJson(raw, MAX_BYTES), "file");
  checkRecordings(recordings);
  return {
    ...rest,
    witnesses,
    clientKey,
    recordings,
    events: events.map(({ leaf, proof, salt, personal = "" }) => ({ leaf, proof, salt, personal })),
  };
}
