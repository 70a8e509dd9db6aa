import { expect, test } from 'vitest';
import { Occupancy } from '../scheduling/occupancy.ts';
import { pod, statusOf, T0 } from '../testing/pod-lifecycle.ts';
import type { Node, Pod, PodSpec } from '../types.ts';
import { awaitsAdmission, decide, hostOf, NO_MEMORY, NOTHING_OBSERVED, refusal, refusedStatus } from './index.ts';

interface Extra {
  taints?: { key: string; effect: string }[];
  allocatable?: Record<string, string>;
  pressures?: string[];
}
const host = (extra: Extra = {}) =>
  hostOf({
    metadata: { name: 'n1', labels: { 'kubernetes.io/os': 'linux', disk: 'ssd' } },
    spec: { taints: extra.taints },
    status: {
      allocatable: { cpu: '2', memory: '1Gi', 'ephemeral-storage': '10Gi', pods: '3', ...extra.allocatable },
      nodeInfo: { operatingSystem: 'linux' },
      conditions: extra.pressures?.map((type) => ({ type, status: 'True' })),
    },
  } as unknown as Node);

const asking = (requests: Record<string, string>, more: object = {}): Pod =>
  pod({ containers: [{ name: 'web', image: 'i', resources: { requests }, ...more }] } as Partial<PodSpec>);
const held = (...pods: Pod[]) => {
  const occupancy = new Occupancy();
  for (const [index, one] of pods.entries()) occupancy.take(`p${index}`, one);
  return occupancy;
};
const said = (p: Pod, occupancy = held(), on = host()) => {
  const found = refusal(p, on, occupancy);
  return found && `${found.reason}: ${found.message}`;
};

test('a pod for which there is room is taken, up to the last bit of it', () => {
  expect(said(asking({ cpu: '1500m', memory: '512Mi' }), held(asking({ cpu: '500m', memory: '512Mi' })))).toBe(
    undefined,
  );
  expect(said(pod())).toBe(undefined);
});

test.each<[string, Pod, Occupancy, string]>([
  [
    'cpu, in thousandths',
    asking({ cpu: '1600m' }),
    held(asking({ cpu: '500m' })),
    "OutOfcpu: Node didn't have enough resource: cpu, requested: 1600, used: 500, capacity: 2000",
  ],
  [
    'memory, in bytes',
    asking({ memory: '2Gi' }),
    held(),
    "OutOfmemory: Node didn't have enough resource: memory, requested: 2147483648, used: 0, capacity: 1073741824",
  ],
  [
    'ephemeral storage',
    asking({ 'ephemeral-storage': '11Gi' }),
    held(),
    "OutOfephemeral-storage: Node didn't have enough resource: ephemeral-storage, requested: 11811160064, used: 0, capacity: 10737418240",
  ],
  [
    'places for pods, before anything else',
    asking({ cpu: '3' }),
    held(pod(), pod(), pod()),
    "OutOfpods: Node didn't have enough resource: pods, requested: 1, used: 3, capacity: 3",
  ],
  [
    'huge pages of a size the node has none of',
    asking({ 'hugepages-2Mi': '2Mi', cpu: '1', memory: '1Mi' }),
    held(),
    "OutOfhugepages-2Mi: Node didn't have enough resource: hugepages-2Mi, requested: 2097152, used: 0, capacity: 0",
  ],
])('a node that has not enough says of what: %s', (_what, p, occupancy, words) => {
  expect(said(p, occupancy)).toBe(words);
});

test('extended resources count where the node knows them, and are the cluster’s business elsewhere', () => {
  const p = asking({ 'example.com/gpu': '2' });
  expect(said(p)).toBe(undefined);
  const one = host({ allocatable: { 'example.com/gpu': '1' } });
  expect(said(p, held(), one)).toBe(
    "OutOfexample.com/gpu: Node didn't have enough resource: example.com/gpu, requested: 2, used: 0, capacity: 1",
  );
});

test('selectors and required affinity that the node does not match', () => {
  const words = "NodeAffinity: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector";
  expect(said(pod({ nodeSelector: { disk: 'ssd' } }))).toBe(undefined);
  expect(said(pod({ nodeSelector: { disk: 'hdd' } }))).toBe(words);
  const nodeSelectorTerms = [{ matchExpressions: [{ key: 'disk', operator: 'NotIn', values: ['ssd'] }] }];
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
  expect(said(pod({ affinity }))).toBe(words);
});

