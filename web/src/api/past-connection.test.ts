import { expect, test } from 'vitest';
import type { Subscriber, WatchEvent } from './connection.ts';
import { eventsOf, listPath, PastConnection } from './past-connection.ts';

const WATCH = '/api/v1/pods?fieldSelector=metadata.name%3Da&watch=true&allowWatchBookmarks=true&resourceVersion=7';

test('a watch is asked for as a list, with its selectors', () => {
  expect(listPath(WATCH)).toBe('/api/v1/pods?fieldSelector=metadata.name%3Da');
  expect(listPath('/api/v1/pods?watch=true')).toBe('/api/v1/pods');
});

test('a list comes as the events of a watch do', () => {
  const list = { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '9' }, items: [{ metadata: {} }] };
  expect(eventsOf(list)).toEqual([
    { type: 'ADDED', object: { kind: 'Pod', apiVersion: 'v1', metadata: {} } },
    {
      type: 'BOOKMARK',
      object: { metadata: { resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } } },
    },
  ]);
});

test('another moment brings another list, and an answer of the one before is not shown', async () => {
  const answers = new Map<string, (list: object) => void>();
  const api = { get: (path: string) => new Promise((resolve) => answers.set(path, resolve)) };
  const past = new PastConnection(api as never, 5);
  const told: WatchEvent[][] = [];
  let failed = 0;
  const subscriber: Subscriber = {
    start: () => '/api/v1/pods?watch=true',
    failed: () => failed++,
    events: (events) => told.push(events),
  };
  const end = past.subscribe(subscriber);
  past.moveTo(6);
  const [first, second] = [5, 6].map((revision) => `/islet/v1/history/${revision}/api/v1/pods`);
  answers.get(first as string)?.({ kind: 'PodList', items: [{}, {}] });
  answers.get(second as string)?.({ kind: 'PodList', items: [{}] });
  await Promise.resolve();
  await Promise.resolve();
  expect(told.map((events) => events.length)).toEqual([2]);
  expect(failed).toBe(1);
  end();
  past.moveTo(7);
  expect(answers.size).toBe(2);
});
