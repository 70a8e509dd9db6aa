import { expect, test } from 'vitest';
import type { Event, Node, Pod } from '../../kube/types.ts';
import { nodeLifecycleController } from './node-lifecycle-controller.ts';
import { Harness } from './runtime/testing/harness.ts';
import { runningStatus } from './runtime/testing/kubelet.ts';
import { Refusal } from './runtime/testing/memory-api.ts';
import { taintEvictionController } from './taint-eviction-controller.ts';

const node = (name = 'n1', ready = 'True', labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
  spec: { taints: [{ key: 'mine', effect: 'NoSchedule' }] },
  status: { conditions: [{ type: 'Ready', status: ready }] },
});
const toleration = (key: string, tolerationSeconds?: number) => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect: 'NoExecute',
  ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
});

async function start(tolerations: object[]): Promise<Harness> {
  const harness = new Harness([nodeLifecycleController, taintEvictionController]);
  const { api, time } = harness;
  await api.apply('nodes', node());
  await api.apply('nodes', node('n2'));
  await api.apply('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: { nodeName: 'n1', containers: [], tolerations },
  });
  await api.patch('pods', 'default', 'p', { status: runningStatus(time.now(), '10.244.0.2') }, true);
  await harness.settle();
  return harness;
}

const setReady = ({ api }: Harness, status: string, name = 'n1') =>
  api.patch('nodes', '', name, { status: { conditions: [{ type: 'Ready', status }] } }, true);
const taintsOf = ({ api }: Harness, name = 'n1') =>
  api.read<Node>('nodes', '', name)?.spec?.taints?.map(({ key, effect }) => `${key}:${effect}`);

test('an unreachable node is tainted, its pods turn not ready, and all is undone when it comes back', async () => {
  const harness = await start([toleration('unreachable', 300), toleration('not-ready', 300)]);
  const { api } = harness;
  await setReady(harness, 'Unknown');
  await harness.settle();
  expect(taintsOf(harness)).toEqual([
    'mine:NoSchedule',
    'node.kubernetes.io/unreachable:NoSchedule',
    'node.kubernetes.io/unreachable:NoExecute',
  ]);
  const ready = () => api.read<Pod>('pods', 'default', 'p')?.status?.conditions?.find(({ type }) => type === 'Ready');
  expect(ready()?.status).toBe('False');
  const events = api.all('events/').map((event) => [event.type, event.reason, event.message]);
  expect(events).toContainEqual(['Normal', 'NodeNotReady', 'Node n1 status is now: NodeNotReady']);
  const ofNode = api.all<Event>('events/').filter(({ involvedObject }) => involvedObject.kind === 'Node');
  expect(ofNode.map(({ involvedObject }) => involvedObject.resourceVersion)).toEqual(ofNode.map(() => undefined));
  expect(events).toContainEqual(['Warning', 'NodeNotReady', 'Node is not ready']);

  await setReady(harness, 'True');
  await harness.settle(600_000);
  expect(taintsOf(harness)).toEqual(['mine:NoSchedule']);
  expect(api.read('pods', 'default', 'p')).toBeDefined();
  expect(harness.timers.rows.size).toBe(0);
});

test('a node that itself says that it is not ready says so of its pods, too: they are left as they are', async () => {
  const harness = await start([toleration('not-ready', 300), toleration('unreachable', 300)]);
  const { api } = harness;
  const ready = () => api.read<Pod>('pods', 'default', 'p')?.status?.conditions?.find(({ type }) => type === 'Ready');
  const told = () => api.all<Event>('events/').filter(({ reason }) => reason === 'NodeNotReady');
  await setReady(harness, 'False');
  await harness.settle();
  expect([ready()?.status, told()]).toEqual(['True', []]);

  await setReady(harness, 'True');
  await harness.settle();
  await setReady(harness, 'Unknown');
  await harness.settle();
  expect([ready()?.status, told().length]).toEqual(['False', 2]);
  // Its kubelet is heard again, by what it says of a pod first: the one does not contradict the other.
  await api.patch('pods', 'default', 'p', { status: runningStatus(harness.time.now(), '10.244.0.2') }, true);
  await harness.settle();
  expect(ready()?.status).toBe('True');
});

