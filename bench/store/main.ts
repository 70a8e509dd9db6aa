/**
 * The store against bare SQLite moving the same bytes, in one process: `node bench/store/main.ts`.
 * Read the ratios; the rates are this machine's.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type SqliteStore } from '../../durable-objects/store/mvcc.ts';
import { openNodeSql } from '../../durable-objects/store/sql/node.ts';
import { PODS } from '../../durable-objects/store/testing/watch-hub.ts';
import { WatchHub } from '../../durable-objects/store/watch-hub.ts';
import { openBare } from './bare.ts';
import { measure } from './measure.ts';

const OBJECTS = 5000;
const PAGE = 200;
const CAUSE = { kind: 'request', at: 0, user: 'islet:admin', verb: 'create', id: 'b0a1e6c2' } as const;
const TEXT = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","resourceVersion":"1"},"x":"${'x'.repeat(5000)}"}`;
/** Node's `setTimeout(…, 0)` waits a millisecond, which workerd's does not. */
const defer = (callback: () => void) => void setImmediate(callback);
const keyOf = (index: number) => `pods/default/p${String(index).padStart(5, '0')}`;

const folder = mkdtempSync(join(tmpdir(), 'islet-bench-'));
try {
  for (const place of ['memory', 'disk'] as const) {
    const path = (name: string) => (place === 'memory' ? ':memory:' : join(folder, name));
    console.log(`\n${place.padEnd(26)}${'bare/s'.padStart(12)}${'store/s'.padStart(12)}${'bare ÷ store'.padStart(14)}`);
    await compareWrites(path, 'commit, one at a time', 1);
    await compareWrites(path, 'commit, 32 together', 32);
    await compareReads(path);
  }
  await fanOut(1);
  await fanOut(1000);
} finally {
  rmSync(folder, { recursive: true });
}

async function compareWrites(path: (name: string) => string, name: string, together: number): Promise<void> {
  const sql = openNodeSql(path(`store-${together}`));
  const bare = openBare(path(`bare-${together}`));
  const store = openStore(sql, { inFlight: () => together, defer });
  const cause = JSON.stringify(CAUSE);
  let next = 0;
  const batch = () => Array.from({ length: together }, () => ({ key: keyOf(next++ % OBJECTS), text: TEXT }));
  const bareRate = await measure(together, () => bare.write(batch(), cause));
  next = 0;
  const storeRate = await measure(together, () => Promise.all(batch().map(({ key, text }) => put(store, key, text))));
  print(name, bareRate.rate, storeRate.rate);
  bare.close();
  sql.close();
}

async function compareReads(path: (name: string) => string): Promise<void> {
  const sql = openNodeSql(path('store-read'));
  const bare = openBare(path('bare-read'));
  const store = openStore(sql, { inFlight: () => 2, defer });
  await Promise.all(Array.from({ length: OBJECTS }, (_, index) => put(store, keyOf(index), TEXT)));
  for (let index = 0; index < OBJECTS; index++) bare.fill(keyOf(index), TEXT);
  const old = store.revision;
  for (let index = 0; index < OBJECTS; index += 10) await put(store, keyOf(index), TEXT);

  let next = 0;
  const key = () => {
    next += 37;
    return keyOf(next % OBJECTS);
  };
  const getBare = await measure(100, () => repeat(100, () => bare.get(key())));
  const getStore = await measure(100, () => repeat(100, () => store.get(key())));
  print('get', getBare.rate, getStore.rate);
  const listBare = await measure(1, () => pages((after) => bare.list(after, 'pods0', PAGE).at(-1)?.key));
  const list = (revision?: number) => () =>
    pages((after) => store.list({ prefix: 'pods/', after, limit: PAGE, revision }).next);
  const listStore = await measure(1, list());
  print(`list ${OBJECTS} × 5 KB`, listBare.rate, listStore.rate);
  const listOld = await measure(1, list(old));
  print('list at an old revision', listBare.rate, listOld.rate);
  bare.close();
  sql.close();
}

/** Events a second from the log to this many sockets. */
async function fanOut(watchers: number): Promise<void> {
  const sql = openNodeSql();
  const store = openStore(sql, { inFlight: () => 2, defer });
  const renderer = {
    event: (type: string, text: string) => `{"type":"${type}","object":${text}}`,
    bookmark: () => '',
    expired: () => '',
    unreadable: () => '',
  };
  const window = Number.POSITIVE_INFINITY;
  const hub = new WatchHub({ store, sql, match: () => undefined, renderer, now: Date.now, window });
  let sent = 0;
  for (let id = 0; id < watchers; id++) {
    const send = (frame: string) => {
      sent += frame.length;
    };
    const peer = { id: `${id}`, send, close: () => {} };
    hub.subscribe(peer, 1, PODS);
  }
  let next = 0;
  const group = () => Promise.all(Array.from({ length: 8 }, () => put(store, keyOf(next++ % OBJECTS), TEXT)));
  const { rate } = await measure(8 * watchers, group);
  const name = `events to ${watchers} sockets`.padEnd(26);
  console.log(`\n${name}${Math.round(rate).toString().padStart(24)}   (${Math.round(sent / 1e6)} MB handed over)`);
  sql.close();
}

function put(store: SqliteStore, key: string, text: string) {
  return store.commit({ key, expect: 'any', cause: CAUSE, apply: () => ({ text }) });
}

function repeat(times: number, body: () => unknown): void {
  for (let i = 0; i < times; i++) body();
}

function pages(page: (after: string) => string | undefined): void {
  for (let after: string | undefined = 'pods/'; after; ) after = page(after);
}

function print(name: string, bare: number, store: number): void {
  const round = (rate: number) => (rate < 1000 ? rate.toFixed(1) : Math.round(rate).toString()).padStart(12);
  console.log(`${name.padEnd(26)}${round(bare)}${round(store)}${(bare / store).toFixed(2).padStart(14)}`);
}
