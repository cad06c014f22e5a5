/** The events of a file: read from the bytes that are kept, and their personal data put back. */
import { type Bytes, concat, fromBase64, same, utf8 } from "../protocol/bytes.ts";
import { oneOf, parseJson, type Read, shape, text, whole } from "../protocol/read.ts";

/** An event as the log has it. Members of data are those of its kind. */
export interface LoggedEvent {
  readonly seq: number;
  readonly time: string;
  readonly kind: string;
  readonly outcome: "ok" | "denied";
  readonly reporter: "broker" | "client";
  readonly session: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Commits to the personal data, which data does not have. */
  readonly personal: Bytes | undefined;
  readonly signed: { readonly body: Bytes; readonly signature: Bytes } | undefined;
}

/** What a client signs. */
export interface Claim {
  readonly session: string;
  readonly seq: number;
  readonly prev: Bytes;
  /** When it happened, by the client's clock. */
  readonly time: string;
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const PREFIX = "beside.audit.v1\n";
const MAX = 1 << 20;
const SALT_BYTES = 32;

const object: Read<Readonly<Record<string, unknown>>> = (value, path) => {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`${path}: no object`);
  return value as Record<string, unknown>;
};
const bytes: Read<Bytes> = (value, path) =>
  value === null ? new Uint8Array(0) : fromBase64(text(MAX)(value, path));
const seq = whole(1, Number.MAX_SAFE_INTEGER);
const actor = shape({ kind: text(20) }, { id: text(64) });
const event = shape(
  {
    seq,
    id: text(64),
    time: text(40),
    kind: text(64),
    outcome: oneOf("ok", "denied"),
    reporter: oneOf("broker", "client"),
    actor,
    data: object,
  },
  { session: text(64), ticket: text(64), personal: bytes, signed: shape({ body: bytes, signature: bytes }) },
);
const claim = shape({ session: text(64), seq, prev: bytes, time: text(40), kind: text(64), data: object });

/** Reads the bytes that are kept of an event. Throws where they are malformed. */
export function readLeaf(leaf: string): LoggedEvent {
  if (!leaf.startsWith(PREFIX) || !leaf.endsWith("\n")) throw new Error("not an event of this kind of log");
  const {
    session = "",
    personal,
    signed,
    ...rest
  } = event(parseJson(leaf.slice(PREFIX.length), MAX), "event");
  if (Number.isNaN(Date.parse(rest.time))) throw new Error("no time");
  return { ...rest, session, personal, signed };
}

/** Reads the body of a statement. Throws where it is malformed. */
export function readClaim(body: Bytes): Claim {
  return claim(parseJson(new TextDecoder("utf-8", { fatal: true }).decode(body), MAX), "claim");
}

/** Puts personal data back; undefined when it is not what the event commits to. */
export async function restored(
  event: LoggedEvent,
  salt: Bytes | undefined,
  personal: string,
): Promise<LoggedEvent | undefined> {
  if (salt?.length !== SALT_BYTES || event.personal === undefined) return undefined;
  const key = await crypto.subtle.importKey("raw", salt, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const sum = await crypto.subtle.sign("HMAC", key, concat(utf8("beside/personal/v1\0"), utf8(personal)));
  if (!same(new Uint8Array(sum), event.personal)) return undefined;
  try {
    return { ...event, data: { ...event.data, ...object(JSON.parse(personal), "personal") } };
  } catch {
    return undefined;
  }
}

/** Bytes that stand in data as base64; undefined where they do not. */
export function decoded(value: unknown): Bytes | undefined {
  try {
    return typeof value === "string" ? fromBase64(value) : undefined;
  } catch {
    return undefined;
  }
}
