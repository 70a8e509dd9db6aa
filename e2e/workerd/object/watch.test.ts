/** Watches on real hibernating sockets: the object's instance goes again and again, unnoticed by watchers. */
import { expect, test } from 'vitest';
import { openStore } from '../../../durable-objects/store/mvcc.ts';
import { CREDIT_STEP, WINDOW } from '../../../wire/socket.ts';
import { eventually } from '../../eventually.ts';
import { Cluster, type WatchEvent } from './cluster.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const SECRETS = '/api/v1/namespaces/default/secrets';

interface Line {
  type: string;
  name: string;
  revision: number;
}

const lines = (events: readonly WatchEvent[] = []): Line[] =>
  events.map(({ type, object: { metadata } }) => ({
    type,
    name: metadata.name ?? '',
    revision: Number(metadata.resourceVersion),
  }));

/** Writes in turn, and knows what each watcher must have seen. */
class Writer {
  readonly config: Line[] = [];
  readonly labelled: Line[] = [];
  readonly secrets: Line[] = [];
  readonly #cluster: Cluster;
  #count = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  async write(size = 0): Promise<void> {
    const name = `o-${this.#count++}`;
    const labels = { app: this.#count % 2 ? 'web' : 'db' };
    const data = { text: 'x'.repeat(size) };
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name } };
    const { metadata } = await this.#cluster.send('POST', CONFIG_MAPS, map);
    const line = { type: 'ADDED', name, revision: Number(metadata.resourceVersion) };
    this.config.push(line);
    if (labels.app === 'web') this.labelled.push(line);
    const made = await this.#cluster.send('POST', SECRETS, secret);
    this.secrets.push({ type: 'ADDED', name, revision: Number(made.metadata.resourceVersion) });
    if (this.#count % 3) return;
    const deleted = await this.#cluster.send<{ metadata: object }>('DELETE', `${SECRETS}/${name}`);
    expect(deleted).toBeDefined();
    const last = Number((await this.#cluster.send('GET', '/api/v1/configmaps?limit=1')).metadata.resourceVersion);
    this.secrets.push({ type: 'DELETED', name, revision: last });
  }
}

test('subscriptions of both sorts, with selectors, outlive many sleeps: nothing is lost, nothing comes twice', async () => {
  const cluster = await Cluster.create();
  const writer = new Writer(cluster);
  const socket = await cluster.socket();
  socket.subscribe(1, CONFIG_MAPS);
  socket.subscribe(2, '/api/v1/configmaps?labelSelector=app%3Dweb');
  socket.subscribe(7, SECRETS);
  const bridged = await cluster.watch(`${CONFIG_MAPS}?watch=true&labelSelector=app%3Dweb`);
  // The first ConfigMap is the namespace's own.
  const own = ({ name }: Line) => name.startsWith('o-');
  for (let round = 0; round < 6; round++) {
    for (let count = 0; count <= round % 4; count++) await writer.write(50_000);
    await cluster.sleep();
    if (round % 3 === 0) socket.acknowledge();
  }
  await writer.write();
  await eventually(() => {
    expect(lines(socket.events.get(1)).filter(own)).toEqual(writer.config);
    expect(lines(socket.events.get(2)).filter(own)).toEqual(writer.labelled);
    expect(lines(socket.events.get(7)).filter(own)).toEqual(writer.secrets);
    expect(lines(bridged.events).filter(own)).toEqual(writer.labelled);
  });
  socket.close();
  await bridged.close();
});

test('a client that acknowledges nothing gets one window however often the object sleeps, and the rest once it does', async () => {
  const cluster = await Cluster.create();
  const writer = new Writer(cluster);
  const socket = await cluster.socket({ acknowledge: false });
  socket.subscribe(1, `${CONFIG_MAPS}?resourceVersion=1`);
  const size = 500_000;
  for (let round = 0; round < 24; round++) {
    await writer.write(size);
    if (round % 6 === 5) await cluster.sleep();
    // An acknowledgement without its mark does not count as read.
    for (const credit of [{ bytes: 1e9 }, { mark: 'guessed' }]) {
      socket.sendText(JSON.stringify({ type: 'credit', ...credit }));
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(socket.owed).toBeGreaterThan(WINDOW - CREDIT_STEP - size);
  expect(socket.owed).toBeLessThan(WINDOW + CREDIT_STEP + 2 * size);
  socket.acknowledges = true;
  await cluster.sleep();
  socket.acknowledge();
  const own = ({ name }: Line) => name.startsWith('o-');
  await eventually(() => expect(lines(socket.events.get(1)).filter(own)).toEqual(writer.config));
  socket.close();
});

test('a sleeping cluster sends bookmarks when it wakes, and ends watches at their timeout', async () => {
  const cluster = await Cluster.create();
  const watch = await cluster.watch(`${SECRETS}?watch=true&allowWatchBookmarks=true&timeoutSeconds=2`);
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'elsewhere' } };
  const { metadata } = await cluster.send('POST', CONFIG_MAPS, map);
  await cluster.sleep();
  const later = await cluster.send('POST', CONFIG_MAPS, { ...map, metadata: { name: 'again' } });
  await cluster.send('GET', CONFIG_MAPS);
  await eventually(() => {
    // The first bookmark ends the objects that were there.
    const [, bookmark] = watch.events.filter(({ type }) => type === 'BOOKMARK');
    expect(Number(bookmark?.object.metadata.resourceVersion)).toBeGreaterThanOrEqual(Number(metadata.resourceVersion));
    expect(Number(bookmark?.object.metadata.resourceVersion)).toBeLessThanOrEqual(
      Number(later.metadata.resourceVersion),
    );
  });
  await eventually(() => expect(watch.ended).toBe(true));
});

test('a watch whose revision was compacted, at its start or while behind, gets a 410', async () => {
  const cluster = await Cluster.create();
  const writer = new Writer(cluster);
  const stalled = await cluster.socket({ acknowledge: false });
  await writer.write();
  stalled.subscribe(1, `${CONFIG_MAPS}?resourceVersion=${writer.config[0]?.revision}`);
  for (let count = 0; count < 12; count++) await writer.write(500_000);
  await cluster.withSql((sql) => {
    const store = openStore(sql, { horizons: { watchable: 0, history: 0 } });
    while (store.compact(Date.now() + 1000));
  });
  await cluster.sleep();
  stalled.acknowledge();
  await eventually(() => {
    const last = stalled.events.get(1)?.at(-1);
    expect(last).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
    expect(stalled.messages).toEqual([{ type: 'end', id: 1 }]);
  });
  const watch = await cluster.watch(`${CONFIG_MAPS}?watch=true&resourceVersion=${writer.config[0]?.revision}`);
  await eventually(() => {
    expect(watch.events).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
    expect(watch.ended).toBe(true);
  });
  stalled.close();
});

test('a message that is larger than any of the protocol closes its socket, and no other', async () => {
  const cluster = await Cluster.create();
  const [large, other] = [await cluster.socket(), await cluster.socket()];
  other.subscribe(1, CONFIG_MAPS);
  large.subscribe(1, `${CONFIG_MAPS}?labelSelector=${'x'.repeat(1_000_000)}`);
  await eventually(() => expect(large.closed?.[0]).toBe(1009));
  await eventually(() => expect(other.events.get(1)).toHaveLength(1));
  expect(other.closed).toBeUndefined();
  other.close();
});
