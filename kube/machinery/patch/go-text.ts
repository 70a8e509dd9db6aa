import { goFloat, isGoInteger } from '../go-number.ts';
import type { Json } from '../object.ts';
import { isMap } from './merge.ts';

/** Decoded JSON as Go's `%v` prints it: `map[a:1 b:[x y]]`. */
export function goText(value: Json | undefined): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value === 'number' && !isGoInteger(value)) return goFloat(value);
  if (!isMap(value)) return String(value);
  const sorted = Object.keys(value).sort();
  return `map[${sorted.map((key) => `${key}:${goText(value[key])}`).join(' ')}]`;
}
