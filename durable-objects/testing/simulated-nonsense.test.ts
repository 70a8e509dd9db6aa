/** Whatever annotations say, the cluster goes on: what cannot be followed is told, and nothing is tried for ever. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Node, Pod } from '../../kube/types.ts';
import { changedStatus } from '../nodes/simulated/node-status.ts';
import { TestCluster } from './cluster.ts';

const MERGE = 'application/merge-patch+json';
const AMOUNTS = [
  '0',
  '1',
  '-1',
  '1.5',
  '5',
  '1e30',
  '1E',
  '99999999999999999999',
  '0.000000001',
  '1Ki',
  'x',
  '',
  '1,2',
  '٣',
];
const RESOURCES = [
  'cpu',
  'memory',
  'pods',
  'hugepages-2Mi',
  'hugepages-x',
  'a.b/c',
  '/',
  'a/b/c',
  '__proto__',
  'é/x',
  'nginx',
];

const amount = fc.constantFrom(...AMOUNTS);
const pair = fc.tuple(fc.constantFrom(...RESOURCES), amount).map(([name, text]) => `${name}=${text}`);
const value = fc.oneof(
  amount,
  fc.constantFrom('true', 'false', 'True', ' true', 'null', '\n'),
  fc.array(pair, { maxLength: 3 }).map((pairs) => pairs.join(',')),
  fc.string({ maxLength: 12 }),
);
const steering = (names: readonly string[]) =>
  fc.dictionary(
    fc.constantFrom(...names).map((name) => `islet.dev/simulated-${name}`),
    value,
    { maxKeys: 4 },
  );

const OF_NODES = ['ready', 'memory-pressure', 'pid-pressure', 'capacity', 'allocatable', 'images', 'cpu', 'none'];
const OF_PODS = [
  ...['cpu', 'memory', 'exit-after', 'exit-code', 'ready', 'ready-after', 'ready-flips', 'start-after', 'pull-error'],
  ...['logs', 'log-interval', 'log-repeat', 'none'],
];

test('a node with any annotations comes to rest, and says which of them it does not follow', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  await fc.assert(
    fc.asyncProperty(steering(OF_NODES), async (annotations) => {
      const { metadata } = await cluster.must<Node>('GET /api/v1/nodes/sim-0');
      const gone = Object.fromEntries(Object.keys(metadata.annotations ?? {}).map((key) => [key, null]));
      await cluster.must(
        'PATCH /api/v1/nodes/sim-0',
        { metadata: { annotations: { ...gone, ...annotations } } },
        MERGE,
      );
      await cluster.advance(1000);
      const node = await cluster.must<Node>('GET /api/v1/nodes/sim-0');
      const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
      expect(ready).toBe(annotations['islet.dev/simulated-ready'] === 'false' ? 'False' : 'True');
      // Its status was taken as its kubelet has it: what is refused would be tried again and again.
      expect(changedStatus(node, 0, { now: cluster.now, uuid: () => '' })).toBeUndefined();
      expect(cluster.reported).toEqual([]);
    }),
    { numRuns: 300 },
  );
}, 60_000);

test('a pod with any annotations is served, and ends when it is deleted', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  const path = '/api/v1/namespaces/default/pods';
  await fc.assert(
    fc.asyncProperty(steering(OF_PODS), async (annotations) => {
      const containers = [{ name: 'c', image: 'i' }];
      await cluster.must(`POST ${path}`, { metadata: { name: 'p', annotations }, spec: { containers } });
      await cluster.advance(60_000);
      const { status } = await cluster.must<Pod>(`GET ${path}/p`);
      expect(['Pending', 'Running']).toContain(status?.phase);
      expect([200, 400, 501]).toContain((await cluster.send(`GET ${path}/p/log`)).status);
      expect((await cluster.send('GET /apis/metrics.k8s.io/v1beta1/pods')).status).toBe(200);
      await cluster.must(`DELETE ${path}/p`);
      await cluster.advance(31_000);
      expect((await cluster.send(`GET ${path}/p`)).status).toBe(404);
      expect(cluster.reported).toEqual([]);
    }),
    { numRuns: 150 },
  );
}, 60_000);

const STRATEGIC = 'application/strategic-merge-patch+json';
const PODS = '/api/v1/namespaces/default/pods';

test.each([{ running: {} }, { terminated: { exitCode: 1 } }])(
  'a container that another client says has no times (%j) is served, and its pod ends when it is deleted',
  async (state) => {
    const cluster = await TestCluster.start({ simulatedNodes: 1 });
    const annotations = { 'islet.dev/simulated-exit-after.c': '3600' };
    const containers = [{ name: 'c', image: 'i' }];
    await cluster.must(`POST ${PODS}`, { metadata: { name: 'p', annotations }, spec: { containers } });
    await cluster.advance(2000);
    const garbled = { name: 'c', image: 'i', imageID: '', ready: false, restartCount: 0 };
    const containerStatuses = [{ ...garbled, state: { running: null, ...state } }];
    await cluster.must(`PATCH ${PODS}/p/status`, { status: { containerStatuses } }, STRATEGIC);
    await cluster.advance(15_000);
    const { status } = await cluster.must<Pod>(`GET ${PODS}/p`);
    expect(status?.containerStatuses?.[0]?.state?.running?.startedAt).toMatch(/^2026-01-02T03:04:/);
    await cluster.must(`DELETE ${PODS}/p`);
    await cluster.advance(31_000);
    expect((await cluster.send(`GET ${PODS}/p`)).status).toBe(404);
    expect(cluster.reported).toEqual([]);
  },
);

test('a pod of very many init containers gets to run', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  const named = (name: string) => ({ name, image: 'i' });
  const initContainers = Array.from({ length: 450 }, (_, index) => named(`i${index}`));
  await cluster.must(`POST ${PODS}`, { metadata: { name: 'p' }, spec: { initContainers, containers: [named('c')] } });
  await cluster.advance(10_000);
  expect((await cluster.must<Pod>(`GET ${PODS}/p`)).status?.phase).toBe('Running');
});
