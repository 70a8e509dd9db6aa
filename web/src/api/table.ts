/**
 * A live table of any kind, with the columns that the server has for it: rows of `metav1.Table`s come on the
 * dashboard's socket, one event each.
 */
import { signal } from '@preact/signals';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf } from './collection.ts';
import type { Connection } from './connection.ts';
import { LiveList, type Told } from './live-list.ts';

export interface TableColumn {
  name: string;
  type: string;
  format: string;
  description: string;
  /** Above 0: shown with `-o wide` only. */
  priority: number;
}

export type Cell = string | number | boolean | null;

export interface TableRow {
  key: string;
  cells: readonly Cell[];
  /** Its metadata, or all of it, as was asked for. */
  object: KubeObject;
  /** When these cells came, to which the ages in them count. Milliseconds since the epoch. */
  at: number;
}

export interface TablePage {
  kind: 'Table';
  metadata?: { resourceVersion?: string };
  columnDefinitions?: readonly TableColumn[];
  rows?: readonly { cells: readonly Cell[]; object: KubeObject }[] | null;
}

export type IncludeObject = 'Metadata' | 'Object';

/** For requests; the socket asks for the same by `as`. */
export const TABLE_TYPE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

export class LiveTable extends LiveList<TableRow> {
  readonly columns = signal<readonly TableColumn[]>([]);

  constructor(connection: Connection, path: string, include: IncludeObject, now: () => number) {
    const question = path.includes('?') ? '&' : '?';
    super(connection, `${path}${question}includeObject=${include}`, {
      as: 'table',
      read: (page) => {
        const { columnDefinitions } = page as TablePage;
        // Only the first event of a subscription has them.
        if (columnDefinitions?.length) this.#define(columnDefinitions);
        return readPage(page as TablePage, now());
      },
    });
  }

  /** A subscription that starts again says the same columns again. */
  #define(columns: readonly TableColumn[]): void {
    if (JSON.stringify(columns) !== JSON.stringify(this.columns.peek())) this.columns.value = columns;
  }
}

export function readPage({ metadata, rows }: TablePage, at: number): Told<TableRow> {
  const items = (rows ?? []).map(({ cells, object }): readonly [string, TableRow] => {
    const key = keyOf(object);
    return [key, { key, cells, object, at }];
  });
  // The bookmark at the end of the initial state has its annotation on the object of a row.
  return { items, resourceVersion: metadata?.resourceVersion, annotations: rows?.[0]?.object.metadata.annotations };
}
