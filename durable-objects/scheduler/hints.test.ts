import { expect, test } from 'vitest';
import type { Node, Pod, PodSpec } from '../../kube/types.ts';
import { projectNode, projectPod } from './cache/projections.ts';
import type { ClusterEvent } from './framework/events.ts';
import { DEFAULT_PLUGINS } from './plugins/index.ts';
import { InFlightEvents } from './queue/in-flight-events.ts';
import { type ObservedEvent, waitingPod } from './queue/observed-events.ts';
import type { TestCluster } from './testing/cluster.ts';
import { node, pod, requesting, snapshotOf } from './testing/objects.ts';
import { start } from './testing/scheduler.ts';

/** Whether the hint of a plugin wakes a pod. */
function wakes(name: string, what: Pod, observed: ObservedEvent): boolean {
  const snapshot = snapshotOf([], [], { lookup: (key: string) => (key === 'pods/default/p' ? what : undefined) });
  const plugin = DEFAULT_PLUGINS.find((one) => one.name === name);
  const waiting = waitingPod('pods/default/p', snapshot);
  if (!plugin?.hint || !waiting) throw new Error(`${name} has no hint`);
  return plugin.hint(waiting, observed, snapshot);
}

const info = (one?: Pod) => one && projectPod(`pods/${one.metadata.namespace}/${one.metadata.name}`, one, 1);
const facts = (one?: Node) => one && projectNode(one);
const ofNode = (
  before: Node | undefined,
  after: Node | undefined,
  event: ClusterEvent = 'node-labels',
): ObservedEvent => ({
  event,
  node: { before: facts(before), after: facts(after) },
});
const ofPod = (before: Pod | undefined, after?: Pod, event: ClusterEvent = 'pod-removed'): ObservedEvent => ({
  event,
  pod: { before: info(before), after: info(after) },
});

const taints = [{ key: 'dedicated', effect: 'NoSchedule' }] as NonNullable<Node['spec']>['taints'];
const ports = (hostPort: number) => ({
  containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 80, hostPort }] }],
});
const spread: Partial<PodSpec> = {
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 'web' } },
    },
  ],
};
const affine = (kind: 'podAffinity' | 'podAntiAffinity'): Partial<PodSpec> => ({
  affinity: {
    [kind]: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'db' } } },
      ],
    },
  },
});
const db = pod('db', {}, { app: 'db' });
const web = pod('web', {}, { app: 'web' });
const zone = (value: string) => node('n', { labels: { zone: value } });
const ssd = node('n', { labels: { disk: 'ssd' } });
const small = node('n', {}, { cpu: '1', memory: '1Gi', pods: '9' });
const claims = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] };

