/** What the session's client signed of a recording; docs/audit.md has the bytes. */
import { type Bytes, fromBase64 } from "../protocol/bytes.ts";
import { importVerifier } from "../protocol/ed25519.ts";
import { list, oneOf, parseJson, type Read, shape, text, whole } from "../protocol/read.ts";
import { eventStatement } from "../protocol/statements.ts";
import { maxChunks, maxMs, RecordingError } from "./format.ts";

/** A statement as it was signed. */
export interface Statement {
  readonly body: Bytes;
  readonly signature: Bytes;
}

/** A tree of so many chunks. */
export interface SignedTree {
  readonly chunks: number;
  readonly root: Bytes;
}

/** All that the client signed of one recording. */
export interface Signed {
  /** SHA-256 of the head, in hex. */
  readonly head: string;
  /** Each covers all chunks up to its size. */
  readonly trees: readonly SignedTree[];
  /** Undefined while the client has not said that it ended. */
  readonly ended: { readonly milliseconds: number; readonly missing: number } | undefined;
}

const MAX_BODY = 64 << 10;
const any: Read<unknown> = (value) => value;
const id = text(64);
const tree = { recording: id, chunks: whole(0, maxChunks), root: text(64) };

const claim = shape({
  session: id,
  seq: whole(1, Number.MAX_SAFE_INTEGER),
  prev: any,
  time: text(40),
  kind: oneOf("client.recording_started", "client.recording_kept", "client.recording_ended"),
  data: any,
});
const started = shape({
  recording: id,
  head: text(64),
  list: whole(1, Number.MAX_SAFE_INTEGER),
  root: text(64),
  recipients: list(text(200), 16),
});
const kept = shape(tree);
const ended = shape({ ...tree, milliseconds: whole(0, maxMs), missing: whole(0, maxMs), reason: text(40) });

/** Verifies all statements and reads them. Rejects with a RecordingError where one is not by that key, or not of this recording. */
export async function readSigned(
  key: Bytes,
  statements: readonly Statement[],
  session: string,
  recording: string,
): Promise<Signed> {
  const verifier = await importKey(key);
  let signed: Signed = { head: "", trees: [], ended: undefined };
  for (const statement of statements) {
    if (
      !(await crypto.subtle.verify("Ed25519", verifier, statement.signature, eventStatement(statement.body)))
    ) {
      throw new RecordingError("statement", "a statement is not signed by the session's client");
    }
    signed = read(signed, statement.body, session, recording);
  }
  if (signed.head === "") throw new RecordingError("statement", "the client did not say that it began");
  return signed;
}

async function importKey(key: Bytes): Promise<CryptoKey> {
  try {
    return await importVerifier(key);
  } catch {
    throw new RecordingError("statement", "the session's client has no key");
  }
}

function read(signed: Signed, body: Bytes, session: string, recording: string): Signed {
  try {
    const { kind, data, ...rest } = claim(parseJson(new TextDecoder().decode(body), MAX_BODY), "");
    if (rest.session !== session) throw new Error("of another session");
    const about = <T extends { recording: string }>(what: T): T => {
      if (what.recording !== recording) throw new Error("of another recording");
      return what;
    };
    if (kind === "client.recording_started") {
      return { ...signed, head: about(started(data, "data")).head };
    }
    if (kind === "client.recording_kept") return withTree(signed, about(kept(data, "data")));
    const { milliseconds, missing, ...end } = about(ended(data, "data"));
    return { ...withTree(signed, end), ended: { milliseconds, missing } };
  } catch (error) {
    throw new RecordingError("statement", error instanceof Error ? error.message : String(error));
  }
}

function withTree(signed: Signed, { chunks, root }: { chunks: number; root: string }): Signed {
  return { ...signed, trees: [...signed.trees, { chunks, root: fromBase64(root) }] };
}
