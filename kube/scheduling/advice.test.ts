/** Each of the scheduler's reasons gets the step that helps against it, and no other. */
import { expect, test } from 'vitest';
import { adviceFor, type Refusal } from './advice.ts';

const FREE = 'Insufficient cpu';
const TAINT = 'node(s) had untolerated taint(s)';

test.each<[string, string, Partial<Refusal>, string]>([
  ['NodeResourcesFit', FREE, {}, 'remove other pods, or add a node'],
  ['NodeResourcesFit', FREE, { unresolvable: true }, 'removing other pods does not help'],
  ['NodeResourcesFit', 'Insufficient nvidia.com/gpu', { unresolvable: true }, 'device plugin'],
  ['NodeResourcesFit', 'Insufficient nvidia.com/gpu', {}, 'remove other pods'],
  ['NodeResourcesFit', 'Too many pods', {}, 'as many pods as they may'],
  ['TaintToleration', TAINT, { details: ['own=yes:NoSchedule'] }, 'kubectl taint node NODE KEY-'],
  ['TaintToleration', TAINT, {}, 'kubectl taint node NODE KEY-'],
  ['TaintToleration', TAINT, { details: ['node.kubernetes.io/unreachable:NoExecute'] }, 'are not ready'],
  ['TaintToleration', TAINT, { details: ['node.kubernetes.io/not-ready:NoSchedule'] }, 'are not ready'],
  ['TaintToleration', TAINT, { details: ['node.kubernetes.io/disk-pressure:NoSchedule'] }, 'are in trouble'],
  ['TaintToleration', TAINT, { details: ['node.kubernetes.io/network-unavailable:NoSchedule'] }, 'are in trouble'],
  ['TaintToleration', TAINT, { details: ['islet.dev/simulated:NoSchedule'] }, 'are simulated'],
  ['NodeUnschedulable', 'node(s) were unschedulable', {}, 'kubectl uncordon'],
  ['NodeAffinity', "node(s) didn't match Pod's node affinity/selector", {}, '--show-labels'],
  ['NodeAffinity', "node(s) didn't satisfy plugin(s) [NodeAffinity]", {}, 'by name'],
  ['PodTopologySpread', "node(s) didn't match pod topology spread constraints", {}, 'maxSkew'],
  [
    'PodTopologySpread',
    "node(s) didn't match pod topology spread constraints (missing required label)",
    {},
    'topologyKey',
  ],
  ['InterPodAffinity', "node(s) didn't match pod affinity rules", {}, 'wants to be near'],
  ['InterPodAffinity', "node(s) didn't match pod anti-affinity rules", {}, 'The pod keeps away'],
  ['InterPodAffinity', "node(s) didn't satisfy existing pods anti-affinity rules", {}, 'labels of this one away'],
  ['VolumeRestrictions', 'persistentvolumeclaim "a" not found', {}, 'that is not there'],
  ['VolumeBinding', 'persistentvolumeclaim "a" not found', {}, 'that is not there'],
  ['VolumeBinding', 'pod has unbound immediate PersistentVolumeClaims', {}, 'has no volume yet'],
  ['VolumeBinding', "node(s) didn't match PersistentVolume's node affinity", {}, 'is on another node'],
  ['VolumeBinding', "node(s) didn't find available persistent volumes to bind", {}, 'can be used from these nodes'],
  ['DynamicResources', 'object not found', {}, 'is not there'],
  ['DynamicResources', 'cannot allocate all claims', {}, 'cannot be given devices'],
])('%s: %s %j', (filter, reason, more, words) => {
  expect(adviceFor([{ filter, reasons: [reason], ...more }])).toEqual([expect.stringContaining(words)]);
});

test('a step is told once, and a plugin of someone else has none', () => {
  const refusal = { filter: 'NodeResourcesFit', reasons: [FREE, 'Insufficient memory'] };
  expect(adviceFor([refusal, refusal])).toHaveLength(1);
  expect(adviceFor([{ filter: 'Own', reasons: ['no'] }])).toEqual([]);
});

test('where there are several steps, each names its nodes', () => {
  const full = ['a', 'b'].map((node) => ({ node, filter: 'NodeResourcesFit', reasons: [FREE] }));
  const tainted = Array.from({ length: 6 }, (_, at) => ({
    node: `t${at}`,
    filter: 'TaintToleration',
    reasons: [TAINT],
  }));
  expect(adviceFor([...full, ...tainted])).toEqual([
    expect.stringMatching(/^a, b: The pod asks/),
    expect.stringMatching(/^t0, t1, t2 and others: These nodes have taints/),
  ]);
  expect(adviceFor(full)).toEqual([expect.stringMatching(/^The pod asks/)]);
});
