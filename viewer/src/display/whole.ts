// One whole update as one message, longer than the channel allows: so recordings keep them.
import { type Header, headerSize, malformed, maxBody, readHeader } from "./format.ts";

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
