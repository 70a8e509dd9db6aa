import { beforeEach, expect, test, vi } from 'vitest';
import type { Connection, Subscriber, WatchEvent } from './connection.ts';
import { LiveTable, type TableColumn } from './table.ts';

beforeEach(() => void vi.stubGlobal('requestAnimationFrame', (draw: () => void) => draw()));

const COLUMNS: TableColumn[] = ['Name', 'Ready'].map((name) => ({
  name,
  type: 'string',
  format: '',
  description: '',
  priority: 0,
}));

const event = (type: WatchEvent['type'], name: string, revision: string, ready: string, first = false): WatchEvent => ({
  type,
  object: {
    kind: 'Table',
    metadata: { resourceVersion: revision },
    columnDefinitions: first ? COLUMNS : [],
    rows: [{ cells: [name, ready], object: { metadata: { name, namespace: 'shop', resourceVersion: revision } } }],
  },
});

const end = (revision: string): WatchEvent => ({
  type: 'BOOKMARK',
  object: {
    kind: 'Table',
    metadata: { resourceVersion: revision },
    rows: [{ cells: ['', ''], object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } } }],
  },
});

function open(path = '/api/v1/pods') {
  let subscriber: Subscriber | undefined;
  const ended = vi.fn();
  const connection = {
    subscribe: (given: Subscriber) => {
      subscriber = given;
      return ended;
    },
  } as unknown as Connection;
  const table = new LiveTable(connection, path, 'Metadata', () => 5_000);
  if (!subscriber) throw new Error('it does not subscribe');
  return { table, subscriber, ended };
}

test('rows come one event each, with columns at first, and go on from the last revision after a break', () => {
  const { table, subscriber } = open();
  expect(subscriber.as).toBe('table');
  expect(subscriber.start()).toContain('/api/v1/pods?includeObject=Metadata&watch=true');
  subscriber.events([event('ADDED', 'a', '3', '0/1', true), event('ADDED', 'b', '4', '1/1'), end('9')]);
  const columns = table.columns.value;
  expect(columns).toEqual(COLUMNS);
  expect(table.complete.value).toBe(true);
  expect([...table.items.value.keys()]).toEqual(['shop/a', 'shop/b']);
  subscriber.events([event('MODIFIED', 'a', '11', '1/1'), event('DELETED', 'b', '12', '1/1')]);
  expect([...table.items.value.values()]).toMatchObject([{ key: 'shop/a', cells: ['a', '1/1'], at: 5_000 }]);
  expect(subscriber.start()).toContain('&resourceVersion=12');
  subscriber.events([event('ADDED', 'c', '13', '1/1', true)]);
  expect(table.columns.value).toBe(columns);
});

test('a selector in the path stays in the query', () => {
  expect(open('/api/v1/pods?labelSelector=app%3Dweb').subscriber.start()).toContain(
    '/api/v1/pods?labelSelector=app%3Dweb&includeObject=Metadata&watch=true',
  );
});

test('what is not allowed is said in the server’s words, and not asked again; what is too old is', () => {
  const { table, subscriber, ended } = open();
  subscriber.failed({ code: 410, message: 'too old' });
  expect([table.problem.value, ended.mock.calls.length]).toEqual([undefined, 0]);
  subscriber.failed({ code: 403, message: 'pods is forbidden' });
  expect([table.problem.value, ended.mock.calls.length]).toEqual(['pods is forbidden', 1]);
});
