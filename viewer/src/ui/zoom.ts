/** The technician's own magnifying glass over the picture, for a small screen. Pure. */
import type { Box, Placement } from "./scale.ts";

/** How many times larger than its place, and which point of the picture is in the middle, as parts of its size. */
export interface Zoom {
  readonly factor: number;
  readonly x: number;
  readonly y: number;
}

export const WHOLE: Zoom = { factor: 1, x: 0.5, y: 0.5 };
export const MAX_FACTOR = 8;

/** A place on the page. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Where the picture stands with a zoom; without one it stays as it was placed. */
export function zoomed(base: Placement, room: Box, zoom: Zoom, ratio: number): Placement {
  if (zoom.factor === 1) return base;
  const width = base.width * zoom.factor;
  const height = base.height * zoom.factor;
  const grid = (n: number) => Math.round(n * ratio) / ratio;
  return {
    left: grid(edge(room.width, width, zoom.x)),
    top: grid(edge(room.height, height, zoom.y)),
    width: grid(width),
    height: grid(height),
    crisp: false,
  };
}

/** What fits is in the middle; what does not leaves no gap. */
function edge(room: number, size: number, middle: number): number {
  if (size <= room) return (room - size) / 2;
  return Math.min(0, Math.max(room - size, room / 2 - middle * size));
}

/**
 * The zoom after two fingers moved: by what factor they went apart, where their middle is now in the room, and by how
 * much it moved. What was under them stays under them.
 */
export function pinched(
  base: Placement,
  room: Box,
  zoom: Zoom,
  factor: number,
  middle: Spot,
  by: Spot,
): Zoom {
  const before = zoomed(base, room, zoom, 1);
  const next = Math.min(MAX_FACTOR, Math.max(1, zoom.factor * factor));
  if (next === 1) return WHOLE;
  const width = base.width * next;
  const height = base.height * next;
  const left = middle.x - ((middle.x - by.x - before.left) / before.width) * width;
  const top = middle.y - ((middle.y - by.y - before.top) / before.height) * height;
  return { factor: next, x: within(room.width, left, width), y: within(room.height, top, height) };
}

/** The middle of the room on the picture, so that it never runs away further than there is picture. */
function within(room: number, edgeAt: number, size: number): number {
  if (size <= room) return 0.5;
  const half = room / 2 / size;
  return Math.min(1 - half, Math.max(half, (room / 2 - edgeAt) / size));
}

/** Moves the view just so far that a point of the picture, in parts of its size, is well inside. */
export function followed(base: Placement, room: Box, zoom: Zoom, point: Spot): Zoom {
  if (zoom.factor === 1) return zoom;
  const follow = (size: number, space: number, middle: number, at: number) => {
    if (size <= space) return 0.5;
    const reach = (space / size) * 0.4;
    const half = space / 2 / size;
    return Math.min(1 - half, Math.max(half, Math.min(at + reach, Math.max(at - reach, middle))));
  };
  const x = follow(base.width * zoom.factor, room.width, zoom.x, point.x);
  const y = follow(base.height * zoom.factor, room.height, zoom.y, point.y);
  return x === zoom.x && y === zoom.y ? zoom : { factor: zoom.factor, x, y };
}
