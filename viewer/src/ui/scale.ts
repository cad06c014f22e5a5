/** Where the picture stands in the page, so that it is sharp. Pure. */

/** So much room is left rather than filled, when every pixel can cover whole device pixels for it. */
const SPARED = 1.15;

export type ViewMode = "fit" | "exact";

export interface Box {
  readonly width: number;
  readonly height: number;
}

/** In CSS pixels, on whole device pixels. */
export interface Placement extends Box {
  readonly left: number;
  readonly top: number;
  /** Whether every pixel of the picture covers whole device pixels: then it must not be smoothed. */
  readonly crisp: boolean;
}

/**
 * Places a picture of the given pixels in a box of CSS pixels. "exact" maps one
 * pixel to one device pixel, whatever the zoom; "fit" shows all of it, as large as
 * fits or, where that is hardly larger, in a whole multiple of its size: text that
 * is smoothed over a tenth more pixels is harder to read. origin is
 * where the box stands in the window: a page zoomed to 110 % puts it between two
 * device pixels, and a picture there would be blurred.
 */
export function place(
  picture: Box,
  box: Box,
  ratio: number,
  mode: ViewMode,
  origin: { readonly x: number; readonly y: number },
): Placement {
  const room = { width: box.width * ratio, height: box.height * ratio };
  const fit = Math.min(room.width / picture.width, room.height / picture.height);
  const whole = Math.floor(fit);
  const scale = mode === "exact" ? 1 : fit < whole * SPARED ? whole : fit;
  const width = Math.max(1, Math.floor(picture.width * scale));
  const height = Math.max(1, Math.floor(picture.height * scale));
  return {
    left: onGrid(Math.max(0, (room.width - width) / 2), origin.x * ratio, ratio) / ratio,
    top: onGrid(Math.max(0, (room.height - height) / 2), origin.y * ratio, ratio) / ratio,
    width: width / ratio,
    height: height / ratio,
    crisp: Number.isInteger(scale),
  };
}

/**
 * The offset moved to the next whole device pixel of the window; where a pixel of the page is several whole ones, to
 * the next of the page, as a browser that lays out in those moves a picture that begins between them.
 */
function onGrid(offset: number, origin: number, ratio: number): number {
  const step = Number.isInteger(ratio) ? ratio : 1;
  return Math.ceil((offset + origin - 1e-6) / step) * step + 0 - origin; // + 0: no negative zero
}
