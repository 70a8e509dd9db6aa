import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Pod, PodSpec, Taint } from '../../kube/types.ts';
import { projectPod } from './cache/projections.ts';
import { numFeasibleNodesToFind, schedule } from './schedule.ts';
import { chance, NO_CHANCE, node, pod, requesting, snapshotOf } from './testing/objects.ts';

const taint = (key: string, effect = 'NoSchedule'): Taint => ({ key, effect }) as Taint;
const on = (name: string, where: string, spec: Partial<PodSpec> = {}, labels?: Record<string, string>): Pod =>
  pod(name, { ...spec, nodeName: where }, labels);

function place(what: Pod, snapshot: ReturnType<typeof snapshotOf>): string {
  const outcome = schedule(what, snapshot, NO_CHANCE);
  return 'node' in outcome ? outcome.node.name : outcome.unschedulable;
}

const small = { cpu: '1', memory: '1Gi', pods: '110' };

test('the message counts nodes by reason, and says what taking pods away would help', () => {
  const nodes = [node('a', { taints: [taint('dedicated')] }), node('b', {}, small), node('c', {}, small)];
  expect(place(pod('p', requesting('2')), snapshotOf(nodes))).toBe(
    '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. ' +
      'no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
  );
  const full = snapshotOf(nodes, [on('x', 'b', requesting('800m')), on('y', 'c', requesting('800m'))]);
  expect(place(pod('p', requesting('500m')), full)).toBe(
    '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. ' +
      'no new claims to deallocate, preemption: 0/3 nodes are available: ' +
      '1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
  );
});

test('without any node the message is the one of an empty cluster', () => {
  expect(place(pod('p'), snapshotOf([]))).toBe('no nodes available to schedule pods');
});

const preferred = (weight: number, key: string, value: string) => ({
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight, preference: { matchExpressions: [{ key, operator: 'In', values: [value] }] } },
      ],
    },
  },
});
const apart = (topologyKey = 'kubernetes.io/hostname') => ({
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app: 'web' } }, topologyKey }],
    },
  },
});
const together = {
  affinity: {
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app: 'db' } }, topologyKey: 'zone' },
      ],
    },
  },
};
const hostPort = { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort: 80 }] }] };
const spread = {
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 'web' } },
    },
  ],
};

test.each<[string, Parameters<typeof snapshotOf>[0], Pod[], Partial<PodSpec>, string]>([
  ['a cordoned node is left out', [node('a', { unschedulable: true }), node('b')], [], {}, 'b'],
  ['a taint keeps pods off', [node('a', { taints: [taint('t')] }), node('b')], [], {}, 'b'],
  [
    'a toleration lets a pod on, and a preferred taint elsewhere decides',
    [node('a', { taints: [taint('t')] }), node('b', { taints: [taint('p', 'PreferNoSchedule')] })],
    [],
    { tolerations: [{ key: 't', operator: 'Exists' }] },
    'a',
  ],
  [
    'a nodeSelector chooses',
    [node('a'), node('b', { labels: { disk: 'ssd' } })],
    [],
    { nodeSelector: { disk: 'ssd' } },
    'b',
  ],
  [
    'preferred node affinity draws',
    [node('a'), node('b', { labels: { disk: 'ssd' } })],
    [],
    preferred(10, 'disk', 'ssd') as Partial<PodSpec>,
    'b',
  ],
  [
    'a topology that is called as every object has something is a label like any other',
    [node('a')],
    [on('x', 'a', {}, { app: 'web' })],
    {
      ...apart('constructor'),
      topologySpreadConstraints: [{ ...spread.topologySpreadConstraints[0], topologyKey: 'constructor' }],
    } as Partial<PodSpec>,
    "0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints (missing required label). " +
      'no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
  ],
  [
    'a host port is given once',
    [node('a'), node('b')],
    [on('x', 'a', hostPort as Partial<PodSpec>)],
    hostPort as Partial<PodSpec>,
    'b',
  ],
  ['the least allocated node wins', [node('a'), node('b')], [on('x', 'a', requesting('2'))], requesting('500m'), 'b'],
  [
    'a full node is full by its number of pods, too',
    [node('a', {}, { cpu: '4', memory: '16Gi', pods: '1' }), node('b', {}, small)],
    [on('x', 'a'), on('y', 'b', requesting('900m'))],
    requesting('100m'),
    'b',
  ],
  [
    'a spread constraint holds over zones',
    [node('a', { labels: { zone: '1' } }), node('b', { labels: { zone: '2' } }, small)],
    [on('x', 'a'), on('y', 'b', requesting('800m')), on('z', 'a')],
    { ...spread, ...requesting('100m') },
    'b',
  ],
  ['required anti-affinity keeps replicas apart', [node('a'), node('b', {}, small)], [on('x', 'a')], apart(), 'b'],
  [
    'a running pod that wants to be alone keeps others away',
    [node('a'), node('b', {}, small)],
    [on('x', 'a', apart())],
    {},
    'b',
  ],
  [
    'required affinity follows its friends',
    [node('a', { labels: { zone: '1' } }), node('b', { labels: { zone: '2' } })],
    [on('x', 'b', requesting('3'), { app: 'db' })],
    together,
    'b',
  ],
])('%s', (_name, nodes, pods, spec, expected) => {
  expect(place(pod('p', spec), snapshotOf(nodes, pods))).toBe(expected);
});

