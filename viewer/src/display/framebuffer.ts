/**
 * The picture: pixels row by row, each R | G<<8 | B<<16 | 255<<24, which is the
 * memory of an ImageData on the little-endian machines browsers run on. Methods
 * trust their arguments; the decoder checks first.
 */
export class Framebuffer {
  width = 0;
  height = 0;
  pixels: Uint32Array<ArrayBuffer> = new Uint32Array(0);
  #memory: Uint32Array<ArrayBuffer> = this.pixels;

  /** Becomes a black picture of that size, reusing memory where it fits. */
  resize(width: number, height: number): void {
    const n = width * height;
    if (this.#memory.length < n) this.#memory = new Uint32Array(n);
    this.pixels = this.#memory.subarray(0, n);
    this.pixels.fill(0xff000000);
    this.width = width;
    this.height = height;
  }

  fill(x: number, y: number, w: number, h: number, pixel: number): void {
    for (let row = y * this.width + x, k = 0; k < h; k++, row += this.width) {
      this.pixels.fill(pixel, row, row + w);
    }
  }

  /** Moves the w×h pixels at (sx, sy) to (x, y), as if all were read before any is written. */
  copy(x: number, y: number, w: number, h: number, sx: number, sy: number): void {
    const down = sy < y; // last row first, so that no source row is overwritten unread
    for (let k = 0; k < h; k++) {
      const row = down ? h - 1 - k : k;
      const from = (sy + row) * this.width + sx;
      this.pixels.copyWithin((y + row) * this.width + x, from, from + w);
    }
  }

  /** The check sum of the op HASH: h = (rotl(h, 13) ^ RGB) · 0x9e3779b1 over the pixels, from 0. */
  hash(x: number, y: number, w: number, h: number): number {
    let sum = 0;
    for (let k = 0; k < h; k++) {
      const start = (y + k) * this.width + x;
      for (let i = start; i < start + w; i++) {
        const pixel = (this.pixels[i] ?? 0) & 0xffffff;
        sum = Math.imul(((sum << 13) | (sum >>> 19)) ^ pixel, 0x9e3779b1);
      }
    }
    return sum >>> 0;
  }

  /** The picture as ImageData that shares its memory. */
  image(): ImageData {
    const { pixels, width, height } = this;
    const bytes = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    return new ImageData(bytes, width, height);
  }
}
