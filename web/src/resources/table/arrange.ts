/** Which rows are shown, and in which order. */
import type { TableColumn, TableRow } from '../../api/table.ts';
import { plainText } from './cell-text.ts';
import { compareKeys, natural, type SortKey, sortKey } from './sort-key.ts';

export interface Sort {
  /** A column's name, or `Namespace`. */
  by: string;
  descending: boolean;
}

/** In an address: `-Age` sorts by age, the greatest first. */
export function parseSort(text: string | undefined): Sort | undefined {
  if (!text) return undefined;
  return text.startsWith('-') ? { by: text.slice(1), descending: true } : { by: text, descending: false };
}

/** Kinds that are read by another order than that of their names. */
export const FIRST_SORT: Readonly<Record<string, string>> = { Event: 'Last Seen' };

export function formatSort({ by, descending }: Sort): string {
  return descending ? `-${by}` : by;
}

/** A click on a column's head: first upwards, then downwards, then as it was. */
export function nextSort(sort: Sort | undefined, by: string): Sort | undefined {
  if (sort?.by !== by) return { by, descending: false };
  return sort.descending ? undefined : { by, descending: true };
}

interface Arrangement {
  kind: string;
  columns: readonly TableColumn[];
  /** Words that must all be in a row. */
  search?: string;
  sort?: Sort;
}

/** Rows stay the same objects while nothing of them changes, so what is made of them once is kept. */
const searched = new WeakMap<TableRow, string>();
const keys = new WeakMap<TableRow, Map<string, SortKey>>();

/** `before`: the rows as they were arranged last. What is nearly in order already is put in order sooner. */
export function arrange(
  rows: ReadonlyMap<string, TableRow>,
  { kind, columns, search, sort }: Arrangement,
  before: readonly TableRow[] = [],
): TableRow[] {
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const all = inFormerOrder(rows, before);
  const shown = words.length === 0 ? all : all.filter((row) => words.every((word) => textOf(row).includes(word)));
  const index = columns.findIndex(({ name }) => name === sort?.by);
  const column = columns[index];
  const byName = (row: TableRow) => keyOnce(row, '', () => natural(row.key));
  if (!sort || (!column && sort.by !== 'Namespace')) return shown.sort((a, b) => compareKeys(byName(a), byName(b)));
  const way = sort.descending ? -1 : 1;
  const keyOf = (row: TableRow): SortKey =>
    keyOnce(row, sort.by, () =>
      column ? sortKey(kind, column, row, index) : natural(row.object.metadata.namespace ?? ''),
    );
  return shown.sort((a, b) => {
    const [one, other] = [keyOf(a), keyOf(b)];
    // Emptiness is last in both directions.
    const compared = one === undefined || other === undefined ? compareKeys(one, other) : way * compareKeys(one, other);
    return compared || compareKeys(byName(a), byName(b));
  });
}

function inFormerOrder(rows: ReadonlyMap<string, TableRow>, before: readonly TableRow[]): TableRow[] {
  if (before.length === 0) return [...rows.values()];
  const first: TableRow[] = [];
  const known = new Set<string>();
  for (const { key } of before) {
    const row = rows.get(key);
    if (!row) continue;
    first.push(row);
    known.add(key);
  }
  for (const [key, row] of rows) if (!known.has(key)) first.push(row);
  return first;
}

function textOf(row: TableRow): string {
  let text = searched.get(row);
  if (text === undefined) {
    const { namespace = '', labels = {} } = row.object.metadata;
    const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    text = [namespace, ...row.cells.map(plainText), ...pairs].join('\n').toLowerCase();
    searched.set(row, text);
  }
  return text;
}

function keyOnce(row: TableRow, of: string, make: () => SortKey): SortKey {
  let own = keys.get(row);
  if (!own) {
    own = new Map();
    keys.set(row, own);
  }
  if (!own.has(of)) own.set(of, make());
  return own.get(of);
}
