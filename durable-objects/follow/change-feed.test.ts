import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { Change } from '../controllers/runtime/ports.ts';
import { MemoryApi } from '../controllers/runtime/testing/memory-api.ts';
import { ChangeFeed } from './change-feed.ts';

async function write(api: MemoryApi, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await api.apply('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'c-' } });
  }
}

function follow(): { api: MemoryApi; feed: ChangeFeed } {
  const api = new MemoryApi(() => 0);
  const feed = new ChangeFeed(api, ({ key }) => !key.startsWith('events/'), 3);
  api.onCommit((changes) => feed.committed(changes));
  return { api, feed };
}

test('changes beyond those kept in memory are read from the log, in order and once each', async () => {
  const { api, feed } = follow();
  await write(api, 700);
  const seen: number[] = [];
  for (let change = feed.next(); change; change = feed.next()) {
    seen.push(change.revision);
    if (seen.length === 350) await write(api, 5);
  }
  expect(seen).toEqual(Array.from({ length: 705 }, (_, index) => index + 1));
  expect([feed.isEmpty, feed.position]).toEqual([true, 705]);
  await write(api, 1);
  expect(feed.next()?.revision).toBe(706);
});

test('large changes are left in the log, which gives them out in short pieces', async () => {
  const api = new MemoryApi(() => 0);
  const feed = new ChangeFeed(api, () => true);
  api.onCommit((changes) => feed.committed(changes));
  const read = api.log.bind(api);
  let pieces = 0;
  api.log = (query) => {
    pieces++;
    return read({ ...query, limit: 3 });
  };
  const data = { text: 'x'.repeat(1_000_000) };
  for (let index = 0; index < 20; index++) {
    await api.apply('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'c-' }, data });
  }
  const seen: number[] = [];
  for (let change = feed.next(); change; change = feed.next()) seen.push(change.revision);
  expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  // Nine are kept.
  expect(pieces).toBe(4);
  expect(feed.isEmpty).toBe(true);
});

test('its position is the last change handed over, until all are', async () => {
  const { api, feed } = follow();
  await write(api, 5);
  expect(feed.position).toBe(0);
  feed.next();
  expect(feed.position).toBe(1);
  feed.skipTo(4);
  expect(feed.next()?.revision).toBe(5);
  expect([feed.isEmpty, feed.next()]).toEqual([true, undefined]);
});

test('a change that was compacted before it was read is an error, not a gap', async () => {
  const { api, feed } = follow();
  await write(api, 10);
  api.compacted = 8;
  for (let kept = 0; kept < 3; kept++) feed.next();
  expect(() => feed.next()).toThrow('compacted');
});

test('changes that were handed over are not held, though the reader stops where the feed is empty', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const feed = new ChangeFeed(new MemoryApi(() => 0), () => true);
  const handed = Array.from({ length: 10 }, (_, revision) => {
    const change = { key: 'configmaps/default/a', revision, text: 'x' } as Change;
    feed.committed([change]);
    while (!feed.isEmpty) feed.next();
    return new WeakRef(change);
  });
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(handed.filter((one) => one.deref() !== undefined)).toEqual([]);
  expect(feed.isEmpty).toBe(true);
});
