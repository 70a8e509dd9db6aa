import { expect, test } from 'vitest';
import type { Node, Pod } from '../../../kube/types.ts';
import { schedule } from '../schedule.ts';
import { NO_CHANCE, node, pod, requesting, snapshotOf } from '../testing/objects.ts';
import { parseSettings } from './settings.ts';

/** The node that a pod gets with these arguments of a plugin. */
function place(plugin: string, args: object, what: Pod, nodes: Node[], running: Pod[] = [], reader = {}): string {
  const configuration = {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    profiles: [{ pluginConfig: [{ name: plugin, args }] }],
  };
  const [profile] = parseSettings(JSON.stringify(configuration)).profiles.values();
  const outcome = schedule(what, snapshotOf(nodes, running, reader), NO_CHANCE, profile ? { profile } : {});
  return 'node' in outcome ? outcome.node.name : outcome.unschedulable;
}

const on = (name: string, nodeName: string, spec: object = {}): Pod => pod(name, { ...spec, nodeName });
const nodes = ['a', 'b', 'c'].map((name) => node(name));
const filled = [on('x', 'b', requesting('2', '8Gi')), on('y', 'c', requesting('3500m', '14Gi'))];

test.each([
  ['LeastAllocated', {}, 'a'],
  ['MostAllocated', {}, 'b'],
  [
    'RequestedToCapacityRatio',
    {
      requestedToCapacityRatio: {
        shape: [
          { utilization: 0, score: 0 },
          { utilization: 60, score: 10 },
          { utilization: 100, score: 0 },
        ],
      },
    },
    'b',
  ],
])('nodes are scored by %s', (type, more, expected) => {
  const what = pod('p', requesting('600m', '2400Mi'));
  expect(place('NodeResourcesFit', { scoringStrategy: { type, ...more } }, what, nodes, filled)).toBe(expected);
});

test('extended resources are scored where the pod asks for them, and left out of what must fit where they are ignored', () => {
  const gpus = (name: string, count: string) =>
    node(name, {}, { cpu: '4', memory: '16Gi', pods: '9', 'x.io/gpu': count });
  const containers = [{ name: 'c', image: 'nginx', resources: { requests: { 'x.io/gpu': '2' } } }];
  const resources = [{ name: 'x.io/gpu', weight: 5 }];
  const strategy = { scoringStrategy: { type: 'MostAllocated', resources } };
  expect(place('NodeResourcesFit', strategy, pod('p', { containers }), [gpus('a', '8'), gpus('b', '2')])).toBe('b');
  expect(place('NodeResourcesFit', { ignoredResourceGroups: ['x.io'] }, pod('p', { containers }), [node('a')])).toBe(
    'a',
  );
  expect(place('NodeResourcesFit', { ignoredResources: ['x.io/gpu'] }, pod('p', { containers }), [node('a')])).toBe(
    'a',
  );
});

test('affinity of the profile is enforced on all of its pods', () => {
  const term = { matchExpressions: [{ key: 'disk', operator: 'Exists' }] };
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } };
  const disk = node('disk', { labels: { disk: 'ssd' } });
  expect(place('NodeAffinity', { addedAffinity: required }, pod('p'), [node('a'), disk])).toBe('disk');
  expect(place('NodeAffinity', { addedAffinity: required }, pod('p'), [node('a')])).toContain(
    "1 node(s) didn't match scheduler-enforced node affinity",
  );
  const preferred = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 5, preference: term }] };
  expect(place('NodeAffinity', { addedAffinity: preferred }, pod('p'), [node('a'), disk, node('b')])).toBe('disk');
});

test('default constraints of the profile hold for pods of a Service that have none', () => {
  const constraint = { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' };
  const args = { defaultingType: 'List', defaultConstraints: [constraint] };
  const service = { metadata: { name: 's' }, spec: { selector: { app: 'web' } } };
  const reader = { list: (prefix: string) => (prefix.startsWith('services/') ? [service] : []) };
  const what = pod('p', {
    nodeName: '',
    nodeSelector: { 'kubernetes.io/hostname': 'a' },
    topologySpreadConstraints: [],
  });
  const refused = place(
    'PodTopologySpread',
    args,
    what,
    [node('a'), node('b', { labels: { other: '' } })],
    [on('x', 'a')],
    reader,
  );
  // The node that its selector excludes does not count.
  expect(refused).toBe('a');
  expect(place('PodTopologySpread', args, pod('p'), [node('a'), node('b')], [on('x', 'a')], reader)).toBe('b');
});

test('preferences of running pods are left out on demand', () => {
  const wants = {
    affinity: {
      podAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } },
          },
        ],
      },
    },
  };
  const running = [on('x', 'b', { ...wants, ...requesting('1') })];
  expect(place('InterPodAffinity', {}, pod('p'), [node('a'), node('b')], running)).toBe('b');
  expect(
    place('InterPodAffinity', { ignorePreferredTermsOfExistingPods: true }, pod('p'), [node('a'), node('b')], running),
  ).toBe('a');
});

test('a device may be prepared for as long as the profile says', () => {
  const result = { request: 'r', driver: 'd', pool: 'p', device: 'x', bindingConditions: ['ready'] };
  // Ten seconds before the decision.
  const allocation = { allocationTimestamp: '1969-12-31T23:59:50Z', devices: { results: [result] } };
  const claim = { metadata: { name: 'c', namespace: 'default' }, status: { allocation } };
  const reader = { lookup: (key: string) => (key.endsWith('/c') ? claim : undefined) };
  const what = pod('p', { resourceClaims: [{ name: 'gpu', resourceClaimName: 'c' }] });
  expect(place('DynamicResources', {}, what, [node('a')], [], reader)).toBe('a');
  expect(place('DynamicResources', { bindingTimeout: '5s' }, what, [node('a')], [], reader)).toContain(
    '1 resourceclaim not available on the node. deallocation of ResourceClaim completed',
  );
});