test('host ports that another pod holds, on any address or the same', () => {
  const listening = (hostPort: number, extra: object = {}) => asking({}, { ports: [{ hostPort, ...extra }] });
  const words = "NodePorts: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports";
  const occupancy = held(listening(80), listening(53, { protocol: 'UDP', hostIP: '10.0.0.1' }));
  expect(said(listening(80, { hostIP: '10.0.0.1' }), occupancy)).toBe(words);
  expect(said(listening(53, { protocol: 'UDP', hostIP: '0.0.0.0' }), occupancy)).toBe(words);
  expect(said(listening(53, { protocol: 'UDP', hostIP: '10.0.0.2' }), occupancy)).toBe(undefined);
  expect(said(listening(53), occupancy)).toBe(undefined);
  occupancy.release('p0');
  expect(said(listening(80), occupancy)).toBe(undefined);
});

test('NoExecute taints forbid, NoSchedule ones are the scheduler’s', () => {
  const tainted = (effect: string) => host({ taints: [{ key: 'gone', effect }] });
  expect(said(pod(), held(), tainted('NoExecute'))).toBe(
    "TaintToleration: Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
  );
  expect(said(pod(), held(), tainted('NoSchedule'))).toBe(undefined);
  expect(said(pod({ tolerations: [{ key: 'gone', operator: 'Exists' }] }), held(), tainted('NoExecute'))).toBe(
    undefined,
  );
});

test('under pressure a node takes critical pods, and where only memory is short those that ask for some', () => {
  const [memory, both] = [['MemoryPressure'], ['MemoryPressure', 'DiskPressure']].map((pressures) =>
    host({ pressures }),
  );
  expect(said(pod(), held(), memory)).toBe('Evicted: The node had condition: [MemoryPressure]. ');
  expect(said(asking({ memory: '1Mi' }), held(), memory)).toBe(undefined);
  const tolerations = [{ key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' }];
  expect(said(pod({ tolerations }), held(), memory)).toBe(undefined);
  const why = 'Evicted: The node had condition: [MemoryPressure DiskPressure]. ';
  expect(said(asking({ memory: '1Mi' }), held(), both)).toBe(why);
  expect(said(pod({ tolerations }), held(), both)).toBe(why);
  expect(said(pod({ priority: 2_000_000_000 }), held(), both)).toBe(undefined);
});

test('a node refuses pods for another system, or with strict groups', () => {
  expect(said(pod({ os: { name: 'windows' } }))).toBe(
    "PodOSNotSupported: Failed to admit pod as the OS field doesn't match node OS",
  );
  const labelled = pod();
  labelled.metadata.labels = { 'kubernetes.io/os': 'windows' };
  expect(said(labelled)).toBe(
    "PodOSSelectorNodeLabelDoesNotMatch: Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
  );
  expect(said(pod({ securityContext: { supplementalGroupsPolicy: 'Strict' } }))).toBe(
    'SupplementalGroupsPolicyNotSupported: SupplementalGroupsPolicy=Strict is not supported in this node',
  );
});

test('a pod is judged once: not when it has begun, has ended, or is to end', () => {
  expect(awaitsAdmission(pod())).toBe(true);
  expect(awaitsAdmission(pod({}, { status: { startTime: '2026-01-01T00:00:00Z' } }))).toBe(false);
  expect(awaitsAdmission(pod({}, { status: { phase: 'Failed' } }))).toBe(false);
  const leaving = pod();
  leaving.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
  expect(awaitsAdmission(leaving)).toBe(false);
});

test('a refused pod has failed, keeps what others say of it, and stays as it is', () => {
  const gate = { type: 'example.com/gate', status: 'True' };
  const p = asking({ cpu: '9' });
  p.metadata.generation = 1;
  p.status = { phase: 'Pending', qosClass: 'Burstable', conditions: [{ type: 'PodScheduled', status: 'True' }, gate] };
  const status = refusedStatus(p, { reason: 'OutOfcpu', message: "Node didn't have enough" }, T0);
  expect(status).toEqual({
    observedGeneration: 1,
    phase: 'Failed',
    conditions: [gate],
    message: "Pod was rejected: Node didn't have enough",
    reason: 'OutOfcpu',
    startTime: '2026-01-01T00:00:00Z',
    qosClass: 'Burstable',
  });
  const refused = { ...p, status };
  expect(statusOf(refused, NOTHING_OBSERVED)).toEqual(status);
  expect(decide({ pod: refused, observed: NOTHING_OBSERVED, memory: NO_MEMORY, now: T0 }).actions).toEqual([]);
});