test.each<[string, Pod, string]>([
  [
    'a nodeSelector nothing matches',
    pod('p', { nodeSelector: { no: 'such' } }),
    "1 node(s) didn't match Pod's node affinity/selector",
  ],
  ['affinity without a friend', pod('p', together), "1 node(s) didn't match pod affinity rules"],
  ['anti-affinity with a foe', pod('p', apart()), "1 node(s) didn't match pod anti-affinity rules"],
  [
    'a spread over a label that the node lacks',
    pod('p', spread),
    "1 node(s) didn't match pod topology spread constraints (missing required label)",
  ],
  [
    'a claim that does not exist',
    pod('p', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }),
    'persistentvolumeclaim "data" not found',
  ],
  [
    'an extended resource that no node has',
    pod('p', { containers: [{ name: 'c', image: 'i', resources: { requests: { 'x.io/gpu': '1' } } }] }),
    '1 Insufficient x.io/gpu',
  ],
])('%s leaves a pod pending with upstream’s reason', (_name, what, reason) => {
  expect(place(what, snapshotOf([node('a')], [on('x', 'a')]))).toContain(`0/1 nodes are available: ${reason}. `);
});

test('the first of a group that wants to be together may go anywhere', () => {
  const spec = structuredClone(together) as Partial<PodSpec>;
  const nodes = [node('a', { labels: { zone: '1' } })];
  expect(place(pod('p', spec, { app: 'db' }), snapshotOf(nodes))).toBe('a');
});

test('replicas of one workload spread over nodes by default', () => {
  const owner = {
    spec: { selector: { matchLabels: { app: 'web' } } },
    metadata: {},
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
  };
  const reader = { lookup: (key: string) => (key === 'replicasets.apps/default/rs' ? owner : undefined) };
  const big = { cpu: '64', memory: '256Gi', pods: '110' };
  const snapshot = snapshotOf([node('a', {}, big), node('b'), node('c')], [], reader);
  const used = new Set<string>();
  for (let i = 0; i < 3; i++) {
    const what = pod(`web-${i}`);
    what.metadata.ownerReferences = [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: 'r', controller: true },
    ];
    const where = place(what, snapshot);
    used.add(where);
    snapshot.setPod({ ...projectPod(`pods/default/web-${i}`, what, 1), node: where });
  }
  expect([...used].sort()).toEqual(['a', 'b', 'c']);
});

test('large clusters are searched in part', () => {
  expect([50, 100, 500, 600, 1000, 5000, 10000].map((nodes) => numFeasibleNodesToFind(nodes))).toEqual([
    50, 100, 230, 276, 420, 500, 500,
  ]);
});

test('no node is ever over-committed, and a pod that stays pending fits nowhere', () => {
  const size = fc.record({ cpu: fc.integer({ min: 1, max: 40 }), memory: fc.integer({ min: 1, max: 40 }) });
  const script = fc.record({
    nodes: fc.array(
      fc.record({
        cpu: fc.integer({ min: 10, max: 100 }),
        memory: fc.integer({ min: 10, max: 100 }),
        pods: fc.integer({ min: 1, max: 8 }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    pods: fc.array(fc.record({ size, remove: fc.nat() }), { maxLength: 40 }),
    seed: fc.integer(),
  });
  fc.assert(
    fc.property(script, ({ nodes, pods, seed }) => {
      const random = chance(seed);
      const snapshot = snapshotOf(
        nodes.map((n, i) => node(`n${i}`, {}, { cpu: `${n.cpu}00m`, memory: `${n.memory}Mi`, pods: `${n.pods}` })),
      );
      const free = nodes.map((n) => ({ ...n }));
      const placed: { key: string; node: number; cpu: number; memory: number }[] = [];
      const take = (at: number, s: { cpu: number; memory: number }, sign: 1 | -1): void => {
        const left = free[at];
        if (!left) throw new Error('no such node');
        left.cpu -= sign * s.cpu;
        left.memory -= sign * s.memory;
        left.pods -= sign;
      };
      for (const [i, step] of pods.entries()) {
        if (step.remove % 4 === 0 && placed.length > 0) {
          const [gone] = placed.splice(step.remove % placed.length, 1);
          if (gone) {
            snapshot.removePod(gone.key);
            take(gone.node, gone, -1);
          }
        }
        const what = pod(`p${i}`, requesting(`${step.size.cpu}00m`, `${step.size.memory}Mi`));
        const outcome = schedule(what, snapshot, random);
        const fits = free.some((f) => f.cpu >= step.size.cpu && f.memory >= step.size.memory && f.pods >= 1);
        expect('node' in outcome).toBe(fits);
        if (!('node' in outcome)) continue;
        const at = Number(outcome.node.name.slice(1));
        const key = `pods/default/p${i}`;
        snapshot.setPod({ ...projectPod(key, what, 1), node: outcome.node.name });
        take(at, step.size, 1);
        placed.push({ key, node: at, ...step.size });
        expect(Math.min(...free.flatMap((f) => [f.cpu, f.memory, f.pods]))).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 200 },
  );
});
