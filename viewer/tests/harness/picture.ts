/** A picture of 8-bit RGB pixels. */
export class Picture {
  constructor(
    readonly width: number,
    readonly height: number,
    readonly rgb: Buffer,
  ) {
    if (rgb.length !== width * height * 3) {
      throw new Error(`${width}x${height} pixels take ${width * height * 3} bytes, not ${rgb.length}`);
    }
  }

  /** The colour at a place, as 0xrrggbb. */
  at(x: number, y: number): number {
    return this.rgb.readUIntBE((y * this.width + x) * 3, 3);
  }

  /** A part of it, such as one window's. */
  part(at: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }): Picture {
    const rows: Buffer[] = [];
    for (let y = at.y; y < at.y + at.height; y++) {
      const from = (y * this.width + at.x) * 3;
      rows.push(this.rgb.subarray(from, from + at.width * 3));
    }
    return new Picture(at.width, at.height, Buffer.concat(rows));
  }

  /** How many different colours there are, counted up to a limit. */
  colours(limit = 1_000): number {
    const seen = new Set<number>();
    for (let i = 0; i < this.rgb.length && seen.size < limit; i += 3) seen.add(this.rgb.readUIntBE(i, 3));
    return seen.size;
  }

  /** How many pixels differ from another picture of the same size. */
  differences(other: Picture): number {
    if (other.width !== this.width || other.height !== this.height) {
      throw new Error(`${this.width}x${this.height} compared with ${other.width}x${other.height}`);
    }
    let count = 0;
    for (let i = 0; i < this.rgb.length; i += 3) {
      if (this.rgb.readUIntBE(i, 3) !== other.rgb.readUIntBE(i, 3)) count++;
    }
    return count;
  }
}
