import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Cell, TableColumn, TableRow } from '../../api/table.ts';
import { cellText } from './cell-text.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const column = (name: string, type = 'string'): TableColumn => ({
  name,
  type,
  format: '',
  description: '',
  priority: 0,
});
const row = (cell: Cell, more: object = {}, age = '2026-11-28T11:00:00Z', at = NOW - 60_000): TableRow => ({
  key: 'shop/a',
  cells: [cell],
  object: { metadata: { name: 'a', creationTimestamp: age }, ...more } as unknown as KubeObject,
  at,
});

test.each<[string, TableColumn, TableRow, string]>([
  ['Pod', column('Age'), row('58m'), '60m'],
  ['Pod', column('Age'), row('', {}, '2026-11-28T12:00:03Z'), '0s'],
  ['Pod', column('Restarts'), row('3 (5m ago)'), '3 (6m ago)'],
  ['Pod', column('Restarts'), row('0'), '0'],
  ['Pod', column('Restarts'), row(7), '7'],
  ['Pod', column('Status'), row('5m'), '5m'],
  ['Job', column('Duration'), row('10s', { status: { startTime: '2026-11-28T11:59:00Z' } }), '60s'],
  ['Job', column('Duration'), row('10s', { status: { startTime: 'x', completionTime: 'y' } }), '10s'],
  ['CronJob', column('Last Schedule'), row('<none>', { status: {} }), '<none>'],
  ['Event', column('Last Seen'), row('1s', { lastTimestamp: null, eventTime: '2026-11-28T11:58:50Z' }), '70s'],
  ['Widget', column('Since', 'date'), row('3m5s'), '4m5s'],
  ['Widget', column('Since', 'date'), row('<unknown>'), '<unknown>'],
  ['Widget', column('Ready', 'boolean'), row(true), 'true'],
  ['Widget', column('Nick'), row(null), '<none>'],
])('%s %o', (kind, of, from, text) => {
  expect(cellText(kind, of, from, 0, NOW)).toBe(text);
});
