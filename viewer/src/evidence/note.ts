/** Signed notes of C2SP (signed-note, tlog-checkpoint, tlog-cosignature): the log's signed head, and who saw it. */
import { type Bytes, concat, fromBase64, sha256, toBase64, toHex, utf8 } from "../protocol/bytes.ts";
import { importVerifier } from "../protocol/ed25519.ts";
import { HASH_BYTES } from "../protocol/merkle.ts";

/** What is not signed as it must be, or is malformed. */
export class NoteError extends Error {
  override readonly name = "NoteError";
}

/** Who signs notes: NAME+ID+BASE64 of kind ‖ key. */
export interface Verifier {
  readonly name: string;
  readonly id: string; // 8 hex digits
  readonly key: CryptoKey;
  /** As it was given. */
  readonly text: string;
}

/** The head of a log. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Bytes;
}

/** A head that its log has signed. */
export interface Head extends Checkpoint {
  /** The witnesses among those asked for that have signed it too, and when. */
  readonly seen: ReadonlyMap<string, Date>;
}

/** Kinds of keys. */
const LOG = 1;
const WITNESS = 4;
const MAX_NOTE = 64 << 10;
const MAX_SIGNATURES = 100;
const ID_BYTES = 4;
const STAMP_BYTES = 8;
const KEY_BYTES = 32;

export const logVerifier = (text: string): Promise<Verifier> => verifier(text, LOG);
export const witnessVerifier = (text: string): Promise<Verifier> => verifier(text, WITNESS);

async function verifier(text: string, kind: number): Promise<Verifier> {
  const [, name = "", id = "", encoded = ""] =
    /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text) ?? [];
  const raw = decode(encoded);
  if (name === "" || raw?.length !== 1 + KEY_BYTES || raw[0] !== kind) throw new NoteError("malformed key");
  if (toHex((await sha256(concat(utf8(`${name}\n`), raw))).slice(0, ID_BYTES)) !== id) {
    throw new NoteError("the key's id does not fit");
  }
  const key = await importVerifier(raw.slice(1));
  return { name, id, key, text };
}

/**
 * Opens a signed head by the key of its log, with the signatures of the witnesses given; others are passed over. A
 * false signature of a known key makes all of it false. Rejects with a NoteError.
 */
export async function openHead(signed: string, log: Verifier, witnesses: readonly Verifier[]): Promise<Head> {
  const { text, signatures } = split(signed);
  const known = new Map([log, ...witnesses].map((one) => [`${one.name}+${one.id}`, one]));
  const seen = new Map<string, Date>();
  let byLog = false;
  for (const { name, id, bytes } of signatures) {
    const who = known.get(`${name}+${id}`);
    if (who === undefined) continue;
    known.delete(`${name}+${id}`); // its first signature counts
    if (who === log) {
      if (!(await verifies(who.key, bytes, utf8(text)))) throw new NoteError("the log's signature is false");
      byLog = true;
    } else seen.set(who.text, await cosigned(who.key, bytes, text));
  }
  if (!byLog) throw new NoteError("the log has not signed it");
  const checkpoint = readCheckpoint(text);
  if (checkpoint.origin !== log.name) throw new NoteError("it is of another log");
  return { ...checkpoint, seen };
}

/** Verifies a witness's signature, and returns when it signed. */
async function cosigned(key: CryptoKey, bytes: Bytes, text: string): Promise<Date> {
  if (bytes.length !== STAMP_BYTES + 64) throw new NoteError("a witness's signature is malformed");
  const stamp = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
  const said = utf8(`cosignature/v1\ntime ${stamp}\n${text}`);
  if (stamp === 0n || stamp > 1n << 40n || !(await verifies(key, bytes.slice(STAMP_BYTES), said))) {
    throw new NoteError("a witness's signature is false");
  }
  return new Date(Number(stamp) * 1000);
}

function verifies(key: CryptoKey, signature: Bytes, said: Bytes): Promise<boolean> {
  return crypto.subtle.verify("Ed25519", key, signature, said);
}

interface Signature {
  readonly name: string;
  readonly id: string;
  readonly bytes: Bytes;
}

function split(signed: string): { text: string; signatures: readonly Signature[] } {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a note has none but the line feed
  if (signed.length > MAX_NOTE || /[\x00-\x09\x0b-\x1f]/.test(signed)) throw new NoteError("malformed note");
  const at = signed.lastIndexOf("\n\n");
  if (at < 0 || !signed.endsWith("\n")) throw new NoteError("malformed note");
  const lines = signed.slice(at + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw new NoteError("too many signatures");
  return { text: signed.slice(0, at + 1), signatures: lines.map(readSignature) };
}

function readSignature(line: string): Signature {
  const [, name = "", encoded = ""] = /^— ([^\s+]+) (\S+)$/.exec(line) ?? [];
  const raw = decode(encoded);
  if (name === "" || raw === undefined || raw.length <= ID_BYTES) throw new NoteError("malformed signature");
  return { name, id: toHex(raw.slice(0, ID_BYTES)), bytes: raw.slice(ID_BYTES) };
}

function readCheckpoint(text: string): Checkpoint {
  const [origin = "", digits = "", encoded = "", rest, ...more] = text.split("\n");
  const root = decode(encoded);
  const size = /^(0|[1-9]\d{0,15})$/.test(digits) ? Number(digits) : -1;
  if (
    origin === "" ||
    rest !== "" ||
    more.length > 0 ||
    root?.length !== HASH_BYTES ||
    !Number.isSafeInteger(size) ||
    size < 0
  ) {
    throw new NoteError("malformed head");
  }
  return { origin, size, root };
}

/** Standard base64, exactly as it is written; undefined when it is not. */
function decode(encoded: string): Bytes | undefined {
  try {
    const bytes = fromBase64(encoded);
    return toBase64(bytes) === encoded ? bytes : undefined;
  } catch {
    return undefined;
  }
}