test('a pod whose status cannot be written keeps neither the others ready nor the taint away', async () => {
  const harness = await start([toleration('unreachable', 300)]);
  const { api, time } = harness;
  const spec = { nodeName: 'n1', containers: [], tolerations: [toleration('unreachable', 300)] };
  await api.apply('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'q', namespace: 'default' }, spec });
  await api.patch('pods', 'default', 'q', { status: runningStatus(time.now(), '10.244.0.3') }, true);
  await harness.settle();
  api.intercept = ({ path }) => {
    if (path.endsWith('/pods/p/status')) throw new Refusal('Forbidden', 'no');
  };
  time.advance(60_000);
  const lastTransitionTime = new Date(time.now()).toISOString();
  const conditions = [{ type: 'Ready', status: 'Unknown', lastTransitionTime }];
  await api.patch('nodes', '', 'n1', { status: { conditions } }, true);
  await harness.settle();
  const ready = (name: string) =>
    api.read<Pod>('pods', 'default', name)?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  expect(['p', 'q'].map(ready)).toEqual(['True', 'False']);
  expect(taintsOf(harness)).toContain('node.kubernetes.io/unreachable:NoSchedule');
  // It is tried again; a pod that was turned ready meanwhile has a kubelet.
  await api.patch('pods', 'default', 'q', { status: runningStatus(time.now(), '10.244.0.3') }, true);
  api.intercept = () => {};
  await harness.settle(60_000);
  expect(['p', 'q'].map(ready)).toEqual(['False', 'True']);
  expect(harness.timers.rows.size).toBe(1);
});

test('a pod leaves a sick node when its tolerationSeconds are over, counted from the taint, evictions in between or not', async () => {
  const harness = await start([toleration('not-ready', 300)]);
  const { api, time } = harness;
  await setReady(harness, 'False');
  await harness.settle();
  const since = time.now();
  harness.kill();
  await harness.settle(200_000);
  expect(api.read('pods', 'default', 'p')).toBeDefined();
  await harness.settle(400_000);
  expect(api.read('pods', 'default', 'p')).toBeUndefined();
  const gone = api.entries.find(({ change }) => change === 'delete');
  expect(JSON.parse(gone?.text ?? '{}').status.conditions).toContainEqual(
    expect.objectContaining({ type: 'DisruptionTarget', reason: 'DeletionByTaintManager' }),
  );
  expect(gone?.cause.at).toBeGreaterThanOrEqual(since + 295_000);
});

test('without a toleration it leaves at once; with one without limit it stays', async () => {
  const harness = await start([]);
  await setReady(harness, 'Unknown');
  await harness.settle();
  expect(harness.api.read('pods', 'default', 'p')).toBeUndefined();
  const patient = await start([toleration('unreachable')]);
  await setReady(patient, 'Unknown');
  await patient.settle(3_600_000);
  expect(patient.api.read('pods', 'default', 'p')).toBeDefined();
});

test('cordoned and under pressure, a node is tainted NoSchedule only', async () => {
  const harness = await start([]);
  await harness.api.patch('nodes', '', 'n1', { spec: { unschedulable: true } });
  const conditions = [
    { type: 'Ready', status: 'True' },
    { type: 'DiskPressure', status: 'True' },
  ];
  await harness.api.patch('nodes', '', 'n1', { status: { conditions } }, true);
  await harness.settle();
  expect(taintsOf(harness)?.sort()).toEqual([
    'mine:NoSchedule',
    'node.kubernetes.io/disk-pressure:NoSchedule',
    'node.kubernetes.io/unschedulable:NoSchedule',
  ]);
});

test('the labels of old follow those that replaced them, whatever else a node has', async () => {
  const labels = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'arm64', 'beta.kubernetes.io/arch': 'amd64' };
  const harness = await nodes(1, { ...labels, mine: 'yes' });
  const labelsOf = () => harness.api.read('nodes', '', 'n1')?.metadata.labels;
  const all = { ...labels, 'beta.kubernetes.io/os': 'linux', 'beta.kubernetes.io/arch': 'arm64', mine: 'yes' };
  expect(labelsOf()).toEqual(all);
  await harness.api.patch('nodes', '', 'n1', { metadata: { labels: { 'kubernetes.io/os': null } } });
  await harness.settle();
  expect(labelsOf()).toEqual({ ...all, 'kubernetes.io/os': undefined });
});

