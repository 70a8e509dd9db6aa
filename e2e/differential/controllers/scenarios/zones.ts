/** Zones of which some nodes, or all, are not ready: which nodes are tainted, how fast, and what becomes of their pods. */
import type { Json } from '../../mutations.ts';
import { create, patch, patchPods, type Scenario, type Step, together, wait } from '../scenario.ts';
import { pod, template, workload } from './objects.ts';

const ZONE = 'topology.kubernetes.io/zone';
const NOT_READY = 'node.kubernetes.io/not-ready';
/** Upstream looks every five seconds, and taints a node of a zone each ten. Nodes that go at once may be seen one by one. */
const NOTICED = 18;
const tolerant = { tolerations: [{ key: NOT_READY, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 }] };

function each(nodes: readonly number[], body: object, seconds = 0): Step {
  const patches = nodes.map((n) => patch(`nodes/NAMESPACE-n${n}`, body, 'merge'));
  return together(...patches, ...(seconds > 0 ? [wait(seconds)] : []));
}

const zoned = (zone: string, ...nodes: number[]): Step =>
  each(nodes, { metadata: { labels: { [ZONE]: `NAMESPACE-${zone}` } } });
const ready = (status: 'True' | 'False', node: number): Step =>
  each([node], { metadata: { annotations: { 'suite/ready': status } } }, NOTICED);
const OUT_OF_SERVICE = { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' };

/** The pods are on the first node; later ones may be on the others. */
function onFirst(object: Json): Step {
  const closed = (unschedulable: boolean) => patch('nodes/NAMESPACE-n2', { spec: { unschedulable } });
  return together(closed(true), create(object), wait(4), closed(false));
}

/**
 * A pod for each node, which no other replaces: one would be bound as soon as the node is ready, and be evicted by the
 * taint that upstream takes away up to five seconds later.
 */
function onEach(nodes: number): Step {
  const pods = Array.from({ length: nodes }, (_, at) =>
    pod(`web${at + 1}`, {}, { ...tolerant, nodeSelector: { 'kubernetes.io/hostname': `NAMESPACE-n${at + 1}` } }),
  );
  return create(...pods);
}

export const zones: Scenario[] = [
  {
    name: 'zone-one-node',
    nodes: 3,
    steps: [zoned('a', 1, 2, 3), onEach(3), ready('False', 1), ready('True', 1)],
  },
  {
    name: 'zone-partial',
    nodes: 4,
    steps: [
      zoned('a', 1, 2, 3, 4),
      onEach(4),
      ready('False', 1),
      ready('False', 2),
      ready('False', 3),
      ready('True', 1),
      ready('True', 2),
      ready('True', 3),
    ],
  },
  {
    name: 'zone-full',
    nodes: 4,
    steps: [
      zoned('a', 1, 2),
      zoned('b', 3, 4),
      onEach(4),
      ready('False', 1),
      ready('False', 2),
      ready('True', 1),
      ready('True', 2),
    ],
  },
  {
    name: 'zone-all',
    nodes: 3,
    alone: true,
    steps: [
      zoned('a', 1, 2),
      zoned('b', 3),
      onEach(3),
      ready('False', 1),
      ready('False', 2),
      ready('False', 3),
      ready('True', 1),
      ready('True', 2),
      ready('True', 3),
    ],
  },
  {
    name: 'zone-silent',
    nodes: 2,
    steps: [
      zoned('a', 1, 2),
      onFirst(workload('StatefulSet', { serviceName: 'web', replicas: 1 })),
      each([1], { metadata: { annotations: { 'suite/silent': '1' } } }, 75),
      each([1], { metadata: { annotations: { 'suite/silent': null } } }, NOTICED),
    ],
  },
  {
    name: 'zone-out-of-service',
    nodes: 2,
    steps: [
      zoned('a', 1, 2),
      onFirst(workload('StatefulSet', { serviceName: 'web', replicas: 1, template: template({ 'suite/stay': '1' }) })),
      ready('False', 1),
      together(
        patch('nodes/NAMESPACE-n1', [{ op: 'add', path: '/spec/taints/-', value: OUT_OF_SERVICE }], 'json'),
        wait(45),
      ),
      patchPods({}, { metadata: { annotations: { 'suite/stay': null } } }),
      each([1], { spec: { taints: null } }, NOTICED),
    ],
  },
];
