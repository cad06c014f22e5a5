import { parseWhole } from "../display/whole.ts";
import type { Bytes } from "../protocol/bytes.ts";
import { flag, list, oneOf, parseJson, type Read, shape, text, whole } from "../protocol/read.ts";
import { isSnapshot, maxChunkBytes, maxEventBytes, RecordingError, type Span } from "./format.ts";

/** Why something is missing from a recording. */
export const GAP_REASONS = ["paused", "slow", "spool", "unseen"] as const;
export type GapReason = (typeof GAP_REASONS)[number];

/** A place in 1/65536 of the surface shown. */
interface Placed {
  readonly x: number;
  readonly y: number;
}

/** What happened, as the client wrote it. */
export type RecordedEvent =
  | { readonly kind: "rights"; readonly scopes: readonly string[] }
  | { readonly kind: "gap"; readonly reason: GapReason }
  | ({ readonly kind: "button"; readonly button: number; readonly down: boolean } & Placed)
  | ({ readonly kind: "wheel"; readonly dx: number; readonly dy: number } & Placed)
  | { readonly kind: "typed" }
  | { readonly kind: "monitor"; readonly monitor: string };

/** One record of a chunk. Time is in milliseconds since the recording began. */
export type Recorded =
  | { readonly kind: "update"; readonly time: number; readonly data: Bytes; readonly reset: boolean }
  | { readonly kind: "event"; readonly time: number; readonly event: RecordedEvent }
  | ({ readonly kind: "pointer"; readonly time: number } & Placed);

const HEAD = 9;
const MAX_NAME_BYTES = 64;
const place = { x: whole(0, 0xffff), y: whole(0, 0xffff) };
const wheel = whole(-12_000, 12_000);

const name: Read<string> = (value, path) => {
  const read = text(MAX_NAME_BYTES)(value, path);
  return new TextEncoder().encode(read).length <= MAX_NAME_BYTES && read !== "" ? read : text(0)(value, path);
};

const reads: { readonly [K in RecordedEvent["kind"]]: Read<Extract<RecordedEvent, { kind: K }>> } = {
  rights: shape({ kind: oneOf("rights"), scopes: list(text(maxEventBytes), 16) }),
  gap: shape({ kind: oneOf("gap"), reason: oneOf(...GAP_REASONS) }),
  button: shape({ kind: oneOf("button"), button: whole(0, 4), down: flag, ...place }),
  wheel: shape({ kind: oneOf("wheel"), dx: wheel, dy: wheel, ...place }),
  typed: shape({ kind: oneOf("typed") }),
  monitor: shape({ kind: oneOf("monitor"), monitor: name }),
};
const kindOf = oneOf("rights", "gap", "button", "wheel", "typed", "monitor");

/** Reads an event, strictly. Throws. */
export function readEvent(bytes: Bytes): RecordedEvent {
  const raw = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  const value = parseJson(raw, maxEventBytes);
  // JSON.parse takes the last of two members of one name; a reader that takes the first would see another event.
  const names = raw.match(/"(?:[^"\\]|\\.)*"(?=\s*:)/g)?.length ?? 0;
  if (typeof value !== "object" || value === null || names !== Object.keys(value).length) {
    throw new RecordingError("malformed", "an event with a member twice, or that is no object");
  }
  return reads[kindOf(Reflect.get(value, "kind"), "kind")](value, "event");
}

/** Reads the plaintext of the chunk that span describes, strictly. Throws RecordingError; updates share its memory. */
export function readRecords(span: Span, plain: Bytes): Recorded[] {
  try {
    return [...records(span, plain)];
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new RecordingError("malformed", `part ${span.n}: ${what}`, span.n);
  }
}

function* records(span: Span, plain: Bytes): Generator<Recorded> {
  if (plain.length > maxChunkBytes) throw new Error(`${plain.length} bytes`);
  const view = new DataView(plain.buffer, plain.byteOffset, plain.length);
  let last = 0;
  let pictured = !isSnapshot(span);
  for (let at = 0; at < plain.length; ) {
    if (at + HEAD > plain.length) throw new Error("cut short");
    const since = view.getUint32(at + 1);
    const end = at + HEAD + view.getUint32(at + 5);
    if (end > plain.length) throw new Error("cut short");
    if (since < last) throw new Error("a record goes back in time");
    if (since > span.to - span.from) throw new Error("a record after the end");
    const record = read(view.getUint8(at), span.from + since, plain.subarray(at + HEAD, end));
    // Only what says why there is a gap, and whose rights hold, goes before the picture.
    if (!pictured && record.kind !== "event" && !(record.kind === "update" && record.reset)) {
      throw new Error("it does not begin with a whole picture");
    }
    pictured ||= record.kind !== "event";
    yield record;
    last = since;
    at = end;
  }
  if (!pictured) throw new Error("it has no picture");
}

function read(kind: number, time: number, data: Bytes): Recorded {
  switch (kind) {
    case 1:
      return { kind: "update", time, data, reset: parseWhole(data).reset };
    case 2:
      return { kind: "event", time, event: readEvent(data) };
    case 3: {
      if (data.length !== 4) throw new Error(`pointer of ${data.length} bytes`);
      const view = new DataView(data.buffer, data.byteOffset, 4);
      return { kind: "pointer", time, x: view.getUint16(0), y: view.getUint16(2) };
    }
    default:
      throw new Error(`unknown record ${kind}`);
  }
}
