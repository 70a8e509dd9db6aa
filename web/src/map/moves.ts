/** Where the arrow keys lead: along a link, else to the nearest box in that direction. */
import { BOX, type Point } from './box-size.ts';
import type { Edge } from './layout.ts';

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

/** How much further a box seems that is beside the way. */
const BESIDE = 3;

export function isDirection(key: string): key is Direction {
  return ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'].includes(key);
}

export function boxTowards(
  id: string,
  direction: Direction,
  places: ReadonlyMap<string, Point>,
  links: readonly Edge[],
): string | undefined {
  const here = places.get(id);
  if (!here) return undefined;
  const isAcross = direction === 'ArrowLeft' || direction === 'ArrowRight';
  if (isAcross) {
    const ends = links.flatMap(({ from, to }) => {
      if (direction === 'ArrowRight') return from === id ? [to] : [];
      return to === id ? [from] : [];
    });
    const linked = nearest(ends, places, ([, y]) => Math.abs(y - here[1]));
    if (linked) return linked;
  }
  const sign = direction === 'ArrowRight' || direction === 'ArrowDown' ? 1 : -1;
  return nearest([...places.keys()], places, ([x, y]) => {
    const along = sign * (isAcross ? x - here[0] : y - here[1]);
    const beside = Math.abs(isAcross ? y - here[1] : x - here[0]);
    const isThere = along >= (isAcross ? BOX.width : BOX.height) / 2;
    return isThere ? along + BESIDE * beside : Number.POSITIVE_INFINITY;
  });
}

function nearest(
  ids: readonly string[],
  places: ReadonlyMap<string, Point>,
  distance: (place: Point) => number,
): string | undefined {
  let least = Number.POSITIVE_INFINITY;
  let found: string | undefined;
  for (const id of ids) {
    const place = places.get(id);
    const far = place ? distance(place) : least;
    if (far < least) [least, found] = [far, id];
  }
  return found;
}
