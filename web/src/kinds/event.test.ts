import { expect, test } from 'vitest';
import type { Event } from '../../../kube/types.ts';
import { groupEvents, isAbout } from './event.ts';

function event(reason: string, seconds: number, resourceVersion: number, more: object = {}): Event {
  const at = new Date(seconds * 1000).toISOString();
  return {
    metadata: { uid: String(resourceVersion), resourceVersion: String(resourceVersion) },
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'web', uid: 'u' },
    reason,
    message: `${reason}!`,
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
    ...more,
  } as unknown as Event;
}

test('newest first, and within one second the last written first', () => {
  const groups = groupEvents([
    event('Created', 10, 100),
    event('Scheduled', 10.9, 99),
    event('Started', 10, 101),
    event('Old', 5, 999),
  ]);
  expect(groups.map(({ event }) => event.reason)).toEqual(['Started', 'Created', 'Scheduled', 'Old']);
});

test('repeats are one row, with their count and first time', () => {
  const groups = groupEvents([event('BackOff', 30, 3), event('BackOff', 10, 1, { count: 4 }), event('BackOff', 20, 2)]);
  expect(groups).toMatchObject([{ count: 6, first: 10_000, last: 30_000, event: { metadata: { uid: '3' } } }]);
  const other = { involvedObject: { kind: 'Pod', namespace: 'default', name: 'other', uid: 'v' } };
  expect(groupEvents([event('BackOff', 1, 1), event('BackOff', 1, 2, other)])).toHaveLength(2);
});

test('events of a Node are grouped by its name, those of others by their uid', () => {
  const ofNode = event('NodeReady', 1, 1, { involvedObject: { kind: 'Node', name: 'n', uid: 'n' } });
  expect(isAbout(ofNode, { kind: 'Node', name: 'n', uid: 'a real uid' })).toBe(true);
  expect(isAbout(event('Started', 1, 1), { kind: 'Pod', name: 'web', uid: 'of one before' })).toBe(false);
});
