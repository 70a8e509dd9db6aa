import { beforeEach, expect, test, vi } from 'vitest';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { Collection } from './collection.ts';
import type { Connection, Subscriber, WatchEvent } from './connection.ts';

const INITIAL =
  '/api/v1/pods?watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';

beforeEach(() => void vi.stubGlobal('requestAnimationFrame', (draw: () => void) => draw()));

function open() {
  let subscriber: Subscriber | undefined;
  const connection = { subscribe: (given: Subscriber) => (subscriber = given) } as unknown as Connection;
  const collection = new Collection(connection, '/api/v1/pods');
  if (!subscriber) throw new Error('it does not subscribe');
  return { collection, subscriber };
}

const pod = (type: WatchEvent['type'], name: string, resourceVersion: string): WatchEvent => ({
  type,
  object: { metadata: { name, namespace: 'default', resourceVersion } } as KubeObject,
});

const bookmark = (resourceVersion: string, initial = false): WatchEvent => ({
  type: 'BOOKMARK',
  object: { metadata: { resourceVersion, ...(initial && { annotations: { 'k8s.io/initial-events-end': 'true' } }) } },
});

test('after a break it goes on from the last revision that it saw, and keeps what it knows', () => {
  const { collection, subscriber } = open();
  expect(subscriber.start()).toBe(INITIAL);
  subscriber.events([pod('ADDED', 'a', '3'), pod('ADDED', 'b', '4'), bookmark('5', true), pod('DELETED', 'a', '7')]);
  expect(subscriber.start()).toBe('/api/v1/pods?watch=true&allowWatchBookmarks=true&resourceVersion=7');
  subscriber.events([pod('ADDED', 'c', '8'), bookmark('12')]);
  expect([...collection.objects.value.keys()]).toEqual(['default/b', 'default/c']);
  expect(subscriber.start()).toContain('resourceVersion=12');
});

test('a break before the initial state was complete begins it anew', () => {
  const { collection, subscriber } = open();
  subscriber.start();
  subscriber.events([pod('ADDED', 'gone-meanwhile', '3')]);
  expect(subscriber.start()).toBe(INITIAL);
  subscriber.events([pod('ADDED', 'a', '4'), bookmark('9', true)]);
  expect([...collection.objects.value.keys()]).toEqual(['default/a']);
});

test.each([
  ['an end with an error', (subscriber: Subscriber) => subscriber.failed({ code: 410 })],
  ['an error event', (subscriber: Subscriber) => subscriber.events([{ type: 'ERROR', object: { code: 410 } }])],
])('%s begins it anew, and what was known is shown until that is complete', (_, fail) => {
  const { collection, subscriber } = open();
  subscriber.start();
  subscriber.events([pod('ADDED', 'a', '3'), bookmark('5', true)]);
  fail(subscriber);
  expect(subscriber.start()).toBe(INITIAL);
  subscriber.events([pod('ADDED', 'b', '30')]);
  expect([...collection.objects.value.keys()]).toEqual(['default/a']);
  subscriber.events([bookmark('31', true)]);
  expect([...collection.objects.value.keys()]).toEqual(['default/b']);
});
