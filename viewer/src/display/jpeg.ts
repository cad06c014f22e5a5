import { malformed } from "./format.ts";

// Markers of a JPEG file (ITU-T T.81, table B.1).
const soi = 0xd8;
const eoi = 0xd9;
const sof0 = 0xc0; // baseline
const sos = 0xda;
const others = new Set([0xe0, 0xee, 0xdb, 0xc4, 0xdd]); // APP0, APP14, DQT, DHT, DRI

/**
 * Makes sure, before a decoder sees it, that the file is a baseline JPEG of 8 bits
 * and of that size, and that nothing in it, such as EXIF or a colour profile,
 * turns or recolours it. The scan itself is not looked at. Throws StreamError.
 */
export function checkJpeg(file: Uint8Array, width: number, height: number): void {
  const size = file.length;
  const at = (i: number) => file[i] ?? 0;
  if (size < 4 || at(0) !== 0xff || at(1) !== soi || at(size - 2) !== 0xff || at(size - 1) !== eoi) {
    throw malformed("no jpeg");
  }
  let framed = false;
  for (let pos = 2; ; ) {
    if (pos + 4 > size || at(pos) !== 0xff) throw malformed("jpeg cut short");
    const marker = at(pos + 1);
    const n = (at(pos + 2) << 8) | at(pos + 3);
    if (n < 2 || n > size - pos - 2) throw malformed(`jpeg segment of ${n} bytes`);
    if (marker === sof0) {
      if (framed || !isFrame(file.subarray(pos + 4, pos + 2 + n), width, height)) {
        throw malformed(`jpeg is not of ${width}×${height}`);
      }
      framed = true;
    } else if (marker === sos) {
      if (!framed) throw malformed("jpeg scan without a frame");
      return;
    } else if (!others.has(marker)) {
      throw malformed(`jpeg segment ${marker}`);
    }
    pos += 2 + n;
  }
}

/** Whether the frame header is of a grey or coloured picture of 8 bits and that size. */
function isFrame(header: Uint8Array, width: number, height: number): boolean {
  const [bits = 0, h1 = 0, h0 = 0, w1 = 0, w0 = 0, components = 0] = header;
  return (
    bits === 8 &&
    (components === 1 || components === 3) &&
    header.length === 6 + 3 * components &&
    ((h1 << 8) | h0) === height &&
    ((w1 << 8) | w0) === width
  );
}
