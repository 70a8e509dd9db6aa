/** Loads in the shapes of upstream's `test/integration/scheduler_perf`. */
import type { KubeObject } from '../../kube/machinery/object.ts';

export interface SchedulingLoad {
  name: string;
  nodes: number;
  /** Pods that are bound before those which are counted. */
  before?: { count: number; make(i: number): KubeObject };
  count: number;
  make(i: number): KubeObject;
}

export const NAMESPACE = 'sched-1';
const ZONES = 3;
const ROOM = { cpu: '4', memory: '32Gi', pods: '110' };

export function schedulingNode(i: number): KubeObject & { metadata: { name: string } } {
  const name = `node-${i}`;
  const labels = { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${i % ZONES}` };
  const conditions = [{ type: 'Ready', status: 'True' }];
  const status = { capacity: ROOM, allocatable: ROOM, conditions };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, status };
}

export const plainPod = (i: number): KubeObject => podOf(`pod-${i}`, {}, {});

function podOf(name: string, labels: Record<string, string>, spec: object, cpu = '100m'): KubeObject {
  const room = { cpu, memory: '500Mi' };
  const container = {
    name: 'pause',
    image: 'registry.k8s.io/pause:3.10.2',
    ports: [{ containerPort: 80 }],
    resources: { requests: room, limits: room },
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec: { containers: [container], ...spec } };
}

function termOf(color: string): object {
  const labelSelector = { matchLabels: { color } };
  return { labelSelector, topologyKey: 'kubernetes.io/hostname', namespaces: [NAMESPACE, 'sched-0'] };
}

const apart = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [termOf('green')] } };
const together = {
  podAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: termOf('red') }],
  },
};
const spread = {
  maxSkew: 5,
  topologyKey: 'topology.kubernetes.io/zone',
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: { matchLabels: { color: 'blue' } },
};

const avoiding = (i: number): KubeObject => podOf(`pod-${i}`, { color: 'green' }, { affinity: apart });
const attracted = (i: number): KubeObject => podOf(`pod-${i}`, { color: 'red' }, { affinity: together });
const spreading = (i: number): KubeObject =>
  podOf(`pod-${i}`, { color: 'blue' }, { topologySpreadConstraints: [spread] });
const preempting = (i: number): KubeObject => podOf(`high-${i}`, {}, { priorityClassName: 'high' }, '3');
/** Pods that fill a node. */
const LOW_A_NODE = 4;
const low = (i: number): KubeObject => podOf(`low-${i}`, {}, { terminationGracePeriodSeconds: 0 }, '900m');

/** On nodes that are full of pods of a lower priority. */
function preemption(nodes: number): SchedulingLoad {
  return {
    name: `500 pods that preempt others on ${nodes.toLocaleString('en')} nodes`,
    nodes,
    before: { count: nodes * LOW_A_NODE, make: low },
    count: 500,
    make: preempting,
  };
}

export const LOADS: readonly SchedulingLoad[] = [
  { name: '1,000 pods on 500 nodes', nodes: 500, count: 1000, make: plainPod },
  { name: '1,000 pods with required anti-affinity on 1,500 nodes', nodes: 1500, count: 1000, make: avoiding },
  { name: '2,000 pods with preferred affinity on 1,500 nodes', nodes: 1500, count: 2000, make: attracted },
  { name: '2,000 pods spread over zones of 1,500 nodes', nodes: 1500, count: 2000, make: spreading },
  preemption(500),
];

/** They take minutes, most of them to make what is there before. */
export const LARGE_LOADS: readonly SchedulingLoad[] = [
  { name: '10,000 pods on 5,000 nodes', nodes: 5000, count: 10_000, make: plainPod },
  { name: '2,000 pods with required anti-affinity on 5,000 nodes', nodes: 5000, count: 2000, make: avoiding },
  { name: '5,000 pods with preferred affinity on 5,000 nodes', nodes: 5000, count: 5000, make: attracted },
  { name: '5,000 pods spread over zones of 5,000 nodes', nodes: 5000, count: 5000, make: spreading },
  preemption(5000),
];
