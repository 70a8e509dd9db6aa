import { expect, test } from 'vitest';
import { addressOf, chooseCluster } from './session.ts';

test('an address that names no cluster shows default where there is one, and one that names another only that', () => {
  const [a, standard] = [
    { id: '1', name: 'a' },
    { id: '2', name: 'default' },
  ];
  expect(chooseCluster([a, standard], undefined)).toBe(standard);
  expect(chooseCluster([a], undefined)).toBe(a);
  expect(chooseCluster([a, standard], 'a')).toBe(a);
  expect(chooseCluster([a, standard], 'b')).toBeUndefined();
  expect(chooseCluster([], undefined)).toBeUndefined();
});

test('a cluster that is shared under the name of an own one is found by its id', () => {
  const clusters = [
    { id: 'own', name: 'default' },
    { id: 'shared', name: 'default' },
  ];
  const places = clusters.map((cluster) => addressOf(cluster, clusters));
  expect(places).toEqual(['default', 'shared']);
  expect(places.map((place) => chooseCluster(clusters, place))).toEqual(clusters);
});
