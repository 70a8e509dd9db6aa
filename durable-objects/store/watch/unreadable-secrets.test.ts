/** Watches of Secrets that were sealed with a key that is gone. */
import { beforeEach, expect, test } from 'vitest';
import { put, testSealer } from '../contract/harness.ts';
import { openStore, type SqliteStore } from '../mvcc.ts';
import { openNodeSql } from '../sql/node.ts';
import { CountingRenderer, PODS, TestPeer } from '../testing/watch-hub.ts';
import { WatchHub } from '../watch-hub.ts';
import type { MatcherFactory } from './ports.ts';

const secret = (name: string, revision: number) =>
  JSON.stringify({ kind: 'Secret', metadata: { name, resourceVersion: `${revision}`, labels: { app: 'web' } } });

const message = (name: string) =>
  `ERROR unable to transform key "/registry/secrets/default/${name}": it is sealed with key "k1", which is not configured`;

let sql: ReturnType<typeof openNodeSql>;
const under = (...keys: [string, ...string[]]) => openStore(sql, { sealer: testSealer(...keys) });
const match: MatcherFactory = ({ labelSelector }) =>
  labelSelector === undefined ? undefined : { matches: ({ metadata }) => metadata.labels?.app === labelSelector };

function watch(store: SqliteStore) {
  const renderer = new CountingRenderer();
  const hub = new WatchHub({ store, sql, match, renderer, now: () => 0, defer: (run) => run() });
  return { hub, peer: new TestPeer('p') };
}

beforeEach(() => {
  sql = openNodeSql();
});

const SECRETS = { ...PODS, prefix: 'secrets/', kind: 'Secret' };

test('a watch that comes to a Secret that cannot be opened gets an ERROR event, and ends; others go on', async () => {
  const before = under('k1');
  await put(before, 'secrets/default/kept', secret('kept', 1));
  await put(before, 'secrets/default/lost', secret('lost', 2));
  const store = under('k2');
  const { hub, peer } = watch(store);
  hub.subscribe(peer, 1, { ...SECRETS, after: undefined });
  expect(peer.take()).toEqual([message('kept'), 'end']);
  hub.subscribe(peer, 2, { ...SECRETS, after: 1 });
  expect(peer.take(2)).toEqual([message('lost'), 'end']);
  hub.subscribe(peer, 3, { ...SECRETS, after: 2 });
  hub.subscribe(peer, 4, { ...PODS, after: undefined });
  expect(hub.size).toBe(2);
  await put(store, 'secrets/default/new', secret('new', 3));
  await put(store, 'pods/default/a', secret('a', 4));
  expect(peer.frames).toEqual(['3:ADDED new 3\n', '4:ADDED a 4\n']);
});

test('the state of a Secret from before its key was replaced is unknown: the present one stands for it', async () => {
  await put(under('k1'), 'secrets/default/a', secret('a', 1));
  await put(under('k2', 'k1'), 'secrets/default/a', secret('a', 2));
  const { hub, peer } = watch(under('k2'));
  hub.subscribe(peer, 1, { ...SECRETS, after: 1, labelSelector: 'web' });
  hub.subscribe(peer, 2, { ...SECRETS, after: 1, labelSelector: 'db' });
  expect(peer.frames).toEqual(['1:MODIFIED a 2\n']);
});
