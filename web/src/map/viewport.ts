/** Scales, and where the map is scrolled to. */
import { BOX, type Point } from './box-size.ts';

export interface View {
  width: number;
  height: number;
}

/** Space around the map, in its own units. */
export const MARGIN = 24;
export const LEAST_SCALE = 0.08;
export const MOST_SCALE = 2.5;
/** Below it names can't be read. */
const READABLE = 0.7;

export function clampScale(scale: number): number {
  return Math.min(MOST_SCALE, Math.max(LEAST_SCALE, scale));
}

/** All of it, and no larger than it is. */
export function fitScale(map: View, view: View): number {
  const scale = Math.min(view.width / (map.width + 2 * MARGIN), view.height / (map.height + 2 * MARGIN));
  return clampScale(Math.min(1, scale));
}

/** All of it, where that can still be read. */
export function firstScale(map: View, view: View): number {
  return Math.max(READABLE, fitScale(map, view));
}

/** Where to scroll to so that what lies at a point of the view stays there. */
export function scrollForZoom(scroll: Point, at: Point, before: number, after: number): Point {
  const along = (from: number, offset: number) => ((from + offset) / before) * after - offset;
  return [along(scroll[0], at[0]), along(scroll[1], at[1])];
}

/** Where to scroll to so that a box is seen, with something around it; no further than needed. */
export function scrollToBox(scroll: Point, view: View, [left, top]: Point, scale: number): Point {
  const along = (from: number, room: number, start: number, length: number): number => {
    const first = start * scale;
    const last = (start + length + 2 * MARGIN) * scale;
    if (first < from || last - first > room) return first;
    return last > from + room ? last - room : from;
  };
  return [along(scroll[0], view.width, left, BOX.width), along(scroll[1], view.height, top, BOX.height)];
}

/** Where to scroll to so that a box is in the middle. */
export function scrollToMiddle(view: View, [left, top]: Point, scale: number): Point {
  return [
    (left + MARGIN + BOX.width / 2) * scale - view.width / 2,
    (top + MARGIN + BOX.height / 2) * scale - view.height / 2,
  ];
}
