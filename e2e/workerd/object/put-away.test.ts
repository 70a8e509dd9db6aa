/** The end of a cluster that was deleted, on production's storage and alarms. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { expect, test } from 'vitest';
import type { ClusterLifeRpc } from '../../../wire/cluster-life-rpc.ts';
import { type Callable, rpcOf } from '../../../wire/rpc-call.ts';
import { Cluster } from './cluster.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const HOUR = 3_600_000;

test('a cluster that is put away does nothing until its end, and is destroyed then', async () => {
  const cluster = await Cluster.create(1);
  const life = rpcOf<ClusterLifeRpc>(cluster.stub as unknown as Callable);
  const socket = await cluster.socket();
  const until = Date.now() + HOUR;
  await life.putAway({ until });
  expect(socket.closed).toBeDefined();
  expect((await cluster.fetch(MAPS)).status).toBe(404);
  expect(await alarmOf(cluster)).toBe(until);
  // An alarm that comes early is set again.
  await runDurableObjectAlarm(cluster.stub);
  expect(await alarmOf(cluster)).toBe(until);
  expect(await life.usage({})).toMatchObject({ ok: false, status: { code: 404 } });

  expect(await life.takeUp({ name: 'again' })).toMatchObject({ ok: true });
  // The edge has not remembered the refusal, as it does that of a cluster which is destroyed.
  expect((await cluster.fetch(MAPS)).status).toBe(200);
  await life.putAway({ until: Date.now() });
  await runDurableObjectAlarm(cluster.stub);
  expect(await life.takeUp({ name: 'again' })).toMatchObject({ ok: false, status: { code: 404 } });
  expect(await cluster.withSql((sql) => [...sql.query("SELECT name FROM sqlite_master WHERE name = 'log'")])).toEqual(
    [],
  );
});

function alarmOf({ stub }: Cluster): Promise<number | null> {
  return runInDurableObject(stub, (_, state) => state.storage.getAlarm());
}
