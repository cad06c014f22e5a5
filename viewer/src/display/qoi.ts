import { malformed } from "./format.ts";
import type { Framebuffer } from "./framebuffer.ts";

const table = new Uint32Array(64); // scratch of one call
const black = 0xff000000;

/**
 * Paints a QOI tile (qoiformat.org's chunks for three channels, from black) from
 * body at pos, and returns where it ends. Throws StreamError.
 */
export function paintQoi(
  body: Uint8Array,
  pos: number,
  fb: Framebuffer,
  x: number,
  y: number,
  w: number,
  h: number,
): number {
  const { pixels, width } = fb;
  table.fill(black);
  let r = 0;
  let g = 0;
  let b = 0;
  let pixel = black;
  let run = 0;
  for (let row = 0; row < h; row++) {
    const start = (y + row) * width + x;
    for (let i = start; i < start + w; i++) {
      if (run > 0) {
        run--;
        pixels[i] = pixel;
        continue;
      }
      if (pos >= body.length) throw malformed("body cut short");
      const c = body[pos++] ?? 0;
      if (c < 0x40) {
        pixel = table[c] ?? black;
        r = pixel & 0xff;
        g = (pixel >> 8) & 0xff;
        b = (pixel >> 16) & 0xff;
      } else if (c >= 0xc0 && c < 0xfe) {
        run = c & 63;
      } else {
        if (c < 0x80) {
          r = (r + ((c >> 4) & 3) - 2) & 0xff;
          g = (g + ((c >> 2) & 3) - 2) & 0xff;
          b = (b + (c & 3) - 2) & 0xff;
        } else if (c < 0xc0) {
          if (pos >= body.length) throw malformed("body cut short");
          const d = body[pos++] ?? 0;
          const dg = (c & 63) - 32;
          r = (r + dg + (d >> 4) - 8) & 0xff;
          g = (g + dg) & 0xff;
          b = (b + dg + (d & 15) - 8) & 0xff;
        } else {
          if (c === 0xff) throw malformed("unknown qoi chunk");
          if (pos + 3 > body.length) throw malformed("body cut short");
          r = body[pos++] ?? 0;
          g = body[pos++] ?? 0;
          b = body[pos++] ?? 0;
        }
        pixel = (black | (b << 16) | (g << 8) | r) >>> 0;
        table[(r * 3 + g * 5 + b * 7) & 63] = pixel;
      }
      pixels[i] = pixel;
    }
  }
  if (run > 0) throw malformed("qoi run beyond its tile");
  return pos;
}
