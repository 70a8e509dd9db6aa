/** Simulated nodes that are deleted, silent, under pressure or many, in a whole cluster. */
import { expect, test } from 'vitest';
import type { Event, Node, Pod } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const PODS = '/api/v1/namespaces/default/pods';
const MERGE = 'application/merge-patch+json';
const SECOND = 1000;

async function start(simulatedNodes: number, replicas: number, requests: Record<string, string> = {}) {
  const cluster = await TestCluster.start({ simulatedNodes });
  const labels = { app: 'web' };
  const containers = [{ name: 'c', image: 'web', resources: { requests, limits: requests } }];
  await cluster.must('POST /apis/apps/v1/namespaces/default/deployments', {
    metadata: { name: 'web' },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
  await cluster.advance(10 * SECOND);
  return {
    cluster,
    steer: (name: string, steering: Record<string, string | null>) =>
      cluster.must(
        `PATCH /api/v1/nodes/${name}`,
        {
          metadata: {
            annotations: Object.fromEntries(
              Object.entries(steering).map(([key, text]) => [`islet.dev/simulated-${key}`, text]),
            ),
          },
        },
        MERGE,
      ),
    pods: () => cluster.list<Pod>(PODS),
    node: (name: string) => cluster.must<Node>(`GET /api/v1/nodes/${name}`),
  };
}

const ready = ({ status }: Node | Pod) =>
  (status?.conditions as { type: string; status: string }[] | undefined)?.find(({ type }) => type === 'Ready')?.status;

test('a node that is deleted is gone for good; its pods go after 40 seconds, and others take their place', async () => {
  const { cluster, pods } = await start(3, 6);
  await cluster.must('DELETE /api/v1/nodes/sim-1');
  await cluster.advance(39 * SECOND);
  const of = async (name: string) => (await pods()).filter(({ spec }) => spec?.nodeName === name);
  const orphans = await of('sim-1');
  expect(orphans.length).toBeGreaterThan(0);
  expect(orphans.map(ready)).toEqual(orphans.map(() => 'True'));
  const { lines, stop } = await cluster.watch(`${PODS}?fieldSelector=spec.nodeName=sim-1&resourceVersion=0`);
  await cluster.advance(5 * SECOND);
  const last = lines.map((line) => JSON.parse(line) as { type: string; object: Pod }).findLast((e) => e.object.status);
  expect(last).toMatchObject({ type: 'DELETED', object: { status: { phase: 'Failed' } } });
  expect(last?.object.status?.conditions).toContainEqual(
    expect.objectContaining({ type: 'DisruptionTarget', reason: 'DeletionByPodGC' }),
  );
  stop();
  cluster.evict();
  await cluster.advance(3_600 * SECOND);
  expect(await of('sim-1')).toEqual([]);
  expect((await pods()).map(ready)).toEqual(Array(6).fill('True'));
  expect((await cluster.list('/api/v1/nodes')).map(({ metadata }) => metadata.name)).toEqual(['sim-0', 'sim-2']);
  expect(cluster.reported).toEqual([]);
});

test('a Node with the label is a simulated node at once, with a range apart, and takes pods', async () => {
  const { cluster, node } = await start(0, 1);
  const labels = { 'islet.dev/simulated': 'true' };
  await cluster.must('POST /api/v1/nodes', { metadata: { name: 'sim-300', labels } });
  await cluster.advance(SECOND);
  const { spec, status } = await node('sim-300');
  expect([spec?.podCIDR, spec?.taints, status?.addresses?.[0]?.address]).toEqual([
    '10.246.44.0/24',
    undefined,
    '10.64.1.45',
  ]);
  await cluster.advance(60 * SECOND);
  expect((await cluster.list<Pod>(PODS)).map(ready)).toEqual(['True']);
});

test('a node that is silent is NotReady after 50 seconds, its pods are evicted after 5 minutes, and it comes back', async () => {
  const { cluster, steer, node, pods } = await start(3, 3);
  await steer('sim-0', { unreachable: 'true' });
  await cluster.advance(49 * SECOND);
  expect(ready(await node('sim-0'))).toBe('True');
  await cluster.advance(2 * SECOND);
  const gone = await node('sim-0');
  expect(gone.status?.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`)).toEqual(
    ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => `${type}=Unknown NodeStatusUnknown`),
  );
  const taints = (gone.spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
  expect(taints).toEqual(['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute']);
  const there = async () => (await pods()).filter(({ spec }) => spec?.nodeName === 'sim-0');
  expect((await there()).map(ready)).toEqual(['False']);
  cluster.evict();
  await cluster.advance(400 * SECOND);
  expect((await there()).map(({ metadata }) => metadata.deletionTimestamp !== undefined)).toEqual([true]);
  expect((await pods()).filter((pod) => ready(pod) === 'True')).toHaveLength(3);
  // Nothing but compaction of the log wakes the object meanwhile.
  await cluster.advance(3_600 * SECOND);
  expect(await there()).toHaveLength(1);
  await steer('sim-0', { unreachable: null });
  await cluster.advance(5 * SECOND);
  expect([ready(await node('sim-0')), (await node('sim-0')).spec?.taints]).toEqual(['True', undefined]);
  expect(await there()).toEqual([]);
  const events = (await cluster.list('/api/v1/namespaces/default/events')) as unknown as Event[];
  const told = events.filter(({ involvedObject }) => involvedObject.name === 'sim-0').map(({ reason }) => reason);
  expect(told).toContain('NodeReady');
  expect(cluster.reported).toEqual([]);
});

test('pods that ask for nothing stay off a node under memory pressure, and one that names it is refused', async () => {
  const { cluster, steer, node, pods } = await start(2, 0);
  await steer('sim-0', { 'memory-pressure': 'true' });
  await cluster.settle();
  expect((await node('sim-0')).spec?.taints?.map(({ key }) => key)).toEqual(['node.kubernetes.io/memory-pressure']);
  const spec = { nodeName: 'sim-0', containers: [{ name: 'c', image: 'i' }] };
  await cluster.must(`POST ${PODS}`, { metadata: { name: 'named' }, spec });
  await cluster.settle();
  expect((await pods())[0]?.status).toMatchObject({
    phase: 'Failed',
    reason: 'Evicted',
    message: 'Pod was rejected: The node had condition: [MemoryPressure]. ',
  });
});

test('a node under pressure evicts one pod every ten seconds, those first that use more than they asked for', async () => {
  const { cluster, steer, pods } = await start(1, 2, { memory: '1Gi' });
  const spec = { containers: [{ name: 'c', image: 'i' }] };
  const annotations = { 'islet.dev/simulated-memory': '64Mi' };
  await cluster.must(`POST ${PODS}`, { metadata: { name: 'small' }, spec });
  await cluster.must(`POST ${PODS}`, { metadata: { name: 'greedy', annotations }, spec });
  const critical = { ...spec, priorityClassName: 'system-node-critical' };
  await cluster.must('POST /api/v1/namespaces/kube-system/pods', { metadata: { name: 'needed' }, spec: critical });
  await cluster.settle();
  await steer('sim-0', { 'memory-pressure': 'true' });
  await cluster.settle();
  const failed = async () =>
    (await pods()).flatMap(({ metadata, status }) => (status?.phase === 'Failed' ? [metadata.name] : []));
  await cluster.advance(9 * SECOND);
  expect(await failed()).toEqual([]);
  await cluster.advance(2 * SECOND);
  expect(await failed()).toEqual(['greedy']);
  const why =
    'The node was low on resource: memory. Container c was using 64Mi, request is 0, has larger consumption of memory. ';
  const { status } = await cluster.must<Pod>(`GET ${PODS}/greedy`);
  expect(status).toMatchObject({ reason: 'Evicted', message: why, containerStatuses: [{ state: { terminated: {} } }] });
  expect(status?.conditions).toContainEqual(
    expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message: why }),
  );
  // The object may die at any time.
  cluster.evict();
  await cluster.advance(11 * SECOND);
  expect(await failed()).toEqual(['greedy', 'small']);
  await cluster.advance(60 * SECOND);
  const left = await cluster.list<Pod>('/api/v1/pods');
  const running = left.filter((pod) => pod.status?.phase === 'Running').map(({ metadata }) => metadata.name);
  expect(running).toEqual(['needed']);
  const events = (await cluster.list('/api/v1/namespaces/default/events')) as unknown as Event[];
  expect(events.filter(({ reason }) => reason === 'Evicted')).toHaveLength(4);
  // Replacements tolerate no pressure: they wait, and nothing wakes the object until it is over.
  await steer('sim-0', { 'memory-pressure': null });
  await cluster.advance(10 * SECOND);
  expect((await pods()).filter((pod) => ready(pod) === 'True')).toHaveLength(2);
  expect(cluster.reported).toEqual([]);
});

test('a node with an extended resource takes the pods that ask for it', async () => {
  const { cluster, steer, pods } = await start(2, 3, { 'example.com/gpu': '1' });
  expect((await pods()).map(({ status }) => status?.phase)).toEqual(['Pending', 'Pending', 'Pending']);
  await steer('sim-1', { capacity: 'example.com/gpu=2' });
  await cluster.advance(SECOND);
  expect((await pods()).flatMap(({ spec }) => spec?.nodeName ?? [])).toEqual(['sim-1', 'sim-1']);
});

test('a thousand nodes are quiet: no alarm but compaction’s, and no write', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 1000 });
  expect(await cluster.list('/api/v1/nodes')).toHaveLength(1000);
  await cluster.advance(4 * 3_600 * SECOND);
  const rows = cluster.rowsWritten;
  // The log is compacted again in a week.
  expect(cluster.alarm).toBeGreaterThan(cluster.now + 6 * 24 * 3_600 * SECOND);
  await cluster.advance(24 * 3_600 * SECOND);
  expect(cluster.rowsWritten).toBe(rows);
  expect(cluster.reported).toEqual([]);
}, 60_000);

test('a node that is not ready has its pods evicted after five minutes, and its kubelet ends them', async () => {
  const { cluster, steer, node, pods } = await start(2, 2);
  await steer('sim-0', { ready: 'false' });
  await cluster.advance(SECOND);
  expect([ready(await node('sim-0')), (await pods()).map(({ spec }) => spec?.nodeName).sort()]).toEqual([
    'False',
    ['sim-0', 'sim-1'],
  ]);
  await cluster.advance(290 * SECOND);
  expect((await pods()).some(({ spec }) => spec?.nodeName === 'sim-0')).toBe(true);
  await cluster.advance(60 * SECOND);
  expect((await pods()).map(({ spec }) => spec?.nodeName)).toEqual(['sim-1', 'sim-1']);
});

test('the scheduler prefers a node that has a large image already', async () => {
  const { cluster, steer } = await start(3, 0);
  await steer('sim-2', { images: 'large=3Gi' });
  await cluster.settle();
  const spec = { containers: [{ name: 'c', image: 'large' }] };
  for (const name of ['a', 'b', 'c']) await cluster.must(`POST ${PODS}`, { metadata: { name }, spec });
  await cluster.advance(SECOND);
  expect((await cluster.list<Pod>(PODS)).map((pod) => pod.spec?.nodeName)).toEqual(['sim-2', 'sim-2', 'sim-2']);
});
