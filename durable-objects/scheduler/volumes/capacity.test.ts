import { expect, test } from 'vitest';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { PersistentVolumeClaim, StorageClass } from '../../../kube/types.ts';
import { snapshotOf } from '../testing/objects.ts';
import { hasEnoughCapacity } from './capacity.ts';

const NODE = 'example.com/node';
const storageClass = { metadata: { name: 'local' }, provisioner: 'example.com/disk' } as StorageClass;
const driver = { spec: { storageCapacity: true } } as unknown as KubeObject;

function asking(capacities: object[]) {
  const snapshot = snapshotOf([], [], { lookup: () => driver, list: () => capacities });
  return (storage: string, labels: Record<string, string>) => {
    const claim = { spec: { resources: { requests: { storage } } } } as unknown as PersistentVolumeClaim;
    return hasEnoughCapacity(claim, storageClass, labels, snapshot);
  };
}

test('a node has the capacity of its own topology and class', () => {
  const enough = asking([
    { storageClassName: 'local', nodeTopology: { matchLabels: { [NODE]: 'x' } }, capacity: '10Gi' },
    { storageClassName: 'other', nodeTopology: { matchLabels: { [NODE]: 'y' } }, capacity: '10Gi' },
    {
      storageClassName: 'local',
      nodeTopology: { matchExpressions: [{ key: NODE, operator: 'In', values: ['z', 'w'] }] },
      capacity: '10Gi',
      maximumVolumeSize: '1Gi',
    },
    { storageClassName: 'local', nodeTopology: { matchLabels: { [NODE]: 'v', disk: 'fast' } }, capacity: '10Gi' },
    { storageClassName: 'local', capacity: '10Gi' },
  ]);
  expect([enough('10Gi', { [NODE]: 'x' }), enough('11Gi', { [NODE]: 'x' }), enough('1Gi', { [NODE]: 'y' })]).toEqual([
    true,
    false,
    false,
  ]);
  expect([enough('1Gi', { [NODE]: 'w' }), enough('2Gi', { [NODE]: 'w' }), enough('1Gi', { [NODE]: 'v' })]).toEqual([
    true,
    false,
    false,
  ]);
  expect([enough('1Gi', { [NODE]: 'v', disk: 'fast' }), enough('1Gi', {})]).toEqual([true, false]);
  expect(asking([{ storageClassName: 'local', nodeTopology: {}, capacity: '1Gi' }])('1Gi', {})).toBe(true);
});

test('capacities are read once however many nodes there are', () => {
  let reads = 0;
  const capacities = Array.from({ length: 100 }, (_, i) => ({
    storageClassName: 'local',
    capacity: '1Gi',
    get nodeTopology() {
      reads++;
      return { matchLabels: { [NODE]: `n${i}` } };
    },
  }));
  const enough = asking(capacities);
  for (let i = 0; i < 100; i++) expect(enough('2Gi', { [NODE]: `n${i}` })).toBe(false);
  expect(reads).toBe(100);
});
