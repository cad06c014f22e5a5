import { malformed, maxColours, maxPointerSide, maxSide, StreamError, workFactor } from "./format.ts";
import { Framebuffer } from "./framebuffer.ts";
import { paintQoi } from "./qoi.ts";

/** The pointer's picture: straight R, G, B, A bytes and the pixel of it that points. 0×0 is no pointer. */
export interface PointerShape {
  readonly width: number;
  readonly height: number;
  readonly hotX: number;
  readonly hotY: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

export const noPointer: PointerShape = {
  width: 0,
  height: 0,
  hotX: 0,
  hotY: 0,
  rgba: new Uint8ClampedArray(0),
};

const maxRects = 24; // told apart; more changed rectangles are reported as one

/** What the stream shows: the screen and the pointer, and what of them the last update changed. */
export class Picture {
  readonly screen = new Framebuffer();
  shape: PointerShape = noPointer;
  place: Place = { x: 0, y: 0 };

  /** Changed by the last update: x, y, w, h of each rectangle. */
  readonly changed: number[] = [];
  resized = false; // by the last update
  shapeChanged = false;
  placeChanged = false;

  readonly #palette = new Uint32Array(256);
  #colours = 0;
  #work = 0; // pixels the update may still touch
  #ops: Uint8Array<ArrayBuffer> = new Uint8Array(0); // the body being painted
  #pos = 0;

  /** Paints the ops of a body; reset says whether they must begin with RESET. Throws StreamError. */
  paint(body: Uint8Array<ArrayBuffer>, reset: boolean): void {
    this.#ops = body;
    this.changed.length = 0;
    this.resized = this.shapeChanged = this.placeChanged = false;
    this.#colours = 0;
    this.#work = workFactor * this.screen.width * this.screen.height;
    this.#pos = 0;
    if (reset !== (this.#ops[0] === 1)) throw malformed("reset flag and first op disagree");
    while (this.#pos < this.#ops.length) this.#op(this.#u8());
  }

  #op(op: number): void {
    if (op === 1) this.#reset();
    else if (op === 2) this.#copy();
    else if (op === 3) this.#setPalette();
    else if (op === 4) this.#tile();
    else if (op === 5) this.#pointerShape();
    else if (op === 6) this.#pointerPlace();
    else if (op === 7) this.#hash();
    else throw malformed(`unknown op ${op}`);
  }

  #reset(): void {
    if (this.#pos !== 1) throw malformed("reset inside an update");
    const w = this.#u16();
    const h = this.#u16();
    if (w === 0 || h === 0 || w > maxSide || h > maxSide) throw malformed(`screen of ${w}×${h}`);
    this.screen.resize(w, h);
    this.shape = noPointer;
    this.place = { x: 0, y: 0 };
    this.resized = this.shapeChanged = this.placeChanged = true;
    this.changed.push(0, 0, w, h);
    this.#work = workFactor * w * h;
  }

  #copy(): void {
    const [x, y, w, h] = this.#rect();
    const sx = this.#u16();
    const sy = this.#u16();
    if (sx + w > this.screen.width || sy + h > this.screen.height) throw malformed("copy from outside");
    this.screen.copy(x, y, w, h, sx, sy);
    this.#touch(x, y, w, h);
  }

  #setPalette(): void {
    const n = this.#u8();
    if (n === 0 || n > maxColours) throw malformed(`palette of ${n}`);
    this.#need(3 * n);
    for (let i = 0; i < n; i++) this.#palette[i] = this.#colour();
    this.#colours = n;
  }

  #tile(): void {
    const [x, y, w, h] = this.#rect();
    const form = this.#u8();
    switch (form) {
      case 0:
        this.#need(3);
        this.screen.fill(x, y, w, h, this.#colour());
        break;
      case 1:
      case 2:
      case 4:
      case 8:
        this.#indexed(x, y, w, h, form);
        break;
      case 9:
        this.#pos = paintQoi(this.#ops, this.#pos, this.screen, x, y, w, h);
        break;
      case 10:
        this.#raw(x, y, w, h);
        break;
      default:
        throw malformed(`tile of form ${form}`);
    }
    this.#touch(x, y, w, h);
  }

