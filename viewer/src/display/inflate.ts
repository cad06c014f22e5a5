import { malformed } from "./format.ts";

// Raw DEFLATE (RFC 1951), synchronous: DecompressionStream answers later, and what
// comes behind would have to wait. A code is a table with one entry for each
// pattern of its longest length: symbol << 4 | length, 0 where no symbol is.

interface Code {
  readonly entries: Uint16Array;
  readonly bits: number; // of the longest code
}

const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const endOfBlock = 256;

// Length and distance symbols: what each begins at, and how many bits follow it.
const lengthExtra = [...[..."0000000011112222333344445555"].map(Number), 0];
const lengthBase = bases(3, lengthExtra);
lengthBase[28] = 258; // has a symbol of its own
const distanceExtra = Array.from({ length: 30 }, (_, i) => Math.max(0, (i >> 1) - 1));
const distanceBase = bases(1, distanceExtra);

function bases(first: number, extra: readonly number[]): number[] {
  let next = first;
  return extra.map((bits) => {
    const base = next;
    next += 1 << bits;
    return base;
  });
}

const fixedLengths = Uint8Array.from({ length: 288 }, (_, i) =>
  i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8,
);
const fixedLiterals = makeCode(fixedLengths, new Uint16Array(1 << 9));
const fixedDistances = makeCode(new Uint8Array(32).fill(5), new Uint16Array(1 << 5));

// Scratch of one call; the code of code lengths is done before distances are read.
const lengths = new Uint8Array(286 + 30);
const literalTable = new Uint16Array(1 << 15);
const distanceTable = new Uint16Array(1 << 15);

/**
 * Unpacks a DEFLATE stream into out, which it must fill exactly; its final block
 * must end in the last byte. The stream is hostile: nothing is read or written
 * outside the two arrays. Throws StreamError.
 */
export function inflate(stream: Uint8Array, out: Uint8Array): void {
  const bits = new Bits(stream);
  let o = 0;
  for (let last = 0; last === 0; ) {
    last = bits.take(1);
    const type = bits.take(2);
    if (type === 0) o = stored(bits, out, o);
    else if (type === 1) o = block(bits, fixedLiterals, fixedDistances, out, o);
    else if (type === 2) o = dynamic(bits, out, o);
    else throw malformed("deflate block of unknown type");
  }
  if (bits.end() !== stream.length) throw malformed("deflate stream does not end where it should");
  if (o !== out.length) throw malformed(`deflate gave ${o} of ${out.length} bytes`);
}

/** Reads bits, the lowest of each byte first. Behind the end come zeros, but not many. */
class Bits {
  pos = 0;
  hold = 0;
  count = 0; // bits in hold
  constructor(readonly bytes: Uint8Array) {}

  /** Makes sure that hold has n ≤ 16 bits. */
  fill(n: number): void {
    while (this.count < n) {
      if (this.pos > this.bytes.length + 1) throw malformed("deflate stream cut short");
      this.hold |= (this.bytes[this.pos++] ?? 0) << this.count;
      this.count += 8;
    }
  }

  take(n: number): number {
    this.fill(n);
    const value = this.hold & ((1 << n) - 1);
    this.hold >>>= n;
    this.count -= n;
    return value;
  }

  symbol(code: Code): number {
    this.fill(code.bits);
    const entry = code.entries[this.hold & ((1 << code.bits) - 1)] ?? 0;
    if (entry === 0) throw malformed("deflate code of no symbol");
    this.hold >>>= entry & 15;
    this.count -= entry & 15;
    return entry >> 4;
  }

  /** How many bytes have been used, the last perhaps in part. */
  end(): number {
    return this.pos - (this.count >> 3);
  }
}

function stored(bits: Bits, out: Uint8Array, o: number): number {
  bits.pos = bits.end(); // the rest of the byte is padding
  bits.hold = bits.count = 0;
  const n = bits.take(16);
  if (bits.take(16) !== (n ^ 0xffff)) throw malformed("deflate block of unknown size");
  const { pos, bytes } = bits;
  if (n > bytes.length - pos || n > out.length - o) throw malformed("deflate block beyond the end");
  out.set(bytes.subarray(pos, pos + n), o);
  bits.pos += n;
  return o + n;
}

