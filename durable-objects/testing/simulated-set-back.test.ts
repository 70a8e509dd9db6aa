import { expect, test } from 'vitest';
import type { Pod } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const PODS = '/api/v1/namespaces/default/pods';
const HOUR = 3_600_000;

async function start() {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  const create = (name: string, steers: object = {}) => {
    const annotations = Object.fromEntries(
      Object.entries(steers).map(([key, value]) => [`islet.dev/simulated-${key}`, value]),
    );
    const metadata = { name, annotations };
    return cluster.must(`POST ${PODS}`, { metadata, spec: { containers: [{ name: 'c', image: 'i' }] } });
  };
  /** `dies`: the object does, too. */
  const setBack = async (dies: boolean) => {
    cluster.setBack(HOUR);
    if (dies) cluster.evict();
    await cluster.must('POST /api/v1/namespaces/default/configmaps', { metadata: { name: 'wakes' } });
  };
  const status = async (name: string) => (await cluster.must<Pod>(`GET ${PODS}/${name}`)).status;
  return { cluster, create, setBack, status };
}

test.each([false, true])(
  'what simulated containers wait for does not take as much longer as the clock was set back (%s)',
  async (dies) => {
    const { cluster, create, setBack, status } = await start();
    await create('ends', { 'exit-after': '60' });
    await create('gets-ready', { 'ready-after': '60' });
    await create('starts', { 'start-after': '60' });
    await create('crashes', { 'exit-after': '1', 'exit-code': '1' });
    await create('goes');
    await cluster.advance(5000);
    await cluster.must(`DELETE ${PODS}/goes`);
    await cluster.settle();
    await setBack(dies);
    await cluster.advance(120_000);
    const container = async (name: string) => (await status(name))?.containerStatuses?.[0];
    expect((await container('ends'))?.restartCount).toBeGreaterThan(0);
    expect((await container('gets-ready'))?.ready).toBe(true);
    expect((await container('starts'))?.ready).toBe(true);
    expect((await container('crashes'))?.restartCount).toBeGreaterThan(2);
    expect((await cluster.send(`GET ${PODS}/goes`)).status).toBe(404);
    expect(cluster.reported).toEqual([]);
  },
);

test.each([false, true])('a node under pressure evicts pods after the clock was set back (%s)', async (dies) => {
  const { cluster, create, setBack, status } = await start();
  await create('a');
  await create('b');
  await cluster.advance(3000);
  const annotations = { 'islet.dev/simulated-memory-pressure': 'true' };
  await cluster.must('PATCH /api/v1/nodes/sim-0', { metadata: { annotations } }, 'application/merge-patch+json');
  await cluster.advance(2000);
  await setBack(dies);
  await cluster.advance(60_000);
  expect([(await status('a'))?.reason, (await status('b'))?.reason]).toEqual(['Evicted', 'Evicted']);
});
