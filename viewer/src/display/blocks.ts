export const blockSide = 16;

/**
 * A set of the screen's blocks, squares of 16×16 pixels: those whose pixels are
 * unknown, because a lossy picture was painted there. Rectangles are in pixels
 * and must lie in the screen.
 */
export class Blocks {
  count = 0;
  #width = 0; // of the screen
  #height = 0;
  #columns = 0;
  #set = new Uint8Array(0); // 1 for each block in the set, row by row

  /** Becomes the empty set for a screen of that size. */
  resize(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
    this.#columns = Math.ceil(width / blockSide);
    const n = this.#columns * Math.ceil(height / blockSide);
    if (this.#set.length < n || this.count > 0) this.#set = new Uint8Array(n);
    this.count = 0;
  }

  /** Whether the rectangle consists of whole blocks. */
  aligned(x: number, y: number, w: number, h: number): boolean {
    return x % blockSide === 0 && y % blockSide === 0 && this.#endsWhole(x + w, y + h);
  }

  /** Puts every block that the rectangle touches into the set. */
  add(x: number, y: number, w: number, h: number): void {
    this.#fill(x, y, w, h, 1);
  }

  /** Takes every block that the rectangle touches out of the set. */
  remove(x: number, y: number, w: number, h: number): void {
    if (this.count > 0) this.#fill(x, y, w, h, 0);
  }

  /** Whether the rectangle touches a block of the set. */
  touches(x: number, y: number, w: number, h: number): boolean {
    if (this.count === 0) return false;
    const left = x >> 4;
    const right = (x + w + 15) >> 4;
    for (let row = y >> 4; row < (y + h + 15) >> 4; row++) {
      const start = row * this.#columns;
      if (this.#set.subarray(start + left, start + right).includes(1)) return true;
    }
    return false;
  }

  /** Whether the rectangle touches a block of the set without covering it. */
  cuts(x: number, y: number, w: number, h: number): boolean {
    if (this.count === 0 || this.aligned(x, y, w, h)) return false;
    const right = x + w;
    const bottom = y + h;
    return (
      (x % blockSide !== 0 && this.touches(x, y, 1, h)) ||
      (y % blockSide !== 0 && this.touches(x, y, w, 1)) ||
      (!this.#endsWhole(right, 0) && this.touches(right - 1, y, 1, h)) ||
      (!this.#endsWhole(0, bottom) && this.touches(x, bottom - 1, w, 1))
    );
  }

  /** Calls emit with rectangles that together are the given one without the blocks of the set. */
  outside(
    x: number,
    y: number,
    w: number,
    h: number,
    emit: (x: number, y: number, w: number, h: number) => void,
  ) {
    if (!this.touches(x, y, w, h)) {
      emit(x, y, w, h);
      return;
    }
    const bottom = y + h;
    for (let top = y; top < bottom; ) {
      const end = this.#sameRows(x, top, w, bottom);
      this.#outsideRow(x, top, w, end - top, emit);
      top = end;
    }
  }

  /** Where the rows of blocks end that look like the one at y. */
  #sameRows(x: number, y: number, w: number, bottom: number): number {
    const first = this.#row(x, y, w);
    let end = nextBlock(y);
    while (end < bottom && same(first, this.#row(x, end, w))) end += blockSide;
    return Math.min(end, bottom);
  }

  #outsideRow(
    x: number,
    y: number,
    w: number,
    h: number,
    emit: (x: number, y: number, w: number, h: number) => void,
  ) {
    const row = this.#row(x, y, w);
    const right = x + w;
    for (let i = 0; i < row.length; ) {
      const start = i;
      while (i < row.length && row[i] === row[start]) i++;
      if (row[start] === 1) continue;
      const left = start === 0 ? x : ((x >> 4) + start) * blockSide;
      emit(left, y, Math.min(((x >> 4) + i) * blockSide, right) - left, h);
    }
  }

  /** The blocks of a row that x … x+w touches. */
  #row(x: number, y: number, w: number): Uint8Array {
    const start = (y >> 4) * this.#columns;
    return this.#set.subarray(start + (x >> 4), start + ((x + w + 15) >> 4));
  }

  #fill(x: number, y: number, w: number, h: number, value: 0 | 1): void {
    for (let top = y; top < y + h; top = nextBlock(top)) {
      const row = this.#row(x, top, w);
      for (let i = 0; i < row.length; i++) {
        this.count += value - (row[i] ?? 0);
        row[i] = value;
      }
    }
  }

  #endsWhole(right: number, bottom: number): boolean {
    return (
      (right % blockSide === 0 || right === this.#width) &&
      (bottom % blockSide === 0 || bottom === this.#height)
    );
  }
}

function nextBlock(at: number): number {
  return (at | (blockSide - 1)) + 1;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
