import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Cell, TableColumn } from '../../api/table.ts';
import { compareKeys, sortKey } from './sort-key.ts';

function sorted(name: string, cells: Cell[], more: Partial<TableColumn> = {}): Cell[] {
  const column: TableColumn = { name, type: 'string', format: '', description: '', priority: 0, ...more };
  const key = (cell: Cell) =>
    sortKey('Widget', column, { key: '', cells: [cell], object: { metadata: {} } as KubeObject, at: 0 }, 0);
  return cells.toSorted((a, b) => compareKeys(key(a), key(b)));
}

test.each<[string, string, Cell[]]>([
  ['numbers in names', 'Name', ['node2', 'node10', 'web-2', 'Web-9', 'web-10', 'x']],
  ['random words', 'Name', ['web-52pwx', 'web-7ssv2', 'web-c5t2d']],
  ['names that look like numbers', 'Name', ['5', '10', '5m']],
  ['counts', 'Ready', ['0/1', '1/1', '1/3', '3/3', '10/10']],
  ['restarts', 'Restarts', ['0', '2 (5m ago)', '10 (1s ago)']],
  ['quantities', 'Capacity', ['100m', '1', '500Mi', '2Gi', '1Ti', '<none>']],
  ['durations', 'Duration', ['9s', '61s', '5m', '2h3m', '3d', '1y2d', '']],
  ['percents', 'Use', ['5%', '12.5%', '100%']],
  ['numbers before texts', 'Value', [3, 20, 'many', null]],
])('%s are in order', (_, name, cells) => {
  expect(sorted(name, cells.toReversed())).toEqual(cells);
});

test('a wholly numeric quantity column is no time, and a time column no quantity', () => {
  expect(sorted('Limit', ['3', '2000m', '1'])).toEqual(['1', '2000m', '3']);
  expect(sorted('Last Seen', ['100m', '3h', '5s'])).toEqual(['5s', '100m', '3h']);
});
