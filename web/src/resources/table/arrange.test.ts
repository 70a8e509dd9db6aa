import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { TableColumn, TableRow } from '../../api/table.ts';
import { arrange, formatSort, nextSort, parseSort } from './arrange.ts';

const columns: TableColumn[] = ['Name', 'Ready', 'Node'].map((name) => ({
  name,
  type: 'string',
  format: name === 'Name' ? 'name' : '',
  description: '',
  priority: 0,
}));

const row = (namespace: string, name: string, ready: string, node: string | null, labels = {}): TableRow => ({
  key: `${namespace}/${name}`,
  cells: [name, ready, node],
  object: { metadata: { name, namespace, labels } } as KubeObject,
  at: 0,
});

const rows = [
  row('shop', 'web-10', '1/1', 'sim-1', { app: 'web' }),
  row('shop', 'web-9', '0/1', null, { app: 'web' }),
  row('blog', 'cache', '3/3', 'sim-0'),
];
const names = (options: { search?: string; sort?: string }) =>
  arrange(new Map(rows.map((each) => [each.key, each])), {
    kind: 'Pod',
    columns,
    search: options.search,
    sort: parseSort(options.sort),
  }).map(({ cells }) => cells[0]);

test('by namespace and name at first, by a column either way, with what is empty last in both', () => {
  expect(names({})).toEqual(['cache', 'web-9', 'web-10']);
  expect(names({ sort: 'Name' })).toEqual(['cache', 'web-9', 'web-10']);
  expect(names({ sort: '-Ready' })).toEqual(['cache', 'web-10', 'web-9']);
  expect(names({ sort: 'Node' })).toEqual(['cache', 'web-10', 'web-9']);
  expect(names({ sort: '-Node' })).toEqual(['web-10', 'cache', 'web-9']);
  expect(names({ sort: '-Namespace' })).toEqual(['web-9', 'web-10', 'cache']);
  expect(names({ sort: 'No such column' })).toEqual(['cache', 'web-9', 'web-10']);
});

test('rows that came, changed and went since are in order among those that were there', () => {
  const options = { kind: 'Pod', columns, sort: parseSort('Ready') };
  const before = arrange(new Map(rows.map((each) => [each.key, each])), options);
  const changed = row('shop', 'web-9', '9/9', null);
  const now = [changed, rows[2]!, row('shop', 'new', '2/2', null)];
  const after = arrange(new Map(now.map((each) => [each.key, each])), options, before);
  expect(after.map(({ cells }) => cells[0])).toEqual(['new', 'cache', 'web-9']);
  expect(after[2]).toBe(changed);
});

test('all words of the search are in the row: its cells, its namespace or its labels', () => {
  expect(names({ search: 'APP=web sim-1' })).toEqual(['web-10']);
  expect(names({ search: 'blog' })).toEqual(['cache']);
  expect(names({ search: 'nowhere' })).toEqual([]);
});

test('a column’s head sorts upwards, then downwards, then not', () => {
  const once = nextSort(undefined, 'Age');
  const twice = nextSort(once, 'Age');
  expect([once, twice].map((sort) => sort && formatSort(sort))).toEqual(['Age', '-Age']);
  expect(nextSort(twice, 'Age')).toBeUndefined();
  expect(nextSort(twice, 'Name')).toEqual({ by: 'Name', descending: false });
});
