import { expect, test } from 'vitest';
import { findKind, findResource, groupResource, idOf, pathOf, readDiscovery } from './discovery.ts';

const resource = (plural: string, kind: string, scope: 'Namespaced' | 'Cluster' = 'Namespaced') => ({
  resource: plural,
  responseKind: { kind },
  scope,
  singularResource: kind.toLowerCase(),
  verbs: ['get', 'list', 'watch'],
});

const found = readDiscovery([
  {
    items: [
      {
        metadata: {},
        versions: [{ version: 'v1', resources: [resource('pods', 'Pod'), resource('nodes', 'Node', 'Cluster')] }],
      },
    ],
  },
  {
    items: [
      {
        metadata: { name: 'autoscaling' },
        versions: [
          { version: 'v2', resources: [resource('horizontalpodautoscalers', 'HorizontalPodAutoscaler')] },
          {
            version: 'v1',
            resources: [resource('horizontalpodautoscalers', 'HorizontalPodAutoscaler'), resource('old', 'Old')],
          },
        ],
      },
      // The service of the group is away: it has nothing to say.
      { metadata: { name: 'away.example.com' }, versions: [{ version: 'v1', freshness: 'Stale', resources: null }] },
    ],
  },
]);

test('each kind once, in the preferred version or in the only one that has it', () => {
  expect(found.map(idOf)).toEqual([
    'v1/pods',
    'v1/nodes',
    'autoscaling/v2/horizontalpodautoscalers',
    'autoscaling/v1/old',
  ]);
});

test('an address with another version of a kind finds it all the same', () => {
  const name = (id: string) => {
    const at = findResource(found, id);
    return at && `${idOf(at)} ${groupResource(at)}`;
  };
  expect(name('autoscaling/v1/horizontalpodautoscalers')).toBe(
    'autoscaling/v2/horizontalpodautoscalers horizontalpodautoscalers.autoscaling',
  );
  expect(name('v1/pods')).toBe('v1/pods pods');
  expect(name('horizontalpodautoscalers')).toBe(
    'autoscaling/v2/horizontalpodautoscalers horizontalpodautoscalers.autoscaling',
  );
  expect(name('pods')).toBe('v1/pods pods');
  expect(name('autoscaling/v2/pods')).toBeUndefined();
  expect(findKind(found, 'autoscaling/v1', 'HorizontalPodAutoscaler')?.version).toBe('v2');
  expect(findKind(found, 'v1', 'HorizontalPodAutoscaler')).toBeUndefined();
});

test('paths of lists and objects, with what is in no namespace left where it is', () => {
  const [pods, nodes, autoscalers] = found as [(typeof found)[0], (typeof found)[0], (typeof found)[0]];
  expect(pathOf(pods)).toBe('/api/v1/pods');
  expect(pathOf(pods, 'shop', 'web-1')).toBe('/api/v1/namespaces/shop/pods/web-1');
  expect(pathOf(nodes, 'shop', 'sim:0')).toBe('/api/v1/nodes/sim%3A0');
  expect(pathOf(autoscalers, 'shop')).toBe('/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers');
});
