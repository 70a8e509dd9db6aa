/** Tables that the server made of objects (`metav1.Table`), decorated and printed as kubectl does. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { formatLabels } from './labels.ts';

export interface Column {
  name: string;
  type: string;
  format?: string;
  priority: number;
}

export interface Table {
  kind: 'Table';
  columnDefinitions?: Column[];
  rows?: { cells: unknown[]; object?: Partial<KubeObject> }[];
  metadata?: { continue?: string; resourceVersion?: string };
}

export interface TableOptions {
  noHeaders: boolean;
  wide: boolean;
  withNamespace: boolean;
  /** `deployment.apps`, to stand before names. */
  kind?: string;
  showLabels: boolean;
  columnLabels: readonly string[];
}

/** Prints tables one after the other; the heads stand once, as long as the columns stay. */
export class TablePrinter {
  readonly #options: TableOptions;
  #last: string | undefined;
  #columns: readonly Column[] = [];
  #hasPrinted = false;

  constructor(options: TableOptions) {
    this.#options = options;
  }

  /** Cells end with tabs. */
  print(table: Table, event?: string): string {
    let noHeaders = this.#options.noHeaders;
    const given = table.columnDefinitions ?? [];
    const key = JSON.stringify(given);
    if (this.#hasPrinted && (given.length === 0 || key === this.#last)) noHeaders = true;
    if (given.length > 0 && key !== this.#last) {
      this.#last = key;
      this.#columns = given;
      this.#hasPrinted = false;
    }
    const rows = table.rows ?? [];
    if (rows.length > 0) this.#hasPrinted = true;
    const { heads, cells } = this.#decorated(rows, event);
    const lines = cells.map((each) => each.map(cellText).join('\t'));
    if (!noHeaders && rows.length > 0) lines.unshift(heads.map((head) => head.toUpperCase()).join('\t'));
    return lines.map((line) => `${line}\n`).join('');
  }

  #decorated(rows: NonNullable<Table['rows']>, event: string | undefined) {
    const { wide, withNamespace, kind, showLabels, columnLabels } = this.#options;
    const columns = this.#columns;
    const shown = columns.flatMap((column, index) => (wide || column.priority === 0 ? [index] : []));
    const named = kind ? columns.findIndex(({ format, type }) => format === 'name' && type === 'string') : -1;
    const heads = shown.map((index) => columns[index]?.name ?? '');
    if (withNamespace) heads.unshift('Namespace');
    heads.push(...columnLabels.map((label) => label.split('/').at(-1) ?? ''));
    if (showLabels) heads.push('Labels');
    if (event !== undefined) heads.unshift('Event');
    const cells = rows.map(({ cells: given, object }) => {
      const all = shown.map((index) => (index === named ? `${kind}/${given[index]}` : given[index]));
      const { labels, namespace } = object?.metadata ?? {};
      if (withNamespace) all.unshift(namespace ?? '');
      all.push(...columnLabels.map((label) => labels?.[label] ?? ''));
      if (showLabels) all.push(formatLabels(labels));
      if (event !== undefined) all.unshift(event.padEnd(8));
      return all;
    });
    return { heads, cells };
  }
}

const BREAK = /[\f\n\r]/;

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  const text = String(cell);
  const end = text.search(BREAK);
  // A tab would end the cell, and an escape would reach the terminal.
  const shown = (end < 0 ? text : text.slice(0, end)).replaceAll('\t', ' ').replaceAll('\x1b', '^[');
  return end < 0 ? shown : `${shown}...`;
}
