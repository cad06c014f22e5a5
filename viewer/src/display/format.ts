// The constants of the display stream; docs/display.md describes the bytes, and
// signaling/display is the same in Go. All numbers are little endian.

export const maxSide = 8192; // pixels of a screen's width or height
export const maxMessage = 60 * 1024; // bytes of one message
export const maxBody = 1 << 20; // bytes of an update's ops before compression
export const maxPointerSide = 256; // pixels of a pointer shape's width or height
export const maxColours = 252; // of a palette
export const maxMedia = 16; // VREGION, VIDEO and JPEG in one update
export const workFactor = 4; // an update touches at most this many times the screen's pixels
export const headerSize = 16;

/** Why a viewer asks to begin anew. */
export type Reason = "malformed" | "gap" | "hash" | "asked" | "video";

const reasonCodes: Record<Reason, number> = { malformed: 1, gap: 2, hash: 3, asked: 4, video: 5 };

/** An update that cannot be shown; the stream must begin anew. */
export class StreamError extends Error {
  readonly reason: Reason;

  constructor(reason: Reason, what: string) {
    super(`display stream: ${what}`);
    this.name = "StreamError";
    this.reason = reason;
  }
}

export function malformed(what: string): StreamError {
  return new StreamError("malformed", what);
}

/** How a body is packed: as it is, as one LZ4 block, as raw DEFLATE. */
export type Encoding = "plain" | "lz4" | "deflate";

const encodings: readonly Encoding[] = ["plain", "lz4", "deflate"];

/** What every message begins with; the parts of one update agree in all but last and part. */
export interface Header {
  readonly last: boolean;
  readonly reset: boolean; // the update begins with RESET, so it needs no predecessor
  readonly encoding: Encoding;
  readonly part: number;
  readonly seq: number;
  readonly rawSize: number;
  readonly packedSize: number;
}

/** Reads a message's header. Throws StreamError. */
export function parseHeader(message: DataView): Header {
  const size = message.byteLength;
  if (size <= headerSize || size > maxMessage) throw malformed(`message of ${size} bytes`);
  return readHeader(message);
}

/** Reads the header that is there, whatever follows it. Throws StreamError. */
export function readHeader(message: DataView): Header {
  const flags = message.getUint8(0);
  const encoding = encodings[message.getUint8(1)];
  if ((flags & ~3) !== 0) throw malformed(`unknown flags ${flags}`);
  if (encoding === undefined) throw malformed("unknown encoding");
  const header: Header = {
    last: (flags & 1) !== 0,
    reset: (flags & 2) !== 0,
    encoding,
    part: message.getUint16(2, true),
    seq: message.getUint32(4, true),
    rawSize: message.getUint32(8, true),
    packedSize: message.getUint32(12, true),
  };
  const { rawSize, packedSize } = header;
  if (rawSize === 0 || rawSize > maxBody) throw malformed(`body of ${rawSize} bytes`);
  if (packedSize === 0 || (encoding === "plain" ? packedSize !== rawSize : packedSize >= rawSize)) {
    throw malformed(`${rawSize} bytes packed into ${packedSize}`);
  }
  return header;
}

/** Painting took longer than an ACK can say; so does a viewer that rested. */
export const restedMs = 6553.5;

/**
 * Writes ACK: the update seq and all before it are on the canvas; painting took
 * paintMs and began at begunMs of a clock that only has to run evenly.
 */
export function encodeAck(
  into: DataView<ArrayBuffer>,
  seq: number,
  paintMs: number,
  begunMs: number,
): Uint8Array<ArrayBuffer> {
  into.setUint8(0, 1);
  into.setUint32(1, seq, true);
  into.setUint16(5, Math.max(0, Math.min(0xffff, Math.round(paintMs * 10))), true);
  into.setUint32(7, Math.round(begunMs * 10), true); // modulo 2³²
  return new Uint8Array(into.buffer, into.byteOffset, 11);
}

/** Writes RESYNC: begin anew; seq is the last update painted, 0 for none. */
export function encodeResync(
  into: DataView<ArrayBuffer>,
  seq: number,
  reason: Reason,
): Uint8Array<ArrayBuffer> {
  into.setUint8(0, 2);
  into.setUint32(1, seq, true);
  into.setUint8(5, reasonCodes[reason]);
  return new Uint8Array(into.buffer, into.byteOffset, 6);
}
