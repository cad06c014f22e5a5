/**
 * Messages about files and the frames of their channel, read strictly: the twin of signaling/control/files.go. Both
 * read the same golden frames in their tests.
 */
import type { Bytes } from "./bytes.ts";
import { FrameHead, MaxFileBytes, MaxFileName, MaxPieceBytes } from "./control.gen.ts";
import { DecodeError, oneOf, shape, text, whole } from "./read.ts";

/** Why a file came to nothing, in the client's words. */
export const DROP_REASONS = [
  "stopped",
  "declined",
  "busy",
  "too_many",
  "too_large",
  "no_space",
  "differs",
  "failed",
  "no_right",
  "lost",
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

const n = whole(1, 2 ** 31 - 1);
const offset = whole(0, MaxFileBytes);

/** 32 bytes in base64. */
function hash(value: unknown, path: string): string {
  const encoded = text(44)(value, path);
  if (!/^[A-Za-z0-9+/]{43}=$/.test(encoded)) throw new DecodeError(`${path}: want 32 bytes in base64`);
  return encoded;
}

/** What a file is called: a text that is not empty. What is shown and saved of it is decided later. */
function name(value: unknown, path: string): string {
  const called = text(MaxFileName)(value, path);
  if (called === "") throw new DecodeError(`${path}: want a name`);
  return called;
}

const givingShape = shape({ n, name, size: offset, from: offset });

function giving(value: unknown, path: string): ReturnType<typeof givingShape> {
  const said = givingShape(value, path);
  if (said.from > said.size) throw new DecodeError(`${path}.from: want a place in the file`);
  return said;
}

/** Readers of what a client says of files. */
export const fileReaders = {
  taking: shape({ n, from: offset }),
  stored: shape({ n, sha256: hash }),
  giving,
  given: shape({ n, sha256: hash }),
  dropped: shape({ n, reason: oneOf(...DROP_REASONS) }),
} as const;

export type FileFromClient = {
  [K in keyof typeof fileReaders]: { readonly type: K } & Readonly<ReturnType<(typeof fileReaders)[K]>>;
}[keyof typeof fileReaders];

/** What a viewer says of files. */
export type FileFromViewer =
  | { readonly type: "put"; readonly n: number; readonly name: string; readonly size: number }
  | { readonly type: "whole"; readonly n: number; readonly sha256: string }
  | { readonly type: "get"; readonly n: number; readonly from: number }
  | { readonly type: "kept"; readonly n: number; readonly sha256: string }
  | { readonly type: "drop"; readonly n: number };

/** One message of the channel of files. */
export type Frame =
  | { readonly kind: "piece"; readonly n: number; readonly offset: number; readonly bytes: Bytes }
  | { readonly kind: "took"; readonly n: number; readonly offset: number };

const PIECE = 1;
const TOOK = 2;

/** Writes a frame. */
export function encodeFrame(frame: Frame): Bytes {
  const body = frame.kind === "piece" ? frame.bytes : new Uint8Array(0);
  const raw = new Uint8Array(FrameHead + body.length);
  const view = new DataView(raw.buffer);
  view.setUint8(0, frame.kind === "piece" ? PIECE : TOOK);
  view.setUint32(1, frame.n);
  view.setBigUint64(5, BigInt(frame.offset));
  raw.set(body, FrameHead);
  return raw;
}

/** Reads a frame; throws DecodeError. */
export function decodeFrame(raw: ArrayBuffer): Frame {
  if (raw.byteLength < FrameHead) throw new DecodeError("frame: want a head");
  const view = new DataView(raw);
  const at = view.getBigUint64(5);
  if (at > BigInt(MaxFileBytes)) throw new DecodeError("frame.offset: want a place in a file");
  const number = n(view.getUint32(1), "frame.n");
  const bytes = new Uint8Array(raw, FrameHead);
  const offset = Number(at);
  const kind = view.getUint8(0);
  if (kind === TOOK && bytes.length === 0) return { kind: "took", n: number, offset };
  const fits = bytes.length > 0 && bytes.length <= MaxPieceBytes && offset + bytes.length <= MaxFileBytes;
  if (kind === PIECE && fits) return { kind: "piece", n: number, offset, bytes };
  throw new DecodeError("frame: want a piece, or that one was taken");
}
