import { expect, test } from 'vitest';
import type { Node, Pod } from '../../../kube/types.ts';
import { TestCluster } from '../../scheduler/testing/cluster.ts';
import { node, pod } from '../../scheduler/testing/objects.ts';
import { createSimulatedNodes } from './index.ts';

async function start() {
  const cluster = new TestCluster();
  const nodes = { count: 3 };
  const made = () => {
    nodes.count = 0;
  };
  const wake = async () => {
    cluster.forgetListeners();
    const simulated = createSimulatedNodes({ ...cluster.ports, nodes: () => nodes.count, made });
    simulated.wake();
    await cluster.settle();
    return simulated;
  };
  return { cluster, nodes, wake, simulated: await wake() };
}

const names = (cluster: TestCluster) => cluster.all<Node>('nodes/').map((n) => n.metadata.name);
const steer = (cluster: TestCluster, name: string, steering: Record<string, string>) =>
  cluster.change<Node>(`nodes//${name}`, ({ metadata }) => {
    metadata.annotations = Object.fromEntries(
      Object.entries(steering).map(([key, text]) => [`islet.dev/simulated-${key}`, text]),
    );
  });
const conditions = (cluster: TestCluster, name: string) =>
  cluster
    .get<Node>(`nodes//${name}`)
    ?.status?.conditions?.filter(({ status, type }) => (status === 'True') !== (type === 'Ready'))
    .map(({ type, status, reason }) => `${type}=${status} ${reason}`);

test('as many nodes as wanted come to be, with a range of their own and everything a client looks at', async () => {
  const { cluster } = await start();
  const nodes = cluster.all<Node>('nodes/');
  expect(nodes.map((n) => [n.metadata.name, n.spec?.podCIDR])).toEqual([
    ['sim-0', '10.245.0.0/24'],
    ['sim-1', '10.245.1.0/24'],
    ['sim-2', '10.245.2.0/24'],
  ]);
  expect(nodes[0]?.metadata.labels).toMatchObject({ 'islet.dev/simulated': 'true', 'kubernetes.io/hostname': 'sim-0' });
  expect(nodes[0]?.status?.conditions?.map((c) => `${c.type}=${c.status} ${c.reason}`)).toEqual([
    'MemoryPressure=False KubeletHasSufficientMemory',
    'DiskPressure=False KubeletHasNoDiskPressure',
    'PIDPressure=False KubeletHasSufficientPID',
    'Ready=True KubeletReady',
  ]);
  expect(cluster.due.size).toBe(0);
});

test('a node that is deleted is gone for good, in a later life too, and more can be made', async () => {
  const { cluster, nodes, simulated, wake } = await start();
  expect(nodes.count).toBe(0);
  cluster.remove('nodes//sim-1');
  await cluster.settle();
  await wake();
  expect(names(cluster)).toEqual(['sim-0', 'sim-2']);
  expect(simulated).toBeDefined();
  nodes.count = 4;
  (await wake()).make();
  await cluster.settle();
  expect(names(cluster)).toEqual(['sim-0', 'sim-1', 'sim-2', 'sim-3']);
});

test('a node that is deleted while others are still made is not made again', async () => {
  const { cluster, nodes, wake } = await start();
  nodes.count = 5;
  cluster.fail = ({ body }) =>
    (body as Node | undefined)?.metadata?.name === 'sim-4' ? { code: 500, message: 'no' } : undefined;
  (await wake()).make();
  await cluster.settle();
  cluster.remove('nodes//sim-0');
  await cluster.settle();
  expect(names(cluster)).toEqual(['sim-1', 'sim-2', 'sim-3']);
  expect(nodes.count).toBe(5);
});

