/** The widths of a table's columns, by their longest texts: rows that are not drawn yet must not shift those that are. */
import type { TableRow } from '../../api/table.ts';
import { plainText } from './cell-text.ts';
import type { ShownColumn } from './columns.ts';

/** In characters. */
const LEAST = 5;
const MOST = 44;
/** A sentence. */
const MOST_MESSAGE = 100;
/** Rows that are looked at; longer texts beyond them are cut, and shown whole when pointed at. */
const LOOKED_AT = 2_000;
/** A capital letter of a heading, and the mark of its order. */
const HEADING = 2;

export function widthsOf(shown: readonly ShownColumn[], rows: readonly TableRow[]): number[] {
  const widths = shown.map(({ column }) => Math.max(LEAST, column.name.length + HEADING));
  for (const row of rows.slice(0, LOOKED_AT)) {
    for (const [at, { column, index }] of shown.entries()) {
      const { length } = plainText(row.cells[index] ?? null);
      const most = column.name === 'Message' ? MOST_MESSAGE : MOST;
      if (length > (widths[at] as number)) widths[at] = Math.min(most, length);
    }
  }
  return widths;
}

/** The longest of the namespaces' names, or nothing where the column is not shown. */
export function namespaceWidth(rows: readonly TableRow[]): number {
  const lengths = rows.slice(0, LOOKED_AT).map(({ object }) => object.metadata.namespace?.length ?? 0);
  return Math.min(MOST, Math.max('Namespace'.length + HEADING, ...lengths));
}

/** Characters of a column that are always seen; on a phone no more than a part of the window. */
const SEEN = 26;
const PADDING = '1.25rem';
const PART_OF_WINDOW = '38vw';
const BOX = '2.25rem';

/** CSS: the box, then each column, which share by their widths what the least of them leave. */
export function template(widths: readonly number[]): { columns: string; least: string } {
  const leasts = widths.map((width) => `min(${Math.min(width, SEEN)}ch + ${PADDING}, ${PART_OF_WINDOW})`);
  return {
    columns: [BOX, ...leasts.map((least, at) => `minmax(${least}, ${widths[at]}fr)`)].join(' '),
    least: `calc(${[BOX, ...leasts].join(' + ')})`,
  };
}
