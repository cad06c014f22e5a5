import { malformed } from "./format.ts";

/** An update's ops as they are read, from front to back. Its methods throw StreamError at the end. */
export class Body {
  ops: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  pos = 0;

  /** Begins with other bytes. */
  open(ops: Uint8Array<ArrayBuffer>): void {
    this.ops = ops;
    this.pos = 0;
  }

  need(n: number): void {
    if (n > this.ops.length - this.pos) throw malformed("body cut short");
  }

  u8(): number {
    this.need(1);
    return this.ops[this.pos++] ?? 0;
  }

  u16(): number {
    this.need(2);
    const low = this.ops[this.pos++] ?? 0;
    return low | ((this.ops[this.pos++] ?? 0) << 8);
  }

  u32(): number {
    const low = this.u16();
    return (low | (this.u16() << 16)) >>> 0;
  }

  /** The next n bytes, which share the body's memory. */
  bytes(n: number): Uint8Array<ArrayBuffer> {
    this.need(n);
    this.pos += n;
    return this.ops.subarray(this.pos - n, this.pos);
  }

  /** Reads R, G, B as a pixel; the caller has checked that they are there. */
  colour(): number {
    const r = this.ops[this.pos++] ?? 0;
    const g = this.ops[this.pos++] ?? 0;
    const b = this.ops[this.pos++] ?? 0;
    return (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
  }
}
