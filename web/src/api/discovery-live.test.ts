import { signal } from '@preact/signals';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Connection, ConnectionState, Subscriber, WatchEvent } from './connection.ts';
import { type GroupDiscoveryList, idOf } from './discovery.ts';
import { discover } from './discovery-live.ts';

beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => draw());
  vi.useFakeTimers();
  return () => void vi.useRealTimers();
});

const event = (type: WatchEvent['type'], name: string, resourceVersion: string, last = false): WatchEvent => ({
  type,
  object: { metadata: { name, resourceVersion, annotations: last ? { 'k8s.io/initial-events-end': 'true' } : {} } },
});

function open() {
  const subscribers: Subscriber[] = [];
  const state = signal<ConnectionState>('live');
  const connection = {
    state,
    subscribe: (given: Subscriber) => {
      subscribers.push(given);
      return () => {};
    },
  } as unknown as Connection;
  const served = ['pods'];
  const get = vi.fn(async (path: string): Promise<GroupDiscoveryList> => {
    if (path === '/apis') return { items: [] };
    const resources = served.map((resource) => ({ resource, scope: 'Namespaced' as const, singularResource: '' }));
    return { items: [{ metadata: {}, versions: [{ version: 'v1', resources }] }] };
  });
  const discovery = discover(connection, get);
  return { discovery, definitions: subscribers[0]!, state, served, get };
}

test.each([
  [[event('ADDED', 'old.example.com', '3'), event('BOOKMARK', '', '5', true)]],
  [[event('BOOKMARK', '', '5', true)]],
])('a definition that comes adds its kind, and what changes nothing makes nothing anew', async (initial) => {
  const { discovery, definitions, served, get } = open();
  await vi.advanceTimersByTimeAsync(0);
  const first = discovery.resources.value;
  expect(first?.map(idOf)).toEqual(['v1/pods']);
  definitions.start();
  definitions.events(initial);
  await vi.advanceTimersByTimeAsync(5_000);
  const asked = get.mock.calls.length;
  served.push('widgets');
  definitions.events([event('ADDED', 'widgets.example.com', '7')]);
  await vi.advanceTimersByTimeAsync(300);
  expect(discovery.resources.value?.map(idOf)).toEqual(['v1/pods', 'v1/widgets']);
  const second = discovery.resources.value;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(get.mock.calls.length - asked).toBe(4);
  expect(discovery.resources.value).toBe(second);
});

test('a service that was away is asked again when it is back', async () => {
  const { discovery, state, served, get } = open();
  await vi.advanceTimersByTimeAsync(0);
  get.mockRejectedValueOnce(new Error('the server answered 503'));
  state.value = 'offline';
  state.value = 'live';
  await vi.advanceTimersByTimeAsync(0);
  expect(discovery.problem.value).toBe('the server answered 503');
  expect(discovery.resources.value?.length).toBe(1);
  served.push('widgets');
  state.value = 'offline';
  state.value = 'live';
  await vi.advanceTimersByTimeAsync(0);
  expect(discovery.problem.value).toBeUndefined();
  expect(discovery.resources.value?.length).toBe(2);
});
