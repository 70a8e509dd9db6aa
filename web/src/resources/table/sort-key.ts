/** What a cell is sorted by: ages, quantities and counts by their value, texts with the numbers in them in order. */
import { parseQuantity } from '../../../../kube/machinery/quantity.ts';
import type { TableColumn, TableRow } from '../../api/table.ts';
import { plainText, timeIn } from './cell-text.ts';
import { durationOf } from './durations.ts';

/** Cells with nothing in them come last, whichever way is sorted. */
export type SortKey = number | string | undefined;

const EMPTY = new Set(['', '<none>', '<unset>', '<unknown>', '<pending>', '<invalid>']);
const COUNT = /^(\d+)(?:\/(\d+))?(?: \(.*\))?$/;
const TEXT_COLUMNS = new Set(['Name', 'Namespace', 'Status', 'Reason', 'Message', 'Version']);
const TIME_COLUMNS = /age|duration|seen|last|since|time|expir/i;

export function sortKey(kind: string, column: TableColumn, row: TableRow, index: number): SortKey {
  const since = timeIn(kind, column, row);
  // The older, the greater the age.
  if (since !== undefined) return -since;
  const cell = row.cells[index] ?? null;
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'boolean') return cell ? 1 : 0;
  const text = plainText(cell);
  if (EMPTY.has(text)) return undefined;
  if (column.format === 'name' || TEXT_COLUMNS.has(column.name)) return natural(text);
  return numberIn(column, text) ?? natural(text);
}

function numberIn(column: TableColumn, text: string): number | undefined {
  const [, first, second] = COUNT.exec(text) ?? [];
  // `2/3`: two thirds of it are more than `1/3`, and of the same share the larger whole is.
  if (first !== undefined) return Number(first) + Number(second ?? 0) / 1e6;
  if (column.type === 'date' || TIME_COLUMNS.test(column.name)) {
    const duration = durationOf(text);
    if (duration !== undefined) return duration;
  }
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  if (percent !== undefined) return Number(percent);
  const quantity = /^[\d.]/.test(text) ? parseQuantity(text) : undefined;
  return quantity && Number(quantity.nano) / 1e9;
}

const DIGITS = 12;

/** `web-2` before `web-10`, capitals beside small letters; digits within a random word, as of pods, are letters. */
export function natural(text: string): string {
  return text.toLowerCase().replace(/\d+(?![a-z0-9])/g, (digits) => digits.padStart(DIGITS, '0'));
}

/** Numbers go before texts. */
export function compareKeys(a: SortKey, b: SortKey): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  if (typeof a === typeof b) return a < b ? -1 : 1;
  return typeof a === 'number' ? -1 : 1;
}