test.each<[boolean, string, string, Pod, ObservedEvent]>([
  [true, 'NodeUnschedulable', 'uncordoned', pod('p'), ofNode(node('n', { unschedulable: true }), node('n'))],
  [false, 'NodeUnschedulable', 'tainted otherwise', pod('p'), ofNode(node('n'), node('n', { taints }))],
  [false, 'NodeUnschedulable', 'new and cordoned', pod('p'), ofNode(undefined, node('n', { unschedulable: true }))],
  [true, 'TaintToleration', 'freed of its taint', pod('p'), ofNode(node('n', { taints }), node('n'))],
  [false, 'TaintToleration', 'tainted', pod('p'), ofNode(node('n'), node('n', { taints }))],
  [false, 'TaintToleration', 'new and tainted', pod('p'), ofNode(undefined, node('n', { taints }))],
  [true, 'NodeAffinity', 'labelled so', pod('p', { nodeSelector: { disk: 'ssd' } }), ofNode(node('n'), ssd)],
  [
    false,
    'NodeAffinity',
    'labelled otherwise',
    pod('p', { nodeSelector: { disk: 'ssd' } }),
    ofNode(node('n'), zone('a')),
  ],
  [true, 'NodePorts', 'freed of the port', pod('p', ports(80)), ofPod(pod('x', ports(80)))],
  [false, 'NodePorts', 'freed of another port', pod('p', ports(80)), ofPod(pod('x', ports(81)))],
  [true, 'NodeResourcesFit', 'larger', pod('p', requesting('2')), ofNode(small, node('n'), 'node-allocatable')],
  [
    false,
    'NodeResourcesFit',
    'still too small',
    pod('p', requesting('9')),
    ofNode(small, node('n'), 'node-allocatable'),
  ],
  [false, 'NodeResourcesFit', 'smaller', pod('p', requesting('1')), ofNode(node('n'), small, 'node-allocatable')],
  [false, 'NodeResourcesFit', 'new and too small', pod('p', requesting('2')), ofNode(undefined, small, 'node-added')],
  [
    true,
    'NodeResourcesFit',
    'with a pod that asks for less',
    pod('p', requesting('2')),
    ofPod(pod('x', requesting('2')), pod('x', requesting('1')), 'pod-scaled-down'),
  ],
  [
    false,
    'NodeResourcesFit',
    'with a pod that asks for less of something else',
    pod('p', requesting('2', '0')),
    ofPod(pod('x', requesting('2', '2Gi')), pod('x', requesting('2', '1Gi')), 'pod-scaled-down'),
  ],
  [true, 'PodTopologySpread', 'freed of a pod that counts', pod('p', spread), ofPod(web)],
  [false, 'PodTopologySpread', 'freed of another pod', pod('p', spread), ofPod(db)],
  [true, 'PodTopologySpread', 'with a pod that counts no more', pod('p', spread), ofPod(web, db, 'pod-labels')],
  [true, 'PodTopologySpread', 'in another zone', pod('p', spread), ofNode(zone('a'), zone('b'))],
  [false, 'PodTopologySpread', 'in no zone', pod('p', spread), ofNode(undefined, node('n'), 'node-added')],
  [
    true,
    'InterPodAffinity',
    'with a pod to be with',
    pod('p', affine('podAffinity')),
    ofPod(undefined, db, 'pod-assigned'),
  ],
  [
    false,
    'InterPodAffinity',
    'with another pod',
    pod('p', affine('podAffinity')),
    ofPod(undefined, web, 'pod-assigned'),
  ],
  [true, 'InterPodAffinity', 'freed of a pod to be apart from', pod('p', affine('podAntiAffinity')), ofPod(db)],
  [false, 'InterPodAffinity', 'freed of another pod', pod('p', affine('podAntiAffinity')), ofPod(web)],
  [
    true,
    'InterPodAffinity',
    'freed of one that kept it off',
    pod('p', {}, { app: 'db' }),
    ofPod(pod('x', affine('podAntiAffinity'))),
  ],
  [false, 'InterPodAffinity', 'in no such domain', pod('p', affine('podAffinity')), ofNode(undefined, node('n'))],
  [true, 'VolumeRestrictions', 'freed of the claim', pod('p', claims), ofPod(pod('x', claims))],
  [false, 'VolumeRestrictions', 'freed of another pod', pod('p', claims), ofPod(web)],
  [
    true,
    'VolumeBinding',
    'with its claim changed',
    pod('p', claims),
    { event: 'changed:persistentvolumeclaims', key: 'persistentvolumeclaims/default/data' },
  ],
  [
    false,
    'VolumeBinding',
    'with the claim of another',
    pod('p', claims),
    { event: 'changed:persistentvolumeclaims', key: 'persistentvolumeclaims/default/other' },
  ],
])('%s: of %s, a node %s', (expected, plugin, _, what, observed) => {
  expect(wakes(plugin, what, observed)).toBe(expected);
});

const waitingFor = async (spec: Partial<PodSpec>, others: Pod[]) => {
  const { cluster, ring } = await start((c) => {
    c.put('nodes', node('n', { labels: { zone: 'a' } }));
    for (const other of others) c.put('pods', other);
    c.put('pods', pod('p', spec));
  });
  const place = (c: TestCluster) => c.get<Pod>('pods/default/p')?.spec?.nodeName;
  return { cluster, ring, place };
};

test('a pod wakes on what can help it, and sleeps through the rest, five minutes at most', async () => {
  const running = [pod('db', { nodeName: 'n' }, { app: 'db' }), pod('web', { nodeName: 'n' })];
  const { cluster, ring, place } = await waitingFor(affine('podAntiAffinity'), running);
  const due = cluster.now + 300_000;
  cluster.now += 20_000;
  cluster.remove('pods/default/web');
  await cluster.settle();
  expect(place(cluster)).toBeUndefined();
  expect([...cluster.due.values()]).toEqual([due]);
  cluster.remove('pods/default/db');
  await cluster.settle();
  if (!place(cluster)) await ring();
  expect(place(cluster)).toBe('n');
});

test('of more than a thousand events while a pod is in flight the oldest are forgotten, and it is tried again', () => {
  const recent = new InFlightEvents();
  recent.note([{ event: 'pod-labels' }], true);
  const { number } = recent;
  recent.note([{ event: 'pod-removed' }], true);
  expect(recent.since(number)).toEqual([{ event: 'pod-removed' }]);
  recent.note(
    Array.from({ length: 1000 }, () => ({ event: 'node-labels' }) as const),
    true,
  );
  expect(recent.since(number)).toBeUndefined();
  recent.note([], false);
  expect(recent.since(recent.number)).toEqual([]);
});
