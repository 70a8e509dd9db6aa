/** Paths of files in one volume that stand in each other's way (`checkForOverlap` in `pkg/api/pod/warnings.go`). */
import { trimEndOf } from '../../../machinery/trim.ts';

export interface Path {
  path: string;
  source: string;
}

/** A header has no room for more, and pairs grow with the square of the paths. */
const MAX_OVERLAPS = 50;

interface Entry extends Path {
  /** The path in a form by which what lies in it follows it directly. */
  key: string;
  order: number;
  /** The entry next to it in that order that is the same path or one that it lies in. */
  outer: Entry | undefined;
  /** Its place in that order, and the one behind all that lies in it. */
  at: number;
  end: number;
}

/** Pairs of which one path is the other or lies in it, each named with the earlier one. */
export function overlaps(paths: readonly Path[]): string[] {
  const entries = paths.map(({ path, source }, order): Entry => {
    const plain = trimEndOf(path, '/');
    const key = `${plain}/`.replaceAll('/', '\0');
    return { path: plain, source, key, order, outer: undefined, at: 0, end: 0 };
  });
  const named = entries.filter(({ path }) => path !== '');
  const sorted = inOrder(named);
  const found: string[] = [];
  for (const entry of named) {
    const others = sorted.slice(entry.at + 1, entry.end);
    for (let outer = entry.outer; outer; outer = outer.outer) others.push(outer);
    const earlier = others.filter(({ order }) => order < entry.order).sort((a, b) => a.order - b.order);
    for (const other of earlier) {
      if (found.length >= MAX_OVERLAPS) return found;
      found.push(`${shown(entry)} with ${shown(other)}`);
    }
  }
  return found;
}

function inOrder(entries: readonly Entry[]): Entry[] {
  const sorted = entries.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.order - b.order));
  const open: Entry[] = [];
  for (const [at, entry] of sorted.entries()) {
    for (let last = open.at(-1); last && !entry.key.startsWith(last.key); last = open.at(-1)) {
      last.end = at;
      open.pop();
    }
    entry.at = at;
    entry.outer = open.at(-1);
    open.push(entry);
  }
  for (const entry of open) entry.end = sorted.length;
  return sorted;
}

function shown({ path, source }: Path): string {
  return source === '' ? JSON.stringify(path) : `${JSON.stringify(path)} (${source})`;
}
