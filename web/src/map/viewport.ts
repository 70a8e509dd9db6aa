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

/** Empty room around the map, so that each of its points can be anywhere in the view. */
function roomOf(view: View): Point {
  return [view.width / 2, view.height / 2];
}

/** Both axes alike. */
function both(along: (axis: 0 | 1) => number): Point {
  return [along(0), along(1)];
}

const sizeOf = ({ width, height }: View): Point => [width, height];

/** Where to scroll to so that what lies at a point of the view stays there. */
export function scrollForZoom(scroll: Point, view: View, at: Point, before: number, after: number): Point {
  const room = roomOf(view);
  return both((axis) => ((scroll[axis] + at[axis] - room[axis]) / before) * after + room[axis] - at[axis]);
}

/** Where to scroll to so that a box is seen, with something around it; no further than needed. */
export function scrollToBox(scroll: Point, view: View, box: Point, scale: number): Point {
  const room = roomOf(view);
  const [seen, length] = [sizeOf(view), sizeOf(BOX)];
  return both((axis) => {
    const first = room[axis] + box[axis] * scale;
    const last = first + (length[axis] + 2 * MARGIN) * scale;
    if (first < scroll[axis] || last - first > seen[axis]) return first;
    return last > scroll[axis] + seen[axis] ? last - seen[axis] : scroll[axis];
  });
}

/** Where to scroll to so that a box is as near to the middle as the map reaches. */
export function scrollToMiddle(map: View, view: View, box: Point, scale: number): Point {
  const start = scrollToStart(map, view, scale);
  const [room, seen, length, inner] = [roomOf(view), sizeOf(view), sizeOf(map), sizeOf(BOX)];
  return both((axis) => {
    const middle = room[axis] + (box[axis] + MARGIN + inner[axis] / 2) * scale - seen[axis] / 2;
    const furthest = start[axis] + Math.max(0, (length[axis] + 2 * MARGIN) * scale - seen[axis]);
    return Math.min(furthest, Math.max(start[axis], middle));
  });
}

/** Where to scroll to so that the map is in the middle, or else its beginning at that of the view. */
export function scrollToStart(map: View, view: View, scale: number): Point {
  const room = roomOf(view);
  const [seen, length] = [sizeOf(view), sizeOf(map)];
  return both((axis) => room[axis] - Math.max(0, seen[axis] - (length[axis] + 2 * MARGIN) * scale) / 2);
}
