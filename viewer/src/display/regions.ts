import type { VideoCodec } from "../protocol/control.ts";
import type { Body } from "./body.ts";
import { malformed } from "./format.ts";

const codecs = new Map<number, VideoCodec>([
  [1, "av1"],
  [2, "av1-444"],
  [3, "vp9"],
  [4, "vp9-444"],
]);

/** One picture that only a codec can decode. Its bytes are valid until the next update is read. */
export interface Media extends Rect {
  readonly codec: VideoCodec | "jpeg";
  readonly region: number; // 0 for JPEG
  readonly key: boolean;
  /** The first of its region: it takes a new decoder. */
  readonly first: boolean;
  readonly data: Uint8Array<ArrayBuffer>;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

interface Region {
  readonly rect: Rect;
  readonly codec: VideoCodec;
  started: boolean; // its key chunk has come
}

const maxRegions = 2;
const minSide = 16;

/** The video regions that are open. */
export class Regions {
  #open: (Region | undefined)[] = [];

  clear(): void {
    this.#open = [];
  }

  isOpen(id: number): boolean {
    return this.#open[id] !== undefined;
  }

  /** Reads VREGION; rect reads a rectangle of whole blocks. */
  readRegion(body: Body, rect: (body: Body) => Rect): void {
    const id = body.u8();
    body.need(9);
    const number = body.ops[body.pos + 8] ?? 0;
    if (id >= maxRegions) throw malformed(`region ${id}`);
    if (number === 0) {
      if (!this.isOpen(id) || body.bytes(9).some((byte) => byte !== 0))
        throw malformed(`end of region ${id}`);
      this.#open[id] = undefined;
      return;
    }
    const codec = codecs.get(number);
    if (codec === undefined) throw malformed(`unknown codec ${number}`);
    const place = rect(body);
    if (place.w < minSide || place.h < minSide) throw malformed(`region of ${place.w}×${place.h}`);
    body.pos++; // the codec
    this.#open[id] = { rect: place, codec, started: false };
  }

  /** Reads VIDEO. */
  readVideo(body: Body): Media {
    const id = body.u8();
    const flags = body.u8();
    const region = this.#open[id];
    if (region === undefined || flags > 1) throw malformed(`chunk with flags ${flags} for region ${id}`);
    const key = flags === 1;
    const first = !region.started;
    if (first && !key) throw malformed(`region ${id} begins without a key`);
    region.started = true;
    return { ...region.rect, codec: region.codec, region: id, key, first, data: pictureData(body) };
  }
}

/** Reads a length and so many bytes. */
export function pictureData(body: Body): Uint8Array<ArrayBuffer> {
  const n = body.u32();
  if (n === 0) throw malformed("empty picture");
  return body.bytes(n);
}
