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

/** What is made of a row once; a row stays the same object while nothing of it changes. */
interface Made {
  name: string;
  text?: string;
  /** What it was sorted by last, and by which column. */
  by?: string;
  key?: SortKey;
}

const made = new WeakMap<TableRow, Made>();

function madeOf(row: TableRow): Made {
  let found = made.get(row);
  if (!found) {
    found = { name: natural(row.key) };
    made.set(row, found);
  }
  return found;
}

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
  const keyed = shown.map((row) => ({ row, made: madeOf(row) }));
  if (!sort || (!column && sort.by !== 'Namespace')) {
    return keyed.sort((a, b) => compareKeys(a.made.name, b.made.name)).map(({ row }) => row);
  }
  for (const { row, made: own } of keyed) {
    if (own.by === sort.by) continue;
    own.by = sort.by;
    own.key = column ? sortKey(kind, column, row, index) : natural(row.object.metadata.namespace ?? '');
  }
  const way = sort.descending ? -1 : 1;
  keyed.sort(({ made: a }, { made: b }) => {
    // Emptiness is last in both directions.
    const isEmpty = a.key === undefined || b.key === undefined;
    const compared = isEmpty ? compareKeys(a.key, b.key) : way * compareKeys(a.key, b.key);
    return compared || compareKeys(a.name, b.name);
  });
  return keyed.map(({ row }) => row);
}

function inFormerOrder(rows: ReadonlyMap<string, TableRow>, before: readonly TableRow[]): TableRow[] {
  const first: TableRow[] = [];
  for (const { key } of before) {
    const row = rows.get(key);
    if (row) first.push(row);
  }
  if (first.length === rows.size) return first;
  const known = new Set(first);
  for (const row of rows.values()) if (!known.has(row)) first.push(row);
  return first;
}

function textOf(row: TableRow): string {
  const own = madeOf(row);
  if (own.text === undefined) {
    const { namespace = '', labels = {} } = row.object.metadata;
    const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    own.text = [namespace, ...row.cells.map(plainText), ...pairs].join('\n').toLowerCase();
  }
  return own.text;
}