test('nodes that come and go get one event each, evictions in between or not', async () => {
  const harness = await start([]);
  const { api } = harness;
  const told = () =>
    api
      .all<Event>('events/')
      .filter(({ involvedObject }) => involvedObject.name === 'n1')
      .map(({ reason, message, count, involvedObject, source }) => {
        return [reason, message, count, involvedObject.uid, source?.component];
      });
  const { uid } = api.read('nodes', '', 'n1')?.metadata ?? {};
  const registered = ['RegisteredNode', 'Node n1 event: Registered Node n1 in Controller', 1, uid, 'node-controller'];
  expect(told()).toEqual([registered]);
  harness.notes.write('controllers/cursor', '');
  harness.kill();
  await api.patch('nodes', '', 'n1', { metadata: { labels: { a: 'b' } } });
  await harness.settle();
  expect(told()).toEqual([registered]);

  await api.remove('nodes', '', 'n1');
  await harness.settle();
  const removed = ['RemovingNode', 'Node n1 event: Removing Node n1 from Controller', 1, uid, 'node-controller'];
  expect(told()).toEqual([registered, removed]);
  await api.apply('nodes', node());
  await harness.settle();
  expect(told().map(([reason]) => reason)).toEqual(['RegisteredNode', 'RemovingNode', 'RegisteredNode']);
});

const evicting = (harness: Harness, count: number) =>
  Array.from({ length: count }, (_, index) => `n${index + 1}`).filter((name) =>
    taintsOf(harness, name)?.some((taint) => taint.endsWith(':NoExecute')),
  );

/** `n1`, `n2` … in one zone, all ready. */
async function nodes(count: number, labels: Record<string, string> = {}): Promise<Harness> {
  const harness = new Harness([nodeLifecycleController]);
  for (let index = 1; index <= count; index++) await harness.api.apply('nodes', node(`n${index}`, 'True', labels));
  await harness.settle();
  return harness;
}

test('when all nodes are down none is evicted, and those that were being evicted are so no longer', async () => {
  const harness = await start([toleration('unreachable', 300)]);
  await setReady(harness, 'Unknown', 'n2');
  await harness.settle();
  expect(evicting(harness, 2)).toEqual(['n2']);
  await setReady(harness, 'Unknown', 'n1');
  await harness.settle(3_600_000);
  expect(evicting(harness, 2)).toEqual([]);
  expect(taintsOf(harness)).toContain('node.kubernetes.io/unreachable:NoSchedule');
  expect(harness.api.read<Pod>('pods', 'default', 'p')?.status?.conditions?.[0]).toMatchObject({ status: 'False' });
  expect(harness.timers.rows.size).toBe(0);

  await setReady(harness, 'True', 'n1');
  await harness.settle();
  expect(evicting(harness, 2)).toEqual(['n2']);
});

test('a single node that is down keeps its pods, simulated ones beside it or not', async () => {
  const harness = await nodes(1);
  await harness.api.apply('nodes', node('sim-0', 'True', { 'islet.dev/simulated': 'true' }));
  await setReady(harness, 'Unknown');
  await harness.settle(3_600_000);
  expect(evicting(harness, 1)).toEqual([]);
});

test('nodes of a zone are evicted one in ten seconds, evictions in between or not', async () => {
  const harness = await nodes(8);
  for (const name of ['n1', 'n2', 'n3']) await setReady(harness, 'Unknown', name);
  const counts: number[] = [];
  for (let second = 0; second <= 25; second += 5) {
    await harness.until(harness.time.now() + 5_000);
    counts.push(evicting(harness, 8).length);
    harness.kill();
  }
  // Times of taints are whole seconds.
  expect(counts).toEqual([1, 2, 2, 3, 3, 3]);
});

test('where more than half of a small zone is down, no more of its nodes are evicted', async () => {
  const harness = await nodes(5);
  for (const name of ['n1', 'n2', 'n3', 'n4']) await setReady(harness, 'False', name);
  await harness.settle(3_600_000);
  expect(evicting(harness, 5)).toEqual([]);
  await setReady(harness, 'True', 'n4');
  await setReady(harness, 'True', 'n3');
  await harness.settle(60_000);
  expect(evicting(harness, 5)).toEqual(['n1', 'n2']);
});

test('a zone that is down as a whole is evicted while another one is not', async () => {
  const harness = await nodes(2);
  await harness.api.apply('nodes', node('n3', 'True', { 'topology.kubernetes.io/zone': 'b' }));
  await setReady(harness, 'Unknown', 'n3');
  await harness.settle();
  expect(evicting(harness, 3)).toEqual(['n3']);
});
