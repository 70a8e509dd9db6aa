/** `--sort-by`: by what a JSONPath finds in each object. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { compareQuantities, parseQuantity } from '../../../../kube/machinery/quantity.ts';
import { CommandError } from '../errors.ts';
import { findResults, relaxed } from './jsonpath/evaluate.ts';
import { parseTemplate } from './jsonpath/parse.ts';
import type { Table } from './table.ts';

export function sortObjects(objects: readonly KubeObject[], field: string): KubeObject[] {
  return sortBy(objects, field, (object) => object);
}

/** In place. The rows have their objects with them. */
export function sortRows(table: Table, field: string): void {
  if (table.rows) table.rows = sortBy(table.rows, field, ({ object }) => object);
}

function sortBy<T>(items: readonly T[], field: string, objectOf: (item: T) => unknown): T[] {
  const path = parseTemplate(relaxed(field));
  const keyed = items.map((item) => ({
    item,
    key: findResults(path, objectOf(item), { allowMissing: true }).flat()[0],
  }));
  if (keyed.length > 0 && keyed.every(({ key }) => key === undefined)) {
    throw new CommandError(`couldn't find any field with path "${relaxed(field)}" in the list of objects`);
  }
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ item }) => item);
}

/** A missing value comes first. */
function compare(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a), String(b)];
  const [x, y] = [parseQuantity(left), parseQuantity(right)];
  if (x && y) return compareQuantities(x, y);
  return naturalCompare(left, right);
}

/** Numbers within texts count as numbers (`sortorder.NaturalLess`). */
function naturalCompare(a: string, b: string): number {
  const [left, right] = [a.match(/\d+|\D/g) ?? [], b.match(/\d+|\D/g) ?? []];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [x, y] = [left[i] as string, right[i] as string];
    if (x === y) continue;
    if (/\d/.test(x) && /\d/.test(y)) return Number(x) - Number(y) || x.length - y.length;
    return x < y ? -1 : 1;
  }
  return left.length - right.length;
}
