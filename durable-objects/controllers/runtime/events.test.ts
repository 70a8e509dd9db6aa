import { expect, test } from 'vitest';
import type { Event } from '../../../kube/types.ts';
import { createEventRecorder } from './events.ts';
import type { ReadPort } from './ports.ts';
import { MemoryApi } from './testing/memory-api.ts';

const source = { component: 'test-controller', user: 'u', groups: [] };
const cause = { kind: 'system' as const, at: 0, why: 'test' };
const about = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web', uid: 'u1', resourceVersion: '7' };
const warning = (message: string) => ({ type: 'Warning' as const, reason: 'Broken', message, regarding: about });

function start() {
  const clock = { at: Date.parse('2026-01-01T00:00:00Z'), now: () => clock.at };
  const api = new MemoryApi(clock.now);
  const recorder = () => createEventRecorder({ request: api, read: api, clock });
  return { clock, api, recorder, events: () => api.all<Event>('events/') };
}

test('the same event again is one event that counts, also after the recorder was forgotten', async () => {
  const { clock, recorder, events } = start();
  const first = recorder();
  await first.record(source, warning('no luck'), cause);
  clock.at += 5000;
  await first.record(source, warning('no luck'), cause);
  clock.at += 5000;
  await recorder().record(source, warning('no luck'), cause);
  expect(events()).toHaveLength(1);
  expect(events()[0]).toMatchObject({
    count: 3,
    firstTimestamp: '2026-01-01T00:00:00Z',
    lastTimestamp: '2026-01-01T00:00:10Z',
    involvedObject: about,
    source: { component: 'test-controller' },
    reportingComponent: 'test-controller',
  });
  expect(events()[0]?.metadata.name).toMatch(/^web\.[0-9a-f]{16}$/);
});

test('an equal event is found behind others of its object, and those of objects behind it are not read', async () => {
  const { clock, recorder, api, events } = start();
  for (let i = 0; i < 9; i++, clock.at++) {
    await recorder().record(source, { ...warning('x'), reason: `Reason${i}` }, cause);
  }
  for (let i = 0; i < 20; i++) {
    await recorder().record(
      source,
      { ...warning('y'), regarding: { ...about, name: `web-${i}`, uid: `w${i}` } },
      cause,
    );
  }
  await recorder().record(source, { ...warning('x'), reason: 'Reason8' }, cause);
  expect(events().find(({ reason }) => reason === 'Reason8')?.count).toBe(2);
  const limits: (number | undefined)[] = [];
  const read: ReadPort = Object.create(api, {
    list: {
      value: (query: Parameters<ReadPort['list']>[0]) => {
        limits.push(query.limit);
        return api.list(query);
      },
    },
  });
  const other = { ...warning('x'), regarding: { ...about, name: 'new', uid: 'u3' } };
  await createEventRecorder({ request: api, read, clock: { now: () => 0 } }).record(source, other, cause);
  expect(limits).toEqual([2]);
});

test('an event about a single change is recorded once, also after the recorder was forgotten', async () => {
  const { recorder, events } = start();
  const first = recorder();
  for (const one of [first, first, recorder()]) await one.record(source, { ...warning('born'), once: true }, cause);
  expect(events().map(({ count }) => count)).toEqual([1]);
});

test('many similar events are combined, and one object gets no more than 25 at once', async () => {
  const { api, recorder, events } = start();
  const one = recorder();
  for (let i = 0; i < 60; i++) await one.record(source, warning(`number ${i}`), cause);
  expect(events()).toHaveLength(10);
  expect(events().at(-1)?.message).toMatch(/^\(combined from similar events\): number \d+$/);
  expect(api.entries).toHaveLength(25);
  const other = { ...warning('x'), regarding: { ...about, name: 'other', uid: 'u2' } };
  await one.record(source, other, cause);
  expect(events()).toHaveLength(11);
});

test('an event about a cluster-scoped object lies in the namespace default; one that expired is made anew', async () => {
  const { recorder, api, events } = start();
  const one = recorder();
  const node = {
    ...warning('gone'),
    regarding: { apiVersion: 'v1', kind: 'Node', namespace: '', name: 'n1', uid: 'u3' },
  };
  await one.record(source, node, cause);
  const name = events()[0]?.metadata.name ?? '';
  expect(events()[0]?.metadata.namespace).toBe('default');
  await api.remove('events', 'default', name);
  await one.record(source, node, cause);
  expect(events().map((event) => event.count)).toEqual([1]);
});

test('the same event from many writers at once is one event that counts, and others do not wait for it', async () => {
  const { recorder, events } = start();
  const { record } = recorder();
  const created = (name: string) => ({ ...warning(`Created pod: ${name}`), reason: 'SuccessfulCreate' });
  await Promise.all([
    ...Array.from({ length: 20 }, (_, at) => record(source, created(`web-${at}`), cause)),
    ...Array.from({ length: 3 }, () => record(source, warning('no luck'), cause)),
  ]);
  const counts = events().map(({ message = '', count }) => [message.split(':')[0], count]);
  expect(counts.filter(([message]) => message === 'Created pod')).toEqual(Array(9).fill(['Created pod', 1]));
  expect(counts.slice(9)).toEqual([
    ['(combined from similar events)', 11],
    ['no luck', 3],
  ]);
  expect(events()[9]?.message).toBe('(combined from similar events): Created pod: web-19');
});