test('a Node with the label becomes a simulated node, with labels and status of its kubelet', async () => {
  const { cluster } = await start();
  const labels = { 'islet.dev/simulated': 'true', 'topology.kubernetes.io/zone': 'a' };
  cluster.put<Node>('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'sim-7', labels } });
  await cluster.settle();
  const made = cluster.get<Node>('nodes//sim-7');
  expect(made?.metadata.labels).toMatchObject({ ...labels, 'kubernetes.io/hostname': 'sim-7' });
  expect(made?.status).toMatchObject({
    capacity: { cpu: '32', pods: '110' },
    addresses: [{ address: '10.64.0.8' }, { address: 'sim-7' }],
  });
  expect(conditions(cluster, 'sim-7')).toEqual([]);
});

test('a Node of another name is told why nothing runs on it', async () => {
  const { cluster } = await start();
  cluster.put('nodes', node('gpu', { labels: { 'islet.dev/simulated': 'true' } }));
  cluster.put('nodes', node('sim-2816', { labels: { 'islet.dev/simulated': 'true' } }));
  await cluster.settle();
  expect(cluster.events()).toEqual(Array(2).fill(expect.stringMatching(/^Warning NotSimulated simulated nodes are/)));
  expect(cluster.get<Node>('nodes//sim-0')?.spec?.taints).toBeUndefined();
});

test('annotations steer conditions, with the kubelet’s events, and taken away they are well again', async () => {
  const { cluster } = await start();
  steer(cluster, 'sim-0', {
    'memory-pressure': 'true',
    'disk-pressure': 'true',
    'pid-pressure': 'true',
    ready: 'false',
  });
  await cluster.settle();
  expect(conditions(cluster, 'sim-0')).toEqual([
    'MemoryPressure=True KubeletHasInsufficientMemory',
    'DiskPressure=True KubeletHasDiskPressure',
    'PIDPressure=True KubeletHasInsufficientPID',
    'Ready=False KubeletNotReady',
  ]);
  steer(cluster, 'sim-0', {});
  await cluster.settle();
  expect(conditions(cluster, 'sim-0')).toEqual([]);
  expect(cluster.events()).toEqual([
    'Normal NodeHasInsufficientMemory Node sim-0 status is now: NodeHasInsufficientMemory',
    'Normal NodeHasDiskPressure Node sim-0 status is now: NodeHasDiskPressure',
    'Normal NodeHasInsufficientPID Node sim-0 status is now: NodeHasInsufficientPID',
    'Normal NodeNotReady Node sim-0 status is now: NodeNotReady',
    'Normal NodeHasSufficientMemory Node sim-0 status is now: NodeHasSufficientMemory',
    'Normal NodeHasNoDiskPressure Node sim-0 status is now: NodeHasNoDiskPressure',
    'Normal NodeHasSufficientPID Node sim-0 status is now: NodeHasSufficientPID',
    'Normal NodeReady Node sim-0 status is now: NodeReady',
  ]);
  expect(cluster.due.size).toBe(0);
});

test('annotations give capacity, allocatable and images; what others have advertised stays', async () => {
  const { cluster } = await start();
  cluster.change<Node>('nodes//sim-0', ({ status }) => {
    Object.assign(status?.capacity ?? {}, { 'example.com/dongle': '4' });
  });
  steer(cluster, 'sim-0', {
    capacity: 'cpu=4,example.com/gpu=2',
    allocatable: 'cpu=3500m',
    images: 'nginx=70Mi,a/b:1',
  });
  await cluster.settle();
  const { capacity, allocatable, images } = cluster.get<Node>('nodes//sim-0')?.status ?? {};
  const more = { memory: '256Gi', pods: '110', 'example.com/gpu': '2', 'example.com/dongle': '4' };
  expect(capacity).toMatchObject({ cpu: '4', ...more });
  expect(allocatable).toMatchObject({ cpu: '3500m', ...more });
  expect(images).toEqual([
    { names: ['nginx:latest'], sizeBytes: 70 * 1024 * 1024 },
    { names: ['a/b:1'], sizeBytes: 0 },
  ]);
  steer(cluster, 'sim-0', {});
  await cluster.settle();
  const after = cluster.get<Node>('nodes//sim-0')?.status;
  expect([after?.capacity?.cpu, after?.allocatable?.cpu, after?.images]).toEqual(['32', '32', []]);
});

test('annotations of a node that cannot be followed are told once, and count as left out', async () => {
  const { cluster, wake } = await start();
  const writes = () => cluster.requests.filter((line) => line.startsWith('PATCH')).length;
  steer(cluster, 'sim-0', {
    capacity: 'cpu=lots',
    ready: 'no',
    images: 'a=b',
    'exit-code': '1',
    allocatable: 'pods=1.5',
  });
  await cluster.settle();
  await wake();
  expect(cluster.events()).toEqual([
    expect.stringContaining('simulated-capacity: must be amounts of resources, like "cpu=4,'),
    expect.stringContaining('simulated-ready: must be "true" or "false", not "no"'),
    expect.stringContaining('simulated-images: must be images and their sizes'),
    expect.stringContaining('simulated-exit-code: unknown annotation; there are islet.dev/simulated-ready, '),
    expect.stringContaining('simulated-allocatable: must be amounts of resources'),
  ]);
  expect(writes()).toBe(0);
});

test('a condition that another client has turned stays, until an annotation says otherwise', async () => {
  const { cluster } = await start();
  cluster.change<Node>('nodes//sim-0', ({ status }) => {
    for (const condition of status?.conditions ?? []) if (condition.type === 'Ready') condition.status = 'False';
    status?.conditions?.push({ type: 'Mine', status: 'False' });
  });
  await cluster.settle();
  expect(conditions(cluster, 'sim-0')).toEqual(['Ready=False KubeletReady']);
  expect(cluster.requests.filter((line) => line.startsWith('PATCH'))).toEqual([]);
});

test('simulated nodes are tainted while a real node is there, and keep other taints', async () => {
  const { cluster } = await start();
  cluster.change<Node>('nodes//sim-0', (n) => {
    n.spec = { ...n.spec, taints: [{ key: 'mine', effect: 'NoExecute' }] };
  });
  cluster.put('nodes', node('worker-1'));
  await cluster.settle();
  const taints = () =>
    cluster.all<Node>('nodes/').map((n) => (n.spec?.taints ?? []).map((t) => `${t.key}:${t.effect}`));
  expect(taints()).toEqual([
    ['mine:NoExecute', 'islet.dev/simulated:NoSchedule'],
    ['islet.dev/simulated:NoSchedule'],
    ['islet.dev/simulated:NoSchedule'],
    [],
  ]);
  cluster.remove('nodes//worker-1');
  await cluster.settle();
  expect(taints()).toEqual([['mine:NoExecute'], [], []]);
});

test('pods have the address that their node has now', async () => {
  const { cluster } = await start();
  cluster.change<Node>('nodes//sim-0', ({ status }) => {
    if (status) status.addresses = [{ type: 'InternalIP', address: '192.0.2.7' }];
  });
  cluster.put('pods', pod('p', { nodeName: 'sim-0' }));
  await cluster.settle();
  expect(cluster.get<Pod>('pods/default/p')?.status?.hostIP).toBe('192.0.2.7');
});
