// One whole update as one message, longer than the channel allows: so recordings keep them.
import { type Header, headerSize, malformed, maxBody, maxMessage, readHeader } from "./format.ts";

/** Reads the header of a whole update: part 0 and the last, with all of its body behind it. Throws StreamError. */
export function parseWhole(update: Uint8Array<ArrayBuffer>): Header {
  if (update.length <= headerSize || update.length > headerSize + maxBody) {
    throw malformed(`update of ${update.length} bytes`);
  }
  const header = readHeader(new DataView(update.buffer, update.byteOffset, update.length));
  if (header.part !== 0 || !header.last) throw malformed("a part of an update");
  if (header.packedSize !== update.length - headerSize) throw malformed("an update of another length");
  return header;
}

/** The messages in which a whole update travels, as a Painter takes them. */
export function messagesOf(update: Uint8Array<ArrayBuffer>): ArrayBuffer[] {
  const room = maxMessage - headerSize;
  const parts = Math.ceil((update.length - headerSize) / room);
  return Array.from({ length: parts }, (_, part) => {
    const piece = update.subarray(headerSize + part * room, headerSize + (part + 1) * room);
    const message = new Uint8Array(headerSize + piece.length);
    message.set(update.subarray(0, headerSize));
    message.set(piece, headerSize);
    const view = new DataView(message.buffer);
    view.setUint8(0, part === parts - 1 ? view.getUint8(0) | 1 : view.getUint8(0) & ~1);
    view.setUint16(2, part, true);
    return message.buffer;
  });
}
