import { type Header, headerSize, malformed, parseHeader, StreamError } from "./format.ts";
import { inflate } from "./inflate.ts";
import { unpackLz4 } from "./lz4.ts";
import { Picture } from "./picture.ts";
import { parseWhole } from "./whole.ts";

export { noPointer, type PointerShape } from "./picture.ts";

/** What came of a message: an update is painted, was painted before, or neither. */
export type Received = "painted" | "duplicate" | "nothing";

/**
 * Joins the parts of updates, checks everything and paints into `picture`. After
 * a StreamError it is lost: it drops all updates until one that begins with RESET.
 */
export class Decoder {
  readonly picture = new Picture();
  lastSeq = 0; // of the update painted last
  #following = false; // the next update must follow lastSeq
  #head: Header | undefined; // of the last part of an update being joined
  #packed = new Uint8Array(64 * 1024); // its bytes so far
  #packedSize = 0;
  #body = new Uint8Array(64 * 1024); // unpacked

  /** Takes one message of the display channel. Throws StreamError. */
  receive(message: ArrayBuffer): Received {
    return this.#settled(() => this.#receive(message));
  }

  /**
   * Takes one message of the repeat channel, where single-message updates come a
   * second time, in any order. It paints the next one, and ignores those it
   * cannot use. Throws StreamError.
   */
  receiveRepeat(message: ArrayBuffer): Received {
    return this.#settled(() => this.#receiveRepeat(message));
  }

  /** Takes a whole update, as recordings keep it: nothing is joined. Throws StreamError. */
  receiveWhole(update: Uint8Array<ArrayBuffer>): Received {
    return this.#settled(() => {
      const header = parseWhole(update);
      if (!this.#following && !header.reset) return "nothing";
      if (this.#repeats(header)) return "duplicate";
      if (!header.reset && header.seq !== (this.lastSeq + 1) >>> 0) {
        throw new StreamError("gap", `update ${header.seq} after ${this.lastSeq}`);
      }
      return this.#finish(header, update.subarray(headerSize));
    });
  }

  /** Drops all updates until one that begins with RESET. */
  lose(): void {
    this.#following = false;
    this.#head = undefined;
  }

  #settled(receive: () => Received): Received {
    try {
      return receive();
    } catch (error) {
      this.lose();
      throw error;
    }
  }

  #receive(message: ArrayBuffer): Received {
    const header = parseHeader(new DataView(message));
    const lost = !this.#following && this.#head === undefined;
    if (lost && !(header.reset && header.part === 0)) return "nothing";
    if (this.#repeats(header)) return "duplicate";
    this.#join(header, new Uint8Array(message, headerSize));
    return header.last ? this.#finish(header, this.#joined(header)) : "nothing";
  }

  #receiveRepeat(message: ArrayBuffer): Received {
    const header = parseHeader(new DataView(message));
    if (header.reset || header.part !== 0 || !header.last) {
      throw malformed(`update ${header.seq} cannot be repeated`);
    }
    if (!this.#following) return "nothing";
    if (this.#repeats(header)) return "duplicate";
    // Any other than the next one will come on the display channel.
    if (this.#head !== undefined || header.seq !== (this.lastSeq + 1) >>> 0) return "nothing";
    this.#join(header, new Uint8Array(message, headerSize));
    return this.#finish(header, this.#joined(header));
  }

  /** Whether this is a whole update that is painted already, by serial number arithmetic (RFC 1982). */
  #repeats(header: Header): boolean {
    const whole = !header.reset && header.part === 0 && header.last;
    return this.#following && whole && ((header.seq - this.lastSeq) | 0) <= 0;
  }

  /** Paints an update that is here as a whole. */
  #finish(header: Header, packed: Uint8Array<ArrayBuffer>): Received {
    this.#head = undefined;
    this.picture.paint(this.#unpack(header, packed), header.reset);
    this.#following = true;
    this.lastSeq = header.seq;
    return "painted";
  }

  #join(header: Header, chunk: Uint8Array): void {
    const head = this.#head;
    if (header.part === 0) {
      const follows = head === undefined && header.seq === (this.lastSeq + 1) >>> 0;
      if (!header.reset && !follows) {
        throw new StreamError("gap", `update ${header.seq} after ${this.lastSeq}`);
      }
      this.#packedSize = 0;
    } else if (head === undefined || !continues(head, header)) {
      throw new StreamError("gap", `part ${header.part} of update ${header.seq}`);
    }
    this.#head = header;
    const total = this.#packedSize + chunk.length;
    if (total > header.packedSize || header.last !== (total === header.packedSize)) {
      throw malformed(`parts give ${total} of ${header.packedSize} bytes`);
    }
    this.#packed = atLeast(this.#packed, header.packedSize);
    this.#packed.set(chunk, this.#packedSize);
    this.#packedSize = total;
  }

  #joined(header: Header): Uint8Array<ArrayBuffer> {
    return this.#packed.subarray(0, header.packedSize);
  }

  #unpack(header: Header, packed: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    if (header.encoding === "plain") return packed;
    this.#body = atLeast(this.#body, header.rawSize);
    const body = this.#body.subarray(0, header.rawSize);
    const unpack = header.encoding === "lz4" ? unpackLz4 : inflate;
    unpack(packed, body);
    return body;
  }
}

function continues(head: Header, next: Header): boolean {
  return (
    next.part === head.part + 1 &&
    next.seq === head.seq &&
    next.reset === head.reset &&
    next.encoding === head.encoding &&
    next.rawSize === head.rawSize &&
    next.packedSize === head.packedSize
  );
}

function atLeast(buffer: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  if (buffer.length >= size) return buffer;
  const grown = new Uint8Array(Math.max(size, 2 * buffer.length));
  grown.set(buffer);
  return grown;
}
