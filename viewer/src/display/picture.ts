import { Blocks } from "./blocks.ts";
import { Body } from "./body.ts";
import {
  malformed,
  maxColours,
  maxMedia,
  maxPointerSide,
  maxSide,
  StreamError,
  workFactor,
} from "./format.ts";
import { Framebuffer } from "./framebuffer.ts";
import { checkJpeg } from "./jpeg.ts";
import { paintQoi } from "./qoi.ts";
import { type Media, pictureData, type Rect, Regions } from "./regions.ts";

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
  /** Where the screen's pixels are unknown: only the canvas has them. */
  readonly unknown = new Blocks();
  readonly regions = new Regions();
  shape: PointerShape = noPointer;
  place: Place = { x: 0, y: 0 };

  /** Changed by the last update: x, y, w, h of each rectangle. */
  readonly changed: number[] = [];
  /** What the last update painted that takes a codec, in order. Where nothing came after it, it is unknown. */
  readonly media: Media[] = [];
  resized = false; // by the last update
  shapeChanged = false;
  placeChanged = false;

  readonly #palette = new Uint32Array(256);
  #colours = 0;
  #work = 0; // pixels the update may still touch
  #pictures = 0; // VREGION, VIDEO and JPEG it has had
  readonly #body = new Body();

  /** Paints the ops of a body; reset says whether they must begin with RESET. Throws StreamError. */
  paint(body: Uint8Array<ArrayBuffer>, reset: boolean): void {
    this.#body.open(body);
    this.changed.length = this.media.length = this.#pictures = 0;
    this.resized = this.shapeChanged = this.placeChanged = false;
    this.#colours = 0;
    this.#work = workFactor * this.screen.width * this.screen.height;
    if (reset !== (body[0] === 1)) throw malformed("reset flag and first op disagree");
    while (this.#body.pos < body.length) this.#op(this.#body.u8());
  }

  #op(op: number): void {
    if (op === 1) this.#reset();
    else if (op === 2) this.#copy();
    else if (op === 3) this.#setPalette();
    else if (op === 4) this.#tile();
    else if (op === 5) this.#pointerShape();
    else if (op === 6) this.#pointerPlace();
    else if (op === 7) this.#hash();
    else if (op === 8) this.#region();
    else if (op === 9) this.#video();
    else if (op === 10) this.#jpeg();
    else throw malformed(`unknown op ${op}`);
  }

  #reset(): void {
    if (this.#body.pos !== 1) throw malformed("reset inside an update");
    const w = this.#body.u16();
    const h = this.#body.u16();
    if (w === 0 || h === 0 || w > maxSide || h > maxSide) throw malformed(`screen of ${w}×${h}`);
    this.screen.resize(w, h);
    this.unknown.resize(w, h);
    this.regions.clear();
    this.shape = noPointer;
    this.place = { x: 0, y: 0 };
    this.resized = this.shapeChanged = this.placeChanged = true;
    this.changed.push(0, 0, w, h);
    this.#work = workFactor * w * h;
  }

  #copy(): void {
    const [x, y, w, h] = this.#rect();
    const sx = this.#body.u16();
    const sy = this.#body.u16();
    if (sx + w > this.screen.width || sy + h > this.screen.height) throw malformed("copy from outside");
    if (this.unknown.touches(sx, sy, w, h)) throw malformed("copy of unknown pixels");
    this.#cover(x, y, w, h);
    this.screen.copy(x, y, w, h, sx, sy);
    this.#touch(x, y, w, h);
  }

  #setPalette(): void {
    const n = this.#body.u8();
    if (n === 0 || n > maxColours) throw malformed(`palette of ${n}`);
    this.#body.need(3 * n);
    for (let i = 0; i < n; i++) this.#palette[i] = this.#body.colour();
    this.#colours = n;
  }

  #tile(): void {
    const [x, y, w, h] = this.#rect();
    this.#cover(x, y, w, h);
    const form = this.#body.u8();
    switch (form) {
      case 0:
        this.#body.need(3);
        this.screen.fill(x, y, w, h, this.#body.colour());
        break;
      case 1:
      case 2:
      case 4:
      case 8:
        this.#indexed(x, y, w, h, form);
        break;
      case 9:
        this.#body.pos = paintQoi(this.#body.ops, this.#body.pos, this.screen, x, y, w, h);
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
    this.#body.need(stride * h);
    const palette = this.#palette;
    const ops = this.#body.ops;
    const { pixels, width } = this.screen;
    const mask = (1 << bits) - 1;
    let highest = 0;
    for (let row = 0; row < h; row++) {
      let at = this.#body.pos + row * stride;
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
    this.#body.pos += stride * h;
  }

  #raw(x: number, y: number, w: number, h: number): void {
    this.#body.need(3 * w * h);
    const { pixels, width } = this.screen;
    for (let row = 0; row < h; row++) {
      const start = (y + row) * width + x;
      for (let i = start; i < start + w; i++) pixels[i] = this.#body.colour();
    }
  }

  #pointerShape(): void {
    const width = this.#body.u16();
    const height = this.#body.u16();
    const hotX = this.#body.u16();
    const hotY = this.#body.u16();
    const none = width === 0 && height === 0 && hotX === 0 && hotY === 0;
    const fits = width > 0 && height > 0 && width <= maxPointerSide && height <= maxPointerSide;
    if (!none && !(fits && hotX < width && hotY < height)) throw malformed(`pointer of ${width}×${height}`);
    const size = 4 * width * height;
    this.#body.need(size);
    const rgba = new Uint8ClampedArray(this.#body.ops.subarray(this.#body.pos, this.#body.pos + size));
    this.#body.pos += size;
    this.shape = { width, height, hotX, hotY, rgba };
    this.shapeChanged = true;
  }

  #pointerPlace(): void {
    const x = (this.#body.u16() << 16) >> 16; // signed
    const y = (this.#body.u16() << 16) >> 16;
    this.place = { x, y };
    this.placeChanged = true;
  }

  #hash(): void {
    const [x, y, w, h] = this.#rect();
    const want = this.#body.u32();
    if (this.unknown.touches(x, y, w, h)) throw malformed("hash of unknown pixels");
    if (this.screen.hash(x, y, w, h) !== want) throw new StreamError("hash", "picture is not the client's");
  }

  #region(): void {
    this.#countPicture();
    this.regions.readRegion(this.#body, () => this.#wholeBlocks());
  }

  #video(): void {
    const media = this.regions.readVideo(this.#body);
    this.#spend(media.w * media.h);
    this.#picture(media);
  }

  #jpeg(): void {
    const rect = this.#wholeBlocks();
    const data = pictureData(this.#body);
    checkJpeg(data, rect.w, rect.h);
    this.#picture({ ...rect, codec: "jpeg", region: 0, key: true, first: true, data });
  }

  /** Notes a picture. Its pixels, counted as work once by its op, count again: decoding costs more than painting. */
  #picture(media: Media): void {
    this.#countPicture();
    this.#spend(media.w * media.h);
    this.unknown.add(media.x, media.y, media.w, media.h);
    this.media.push(media);
  }

  #countPicture(): void {
    if (++this.#pictures > maxMedia) throw malformed("too many pictures in one update");
  }

  /** Reads a rectangle that consists of whole blocks. */
  #wholeBlocks(): Rect {
    const [x, y, w, h] = this.#rect();
    if (!this.unknown.aligned(x, y, w, h)) throw malformed("rectangle cuts a block");
    return { x, y, w, h };
  }

  /** Reads a rectangle, which must lie in the screen, and counts it as work. */
  #rect(): readonly [number, number, number, number] {
    const x = this.#body.u16();
    const y = this.#body.u16();
    const w = this.#body.u16();
    const h = this.#body.u16();
    if (w === 0 || h === 0 || x + w > this.screen.width || y + h > this.screen.height) {
      throw malformed("rectangle outside the screen");
    }
    this.#spend(w * h);
    return [x, y, w, h];
  }

  #spend(pixels: number): void {
    this.#work -= pixels;
    if (this.#work < 0) throw malformed("too much work in one update");
  }

  /** Makes known what a TILE or COPY is about to paint. It may not paint a part of an unknown block. */
  #cover(x: number, y: number, w: number, h: number): void {
    if (this.unknown.cuts(x, y, w, h)) throw malformed("a part of an unknown block");
    this.unknown.remove(x, y, w, h);
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
}
