import { expect, test } from 'vitest';
import type { Lease } from '../../kube/types.ts';
import { TestCluster } from '../testing/cluster.ts';

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
const node = (name: string) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
const renewed = (lease: Lease | undefined) => String(lease?.spec?.renewTime).slice(11, 23);
const list = async (cluster: TestCluster) =>
  (await cluster.list<Lease>(LEASES)).map((lease) => `${lease.metadata.name} ${renewed(lease)}`);
const seen = (lines: string[]) =>
  lines.splice(0).map((line) => {
    const { type, object } = JSON.parse(line) as { type: string; object: Lease };
    return `${type} ${object.metadata.name} ${renewed(object)}`;
  });

test('a reader of node Leases finds them as of the last heartbeat, as their kubelets write them', async () => {
  const heard = new Map<string, number>();
  const cluster = await TestCluster.start({ simulatedNodes: 1, heard });
  for (const name of ['real', 'silent']) await cluster.must('POST /api/v1/nodes', node(name));
  heard.set('real', cluster.now - 3000);
  expect(await list(cluster)).toEqual(['real 03:04:02.000', 'sim-0 03:04:05.000']);
  const lease = await cluster.must<Lease>(`GET ${LEASES}/real`);
  expect(lease.spec).toEqual({
    holderIdentity: 'real',
    leaseDurationSeconds: 40,
    renewTime: '2026-01-02T03:04:02.000000Z',
  });
  const { uid } = (await cluster.must(`GET /api/v1/nodes/real`)).metadata;
  expect(lease.metadata.ownerReferences).toEqual([{ apiVersion: 'v1', kind: 'Node', name: 'real', uid }]);
  expect((await cluster.send(`GET ${LEASES}/silent`)).status).toBe(404);
  await cluster.must('DELETE /api/v1/nodes/real');
  heard.delete('real');
  await cluster.settle();
  expect(await list(cluster)).toEqual(['sim-0 03:04:05.000']);
});

test('a simulated node that is told to be silent has the Lease of its last heartbeat, whenever that is read', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  await cluster.advance(1_000);
  const annotations = { 'islet.dev/simulated-unreachable': 'true' };
  await cluster.must('PATCH /api/v1/nodes/sim-0', { metadata: { annotations } }, 'application/merge-patch+json');
  await cluster.advance(120_000);
  const [read] = await list(cluster);
  expect(read).toMatch(/^sim-0 03:04:0\d\.000$/);
  await cluster.advance(60_000);
  expect(await list(cluster)).toEqual([read]);
});

test('a Lease is written once in ten seconds at most, and only when there is news', async () => {
  const heard = new Map<string, number>();
  const cluster = await TestCluster.start({ simulatedNodes: 1, heard });
  await cluster.must('POST /api/v1/nodes', node('real'));
  heard.set('real', cluster.now);
  const versions = async () => {
    const leases = await Promise.all([cluster.list<Lease>(LEASES), cluster.list<Lease>(LEASES)]);
    expect(leases[0]).toEqual(leases[1]);
    return leases[0]?.map(({ metadata }) => metadata.resourceVersion);
  };
  const first = await versions();
  await cluster.advance(9_000);
  heard.set('real', cluster.now);
  expect(await versions()).toEqual(first);
  await cluster.advance(1_000);
  const later = await versions();
  expect(later?.[0]).not.toBe(first?.[0]);
  expect(later?.[1]).not.toBe(first?.[1]);
  await cluster.advance(60_000);
  // The agent has not been heard since.
  expect((await versions())?.[0]).toBe(later?.[0]);
});

test('the Lease of another kubelet is not touched: it writes its own', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  await cluster.must('POST /api/v1/nodes', node('own'));
  const own = { metadata: { name: 'own' }, spec: { holderIdentity: 'itself' } };
  const { metadata } = await cluster.must(`POST ${LEASES}`, own);
  await cluster.advance(60_000);
  expect((await cluster.must<Lease>(`GET ${LEASES}/own`)).metadata.resourceVersion).toBe(metadata.resourceVersion);
});

test('while Leases are watched, those of live nodes are renewed every ten seconds', async () => {
  const heard = new Map<string, number>();
  const cluster = await TestCluster.start({ simulatedNodes: 1, heard });
  const beat = async (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      if (heard.has('real') && i % 10 === 7) heard.set('real', cluster.now);
      await cluster.advance(1000);
    }
  };
  const { lines, stop } = await cluster.watch(`${LEASES}?resourceVersion=0`);
  expect(seen(lines)).toEqual(['ADDED sim-0 03:04:05.000']);
  // A node that joins while a watch is open.
  await cluster.must('POST /api/v1/nodes', node('real'));
  heard.set('real', cluster.now);
  await beat(20);
  expect(seen(lines)).toEqual([
    'MODIFIED sim-0 03:04:15.000',
    'ADDED real 03:04:12.000',
    'MODIFIED real 03:04:22.000',
    'MODIFIED sim-0 03:04:25.000',
  ]);
  // A read shows the same as the watch.
  expect(await list(cluster)).toEqual(['real 03:04:22.000', 'sim-0 03:04:25.000']);
  heard.delete('real');
  await beat(10);
  expect(seen(lines)).toEqual(['MODIFIED sim-0 03:04:35.000']);
  stop();
  await beat(61);
  expect(seen(lines)).toEqual([]);
  expect(await list(cluster)).toEqual(['real 03:04:22.000', 'sim-0 03:05:36.000']);
});

test('a watch of other Leases, or of one, renews no more than that, and nothing ticks once it is over', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 2 });
  const other = await cluster.watch('/apis/coordination.k8s.io/v1/namespaces/kube-system/leases');
  const one = await cluster.watch(`${LEASES}?fieldSelector=metadata.name%3Dsim-1`);
  await cluster.advance(20_000);
  expect(seen(other.lines)).toEqual([]);
  expect(seen(one.lines)).toEqual([
    'ADDED sim-1 03:04:05.000',
    'MODIFIED sim-1 03:04:15.000',
    'MODIFIED sim-1 03:04:25.000',
  ]);
  one.stop();
  await cluster.advance(10_000);
  const rows = cluster.rowsWritten;
  await cluster.advance(50_000);
  expect(cluster.rowsWritten).toBe(rows);
});

test('a new watch does not put off the renewals that others wait for', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 2 });
  const of = (name: string) => cluster.watch(`${LEASES}?fieldSelector=metadata.name%3D${name}`);
  const { lines } = await of('sim-0');
  for (let i = 0; i < 5; i++) {
    await cluster.advance(4_000);
    await of('sim-1');
  }
  expect(seen(lines)).toEqual([
    'ADDED sim-0 03:04:05.000',
    'MODIFIED sim-0 03:04:15.000',
    'MODIFIED sim-0 03:04:25.000',
  ]);
});

test('Leases are renewed, when they are read and while they are watched, after the clock was set back', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  const first = await cluster.watch(`${LEASES}?resourceVersion=0`);
  first.stop();
  cluster.setBack(3_600_000);
  await cluster.must('POST /api/v1/namespaces/default/configmaps', { metadata: { name: 'wakes' } });
  await cluster.advance(60_000);
  expect(await list(cluster)).toEqual(['sim-0 02:05:05.000']);
  const { lines } = await cluster.watch(`${LEASES}?resourceVersion=0`);
  await cluster.advance(20_000);
  expect(seen(lines)).toEqual([
    'ADDED sim-0 02:05:05.000',
    'MODIFIED sim-0 02:05:15.000',
    'MODIFIED sim-0 02:05:25.000',
  ]);
});
