/**
 * Where the cursor is in a YAML document that is being written, and so perhaps not yet one: found by the columns of the
 * lines above, as a person reads it. Flow style (`{a: b}`) is not read.
 */
import type { Step } from '../schema/schema.ts';

export interface Place {
  /** The way to the mapping, or to the value, that the cursor is in. */
  path: Step[];
  /** A key is being written, or the value of the last step of the path. */
  at: 'key' | 'value';
  /** The part that is written already. */
  typed: string;
  /** Keys that the same mapping has. */
  present: string[];
  /** The column of the key. */
  column: number;
}

interface Line {
  /** The columns of its dashes. */
  dashes: number[];
  column: number;
  key?: string;
  value: string;
}

const KEY = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#'"{[\]},&*!|>%@`][^#]*?)\s*:(?=\s|$)/;

export function placeAt(text: string, offset: number): Place | undefined {
  const lines = text.split('\n');
  const number = text.slice(0, offset).split('\n').length - 1;
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const before = text.slice(start, offset);
  if (/(^|\s)#/.test(before) || isInBlock(lines, number)) return undefined;
  const current = read(before) ?? { dashes: [], column: before.length, value: '' };
  if (current.key !== undefined) {
    // The value begins after the colon's space.
    if (!/:\s/.test(before)) return undefined;
    const path = [...wayTo(lines, number, current), current.key];
    return { path, at: 'value', typed: current.value.trimStart(), present: [], column: current.column };
  }
  if (/[{}[\]&*!|>"'`@%]/.test(current.value)) return undefined;
  const path = wayTo(lines, number, current);
  const present = siblings(lines, number, current);
  return { path, at: 'key', typed: current.value, present, column: current.column };
}

function read(line: string): Line | undefined {
  const dashes: number[] = [];
  let column = 0;
  for (;;) {
    const [blank = ''] = /^ */.exec(line.slice(column)) ?? [];
    column += blank.length;
    if (!/^-(\s|$)/.test(line.slice(column))) break;
    dashes.push(column++);
  }
  const rest = line.slice(column);
  if (rest === '' && dashes.length === 0) return undefined;
  if (rest.startsWith('#')) return undefined;
  const found = KEY.exec(rest);
  if (!found) return { dashes, column, value: rest };
  return { dashes, column, key: unquoted(found[1] ?? ''), value: rest.slice(found[0].length) };
}

function unquoted(key: string): string {
  return /^(["']).*\1$/.test(key) ? key.slice(1, -1) : key;
}

/** From the line upwards: each line that begins further left is one step out. */
function wayTo(lines: readonly string[], number: number, current: Line): Step[] {
  const path: Step[] = [];
  let column = current.column;
  /** The parent of a list may begin where its dashes do. */
  let orSame = false;
  const leave = (dashes: readonly number[]): void => {
    for (const dash of dashes.toReversed()) {
      // The dash of an item before this one, of the same list.
      if (dash >= column) continue;
      path.unshift(0);
      column = dash;
      orSame = true;
    }
  };
  leave(current.dashes);
  for (let at = number - 1; at >= 0 && (column > 0 || orSame); at--) {
    const line = read(lines[at] ?? '');
    if (!line) continue;
    const isParent = line.key !== undefined && (line.column < column || (orSame && line.column === column));
    if (isParent) {
      path.unshift(line.key as string);
      column = line.column;
      orSame = false;
    }
    leave(line.dashes);
  }
  return path;
}

/** Keys of the same column, up and down, until the mapping ends. */
function siblings(lines: readonly string[], number: number, { column, dashes }: Line): string[] {
  const found: string[] = [];
  const first = dashes.length > 0;
  const look = (step: 1 | -1): void => {
    for (let at = number + step; at >= 0 && at < lines.length; at += step) {
      const line = read(lines[at] ?? '');
      if (!line) continue;
      const left = line.dashes[0] ?? line.column;
      // An item's dash begins its first key: above it another mapping, or none.
      if (step === 1 && left < column) return;
      if (line.column === column && line.key !== undefined) found.push(line.key);
      if (step === -1 && left < column) return;
    }
  };
  if (!first) look(-1);
  look(1);
  return found;
}

/** Whether the line is text of a block (`|`, `>`) that began above. */
function isInBlock(lines: readonly string[], number: number): boolean {
  const own = /^ */.exec(lines[number] ?? '')?.[0].length ?? 0;
  let least = lines[number]?.trim() === '' ? Number.POSITIVE_INFINITY : own;
  for (let at = number - 1; at >= 0; at--) {
    const text = lines[at] ?? '';
    if (text.trim() === '') continue;
    const column = /^ */.exec(text)?.[0].length ?? 0;
    if (column >= least) continue;
    if (/[:-]\s+[|>][+-]?\d*[+-]?\s*(#.*)?$/.test(text)) return least !== Number.POSITIVE_INFINITY;
    if (least === Number.POSITIVE_INFINITY) return false;
    least = column;
  }
  return false;
}
