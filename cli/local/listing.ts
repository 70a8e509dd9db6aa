/** Lists for people, as kubectl prints them, and for programs: `-o json|yaml|name`. */
import { Option } from 'commander';
import { stringify } from 'yaml';

export type OutputFormat = 'table' | 'json' | 'yaml' | 'name';

export const outputOption = (): Option =>
  new Option('-o, --output <format>', 'how it is printed').choices(['table', 'json', 'yaml', 'name']).default('table');

export interface Listing<Item> {
  items: readonly Item[];
  /** The item's name in other commands: each on a line for `name`. */
  nameOf(item: Item): string;
  head: readonly string[];
  row(item: Item): readonly string[];
  /** Printed in place of a table without rows, with the next command to run. */
  empty: string;
}

/** The text to print. `json` and `yaml` have one object with the `items`. */
export function listingText<Item>(format: OutputFormat, { items, nameOf, head, row, empty }: Listing<Item>): string {
  if (format === 'json') return JSON.stringify({ items }, undefined, 2);
  if (format === 'yaml') return stringify({ items }).trimEnd();
  if (format === 'name') return items.map(nameOf).join('\n');
  return items.length === 0 ? empty : table(head, items.map(row));
}

/** Columns three spaces apart. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd((widths[column] ?? 0) + 3))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}
