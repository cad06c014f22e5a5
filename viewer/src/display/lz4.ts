import { malformed } from "./format.ts";

/**
 * Unpacks one LZ4 block into out, which it must fill exactly. The block is
 * hostile: nothing is read or written outside the two arrays. Throws StreamError.
 */
export function unpackLz4(block: Uint8Array, out: Uint8Array): void {
  const inEnd = block.length;
  const outEnd = out.length;
  let i = 0;
  let o = 0;
  while (i < inEnd) {
    const token = block[i++] ?? 0;
    let n = token >> 4;
    if (n === 15) {
      let more = 255;
      while (more === 255 && i < inEnd && n <= outEnd) n += more = block[i++] ?? 0;
      if (more === 255) throw malformed("lz4 length cut short");
    }
    if (n > inEnd - i || n > outEnd - o) throw malformed("lz4 literals beyond the block");
    o = copyLiterals(block, i, out, o, n);
    i += n;
    if (i === inEnd) break; // a block ends with literals
    if (inEnd - i < 2) throw malformed("lz4 block cut short");
    const offset = (block[i] ?? 0) | ((block[i + 1] ?? 0) << 8);
    i += 2;
    n = token & 15;
    if (n === 15) {
      let more = 255;
      while (more === 255 && i < inEnd && n <= outEnd) n += more = block[i++] ?? 0;
      if (more === 255) throw malformed("lz4 length cut short");
    }
    n += 4;
    if (offset === 0 || offset > o || n > outEnd - o) throw malformed("lz4 match outside the block");
    o = repeat(out, o, offset, n);
  }
  if (o !== outEnd) throw malformed(`lz4 block gave ${o} of ${outEnd} bytes`);
}

const long = 24; // bytes from which the built-in copy is faster than a loop

function copyLiterals(from: Uint8Array, i: number, to: Uint8Array, o: number, n: number): number {
  if (n >= long) {
    to.set(from.subarray(i, i + n), o);
  } else {
    for (let k = 0; k < n; k++) to[o + k] = from[i + k] ?? 0;
  }
  return o + n;
}

/** Repeats n bytes from offset before o; they may overlap themselves. */
function repeat(out: Uint8Array, o: number, offset: number, n: number): number {
  const end = o + n;
  if (n >= long && offset >= n) {
    out.copyWithin(o, o - offset, end - offset);
  } else {
    for (let k = o; k < end; k++) out[k] = out[k - offset] ?? 0;
  }
  return end;
}