function dynamic(bits: Bits, out: Uint8Array, o: number): number {
  const literals = bits.take(5) + 257;
  const distances = bits.take(5) + 1;
  const n = bits.take(4) + 4;
  if (literals > 286 || distances > 30) throw malformed("deflate code of too many symbols");
  const ofLengths = new Uint8Array(19);
  for (let i = 0; i < n; i++) ofLengths[lengthOrder[i] ?? 0] = bits.take(3);
  const code = makeCode(ofLengths, distanceTable);
  for (let i = 0; i < literals + distances; ) {
    const symbol = bits.symbol(code);
    if (symbol < 16) {
      lengths[i++] = symbol;
      continue;
    }
    if (symbol === 16 && i === 0) throw malformed("deflate repeats nothing");
    const value = symbol === 16 ? (lengths[i - 1] ?? 0) : 0;
    const times = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
    if (times > literals + distances - i) throw malformed("deflate code of too many symbols");
    lengths.fill(value, i, i + times);
    i += times;
  }
  const first = makeCode(lengths.subarray(0, literals), literalTable);
  const second = makeCode(lengths.subarray(literals, literals + distances), distanceTable);
  return block(bits, first, second, out, o);
}

function block(bits: Bits, literals: Code, distances: Code, out: Uint8Array, o: number): number {
  for (;;) {
    const symbol = bits.symbol(literals);
    if (symbol < endOfBlock) {
      if (o === out.length) throw malformed("deflate gives too much");
      out[o++] = symbol;
      continue;
    }
    if (symbol === endOfBlock) return o;
    const base = lengthBase[symbol - endOfBlock - 1];
    if (base === undefined) throw malformed("deflate length of no meaning");
    const n = base + bits.take(lengthExtra[symbol - endOfBlock - 1] ?? 0);
    const far = bits.symbol(distances);
    const offset = (distanceBase[far] ?? 0) + bits.take(distanceExtra[far] ?? 0);
    if (offset === 0 || offset > o || n > out.length - o) throw malformed("deflate match outside the body");
    for (const end = o + n; o < end; o++) out[o] = out[o - offset] ?? 0;
  }
}

/**
 * Makes the canonical code (RFC 1951 §3.2.2) of symbols with these lengths; table
 * is its memory. The code must use all patterns, but for no symbol at all, and
 * for one of one bit.
 */
function makeCode(symbols: Uint8Array, table: Uint16Array): Code {
  const counts = new Uint16Array(16);
  for (const length of symbols) counts[length] = (counts[length] ?? 0) + 1;
  counts[0] = 0;
  const next = new Uint16Array(16);
  let bits = 0;
  let code = 0;
  for (let length = 1; length < 16; length++) {
    code = (code + (counts[length - 1] ?? 0)) << 1;
    next[length] = code;
    const count = counts[length] ?? 0;
    if (count > 0) bits = length;
    if (code + count > 1 << length) throw malformed("deflate code with too many patterns");
  }
  const used = (next[bits] ?? 0) + (counts[bits] ?? 0);
  if (bits > 0 && used !== 1 << bits && !(used === 1 && bits === 1)) {
    throw malformed("deflate code with too few patterns");
  }
  const entries = table.subarray(0, 1 << bits);
  if (used !== 1 << bits) entries.fill(0);
  for (let symbol = 0; symbol < symbols.length; symbol++) {
    const length = symbols[symbol] ?? 0;
    if (length === 0) continue;
    const pattern = next[length] ?? 0;
    next[length] = pattern + 1;
    const step = 1 << length;
    const entry = (symbol << 4) | length;
    for (let i = reverse(pattern, length); i < entries.length; i += step) entries[i] = entry;
  }
  return { entries, bits };
}

/** Turns round the lowest bits: codes come with their highest first. */
function reverse(pattern: number, bits: number): number {
  let turned = 0;
  for (let i = 0; i < bits; i++) turned |= ((pattern >> i) & 1) << (bits - 1 - i);
  return turned;
}
