import { expect, test } from 'vitest';
import type { Node, Pod, PodSpec } from '../../../kube/types.ts';
import { projectPod } from '../cache/projections.ts';
import { CycleState } from '../framework/cycle-state.ts';
import type { Plugin } from '../framework/interface.ts';
import { schedule } from '../schedule.ts';
import { NO_CHANCE, node, pod, snapshotOf } from '../testing/objects.ts';
import { InterPodAffinity } from './inter-pod-affinity.ts';
import { PodTopologySpread } from './pod-topology-spread.ts';

const on = (name: string, nodeName: string, labels: Record<string, string>, spec: object = {}): Pod =>
  pod(name, { nodeName, ...spec } as Partial<PodSpec>, labels);

function place(what: Pod, nodes: Node[], running: Pod[] = []): string {
  const outcome = schedule(what, snapshotOf(nodes, running), NO_CHANCE);
  return 'node' in outcome ? outcome.node.name : outcome.unschedulable;
}

function normalised(plugin: Plugin, what: Pod, nodes: Node[], running: Pod[], reader = {}): number[] {
  const snapshot = snapshotOf(nodes, running, reader);
  const cycle = new CycleState(what, projectPod('pods/default/p', what, 1), snapshot);
  expect(plugin.preScore?.(cycle, snapshot.nodes)).toBeUndefined();
  const scores = snapshot.nodes.map((info) => plugin.score?.(cycle, info) ?? 0);
  plugin.normalize?.(cycle, scores, snapshot.nodes);
  return scores;
}

test('a constraint whose selector is empty counts no pods but the one that is placed', () => {
  const spread = (maxSkew: number) => ({
    topologySpreadConstraints: [
      { maxSkew, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} },
    ],
  });
  const running = ['x', 'y', 'z'].map((name) => on(name, 'a', { app: 'web' }));
  expect(
    place(
      pod('p', { ...spread(1), nodeSelector: { only: 'a' } } as object),
      [node('a', { labels: { only: 'a' } }), node('b')],
      running,
    ),
  ).toBe('a');
});

test('scores of affinity are rounded as upstream does', () => {
  const weighs = (weight: number) => ({
    affinity: {
      podAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight,
            podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } },
          },
        ],
      },
    },
  });
  const running = [on('x', 'a', {}, weighs(29)), on('y', 'b', {}, weighs(100))];
  expect(normalised(InterPodAffinity, pod('p'), [node('a'), node('b'), node('c')], running)).toEqual([28, 100, 0]);
});

test('nodes without a zone are one zone more for the defaults of spreading', () => {
  const service = { metadata: { name: 's' }, spec: { selector: { app: 'web' } } };
  const reader = { list: (prefix: string) => (prefix.startsWith('services/') ? [service] : []) };
  const zone = (name: string, value: string) => node(name, { labels: { 'topology.kubernetes.io/zone': value } });
  const nodes = [zone('a', '1'), zone('b', '2'), node('c')];
  const running = ['v', 'w', 'x', 'y', 'z'].map((name) => on(name, 'a', { app: 'web' }));
  // a: 5·ln 5 + 2 and 5·ln 5 + 4; b: 2 and 4; c: 2.
  expect(normalised(PodTopologySpread, pod('p'), nodes, running, reader)).toEqual([9, 81, 100]);
});

test('matchLabelKeys are those of the time at which the pod was made', () => {
  const affinity = {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        {
          topologyKey: 'kubernetes.io/hostname',
          matchLabelKeys: ['version'],
          labelSelector: { matchExpressions: [{ key: 'version', operator: 'In', values: ['1'] }] },
        },
      ],
    },
  } as PodSpec['affinity'];
  const running = [on('x', 'a', { version: '1' })];
  expect(place(pod('p', { affinity }, { version: '2' }), [node('a')], running)).toContain('anti-affinity rules');
});

test('a pod that needs a feature of kubelets gets a node that declares it', () => {
  const able = node('able');
  able.status = { ...able.status, declaredFeatures: ['UserNamespacesHostNetworkSupport'] };
  const what = pod('p', { hostNetwork: true, hostUsers: false });
  expect(place(what, [node('a'), able])).toBe('able');
  expect(place(what, [node('a')])).toContain("1 node(s) didn't match Pod's required features");
});
