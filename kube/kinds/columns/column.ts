/** Columns that many kinds share, and a short way to write the others. Names and order follow upstream's printers. */
import type { KubeObject } from '../../machinery/object.ts';
import type { Column } from '../define.ts';
import { since } from './human-duration.ts';

export type Cell = string | number | boolean | null;

export interface ColumnOptions {
  /** `string` when left out. */
  type?: Column['type'];
  /** Only with `-o wide`. */
  wide?: true;
  format?: string;
}

/** `cell` is handed the object and the time (milliseconds since the epoch); it must bear any stored object. */
export function column<T extends KubeObject>(
  name: string,
  description: string,
  cell: (object: T, now: number) => Cell,
  { type = 'string', wide, format }: ColumnOptions = {},
): Column {
  return {
    name,
    type,
    ...(format ? { format } : {}),
    description,
    priority: wide ? 1 : 0,
    cell: cell as (object: KubeObject, now: number) => Cell,
  };
}

/** A column of whole numbers; an absent value counts as 0. */
export function countColumn<T extends KubeObject>(
  name: string,
  description: string,
  count: (object: T) => number | undefined,
  options: ColumnOptions = {},
): Column {
  return column<T>(name, description, (object) => count(object) ?? 0, { type: 'integer', ...options });
}

export const nameColumn: Column = named((object) => object.metadata.name ?? '');

/** A name column with an own text, e.g. `fast (default)`. */
export function named<T extends KubeObject>(cell: (object: T) => string): Column {
  return column<T>('Name', 'Name of the object, unique within its kind (and namespace).', cell, { format: 'name' });
}

export const ageColumn: Column = column('Age', 'Time since the object was created.', (object, now) =>
  since(object.metadata.creationTimestamp, now),
);

export const NAME_AND_AGE: readonly Column[] = [nameColumn, ageColumn];

/** Upstream's columns for kinds without a printer of their own (`rest.NewDefaultTableConvertor`). */
export const NAME_AND_CREATED_AT: readonly Column[] = [
  nameColumn,
  column('Created At', 'When the object was created.', (object) => object.metadata.creationTimestamp ?? null, {
    type: 'date',
  }),
];
