/** The widths of a table's columns, by their longest texts: rows that are not drawn yet must not shift those that are. */
import type { TableRow } from '../../api/table.ts';
import { plainText } from './cell-text.ts';
import type { ShownColumn } from './columns.ts';

/** In characters. */
const LEAST = 5;
const MOST = 44;
/** Rows that are looked at; longer texts beyond them are cut, and shown whole when pointed at. */
const LOOKED_AT = 2_000;
/** A capital letter of a heading, and the mark of its order. */
const HEADING = 2;

export function widthsOf(shown: readonly ShownColumn[], rows: readonly TableRow[]): number[] {
  const widths = shown.map(({ column }) => Math.max(LEAST, column.name.length + HEADING));
  for (const row of rows.slice(0, LOOKED_AT)) {
    for (const [at, { index }] of shown.entries()) {
      const { length } = plainText(row.cells[index] ?? null);
      if (length > (widths[at] as number)) widths[at] = Math.min(MOST, length);
    }
  }
  return widths;
}

/** The longest of the namespaces' names, or nothing where the column is not shown. */
export function namespaceWidth(rows: readonly TableRow[]): number {
  const lengths = rows.slice(0, LOOKED_AT).map(({ object }) => object.metadata.namespace?.length ?? 0);
  return Math.min(MOST, Math.max('Namespace'.length + HEADING, ...lengths));
}

/** CSS `grid-template-columns`: the box, then each column, which share what is left by their widths. */
export function template(widths: readonly number[]): string {
  return `2.25rem ${widths.map((width) => `minmax(${Math.min(width, 26)}ch, ${width}fr)`).join(' ')}`;
}
