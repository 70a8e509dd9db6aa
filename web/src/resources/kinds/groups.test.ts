import { expect, test } from 'vitest';
import type { ApiResource } from '../../api/discovery.ts';
import { groupKinds, titleOf } from './groups.ts';

const kind = (name: string, group: string, kind: string, verbs = ['get', 'list', 'watch']): ApiResource => ({
  group,
  version: 'v1',
  plural: name,
  singular: kind.toLowerCase(),
  kind,
  namespaced: true,
  verbs,
  shortNames: [],
  categories: [],
  subresources: [],
});

test('kinds stand in their groups, the known ones first; what is not listed or is there twice is left out', () => {
  const groups = groupKinds([
    kind('replicasets', 'apps', 'ReplicaSet'),
    kind('pods', '', 'Pod'),
    kind('bindings', '', 'Binding', ['create']),
    kind('events', 'events.k8s.io', 'Event'),
    kind('events', '', 'Event'),
    kind('widgets', 'example.com', 'Widget'),
    kind('gateways', 'gateway.networking.k8s.io', 'Gateway'),
    kind('csidrivers', 'storage.k8s.io', 'CSIDriver'),
    kind('storageclasses', 'storage.k8s.io', 'StorageClass'),
  ]);
  expect(groups.map(({ name, kinds }) => [name, ...kinds.map(({ plural }) => plural)])).toEqual([
    ['workloads', 'pods', 'replicasets'],
    ['storage', 'storageclasses', 'csidrivers'],
    ['cluster', 'events'],
    ['custom', 'gateways', 'widgets'],
  ]);
});

test.each([
  ['Pod', 'pods', 'Pods'],
  ['NetworkPolicy', 'networkpolicies', 'NetworkPolicies'],
  ['Ingress', 'ingresses', 'Ingresses'],
  ['Endpoints', 'endpoints', 'Endpoints'],
  ['CSIStorageCapacity', 'csistoragecapacities', 'CSIStorageCapacities'],
  ['Octopus', 'polypuses', 'Octopus'],
  ['NodeMetrics', 'nodes', 'NodeMetrics'],
])('the title of %s', (kind, plural, title) => {
  expect(titleOf({ kind, plural })).toBe(title);
});
