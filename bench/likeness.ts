/** The other instrument in the page: how like the screen the canvas is, looked at at each animation frame. */

/** Some rows of what the screen shows, to compare the canvas with. */
export interface Rows {
  readonly width: number;
  readonly ys: readonly number[];
  /** x0, y0, x1, y1 of what other windows cover. */
  readonly covered: readonly (readonly [number, number, number, number])[];
  /** R, G, B of all rows, in base64. */
  readonly rgb: string;
}

/** How like the rows the canvas was. */
export interface Likeness {
  readonly at: number;
  readonly decibels: number; // 99: exact
  readonly near: number; // part of the pixels that are right but for the loss of a codec
}

export interface Comparer {
  readonly likeness: Likeness[];
  /** Begins anew with these rows, until the canvas is exact; without rows it ends. */
  compare(rows: Rows | undefined): void;
}

declare global {
  interface Window {
    comparer: Comparer;
  }
}

/** Puts window.comparer into the page. It is one function because it is sent there as text. */
export function installComparer(selector: string): void {
  let truth: { rows: Rows; rgb: Uint8Array } | undefined;
  const likeness: Likeness[] = [];

  const compare = (from: CanvasRenderingContext2D, rows: Rows, rgb: Uint8Array): void => {
    const at = performance.now();
    let [error, near, count] = [0, 0, 0];
    for (const [i, y] of rows.ys.entries()) {
      const { data } = from.getImageData(0, y, rows.width, 1);
      const holes = rows.covered.filter(([, y0, , y1]) => y >= y0 && y < y1);
      for (let x = 0; x < rows.width; x++) {
        if (holes.some(([x0, , x1]) => x >= x0 && x < x1)) continue;
        const at = 3 * (i * rows.width + x);
        const r = (data[4 * x] ?? 0) - (rgb[at] ?? 0);
        const g = (data[4 * x + 1] ?? 0) - (rgb[at + 1] ?? 0);
        const b = (data[4 * x + 2] ?? 0) - (rgb[at + 2] ?? 0);
        const square = r * r + g * g + b * b;
        error += square;
        if (square < 3 * 32 * 32) near++;
        count++;
      }
    }
    const mean = error / (3 * count);
    likeness.push({
      at,
      decibels: mean === 0 ? 99 : 10 * Math.log10(65025 / mean),
      near: near / count,
    });
    if (mean === 0) truth = undefined; // nothing more to see
  };
  const tick = (): void => {
    requestAnimationFrame(tick);
    const canvas = document.querySelector<HTMLCanvasElement>(selector);
    if (truth === undefined || !canvas || canvas.width < truth.rows.width) return;
    const from = canvas.getContext("2d");
    if (from) compare(from, truth.rows, truth.rgb);
  };
  window.comparer = {
    likeness,
    compare: (rows) => {
      likeness.length = 0;
      truth = rows && { rows, rgb: Uint8Array.from(atob(rows.rgb), (c) => c.charCodeAt(0)) };
    },
  };
  requestAnimationFrame(tick);
}