  #indexed(x: number, y: number, w: number, h: number, bits: number): void {
    const stride = (w * bits + 7) >> 3;
    this.#need(stride * h);
    const palette = this.#palette;
    const ops = this.#ops;
    const { pixels, width } = this.screen;
    const mask = (1 << bits) - 1;
    let highest = 0;
    for (let row = 0; row < h; row++) {
      let at = this.#pos + row * stride;
      let byte = 0;
      let left = 0; // bits of byte not used yet
      const start = (y + row) * width + x;
      for (let i = start; i < start + w; i++) {
        if (left === 0) {
          byte = ops[at++] ?? 0;
          left = 8;
        }
        const index = byte & mask;
        byte >>= bits;
        left -= bits;
        if (index > highest) highest = index;
        pixels[i] = palette[index] ?? 0;
      }
    }
    if (highest >= this.#colours) throw malformed(`colour ${highest} of ${this.#colours}`);
    this.#pos += stride * h;
  }

  #raw(x: number, y: number, w: number, h: number): void {
    this.#need(3 * w * h);
    const { pixels, width } = this.screen;
    for (let row = 0; row < h; row++) {
      const start = (y + row) * width + x;
      for (let i = start; i < start + w; i++) pixels[i] = this.#colour();
    }
  }

  #pointerShape(): void {
    const width = this.#u16();
    const height = this.#u16();
    const hotX = this.#u16();
    const hotY = this.#u16();
    const none = width === 0 && height === 0 && hotX === 0 && hotY === 0;
    const fits = width > 0 && height > 0 && width <= maxPointerSide && height <= maxPointerSide;
    if (!none && !(fits && hotX < width && hotY < height)) throw malformed(`pointer of ${width}×${height}`);
    const size = 4 * width * height;
    this.#need(size);
    const rgba = new Uint8ClampedArray(this.#ops.subarray(this.#pos, this.#pos + size));
    this.#pos += size;
    this.shape = { width, height, hotX, hotY, rgba };
    this.shapeChanged = true;
  }

  #pointerPlace(): void {
    const x = (this.#u16() << 16) >> 16; // signed
    const y = (this.#u16() << 16) >> 16;
    this.place = { x, y };
    this.placeChanged = true;
  }

  #hash(): void {
    const [x, y, w, h] = this.#rect();
    const want = (this.#u16() | (this.#u16() << 16)) >>> 0;
    if (this.screen.hash(x, y, w, h) !== want) throw new StreamError("hash", "picture is not the client's");
  }

  /** Reads a rectangle, which must lie in the screen, and counts it as work. */
  #rect(): readonly [number, number, number, number] {
    const x = this.#u16();
    const y = this.#u16();
    const w = this.#u16();
    const h = this.#u16();
    if (w === 0 || h === 0 || x + w > this.screen.width || y + h > this.screen.height) {
      throw malformed("rectangle outside the screen");
    }
    this.#work -= w * h;
    if (this.#work < 0) throw malformed("too much work in one update");
    return [x, y, w, h];
  }

  #touch(x: number, y: number, w: number, h: number): void {
    if (this.changed.length < 4 * maxRects) {
      this.changed.push(x, y, w, h);
      return;
    }
    const [x0 = 0, y0 = 0, w0 = 0, h0 = 0] = this.changed;
    let left = Math.min(x0, x);
    let top = Math.min(y0, y);
    let right = Math.max(x0 + w0, x + w);
    let bottom = Math.max(y0 + h0, y + h);
    for (let i = 4; i + 3 < this.changed.length; i += 4) {
      const [x1 = 0, y1 = 0, w1 = 0, h1 = 0] = this.changed.slice(i, i + 4);
      left = Math.min(left, x1);
      top = Math.min(top, y1);
      right = Math.max(right, x1 + w1);
      bottom = Math.max(bottom, y1 + h1);
    }
    this.changed.length = 0;
    this.changed.push(left, top, right - left, bottom - top);
  }

  #need(n: number): void {
    if (this.#pos + n > this.#ops.length) throw malformed("body cut short");
  }

  #u8(): number {
    this.#need(1);
    return this.#ops[this.#pos++] ?? 0;
  }

  #u16(): number {
    this.#need(2);
    const low = this.#ops[this.#pos++] ?? 0;
    return low | ((this.#ops[this.#pos++] ?? 0) << 8);
  }

  /** Reads R, G, B as a pixel; the caller has checked that they are there. */
  #colour(): number {
    const r = this.#ops[this.#pos++] ?? 0;
    const g = this.#ops[this.#pos++] ?? 0;
    const b = this.#ops[this.#pos++] ?? 0;
    return (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
  }
}
