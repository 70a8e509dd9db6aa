import { expect, test } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../kube/types.ts';
import type { TestCluster } from './testing/cluster.ts';
import { node, pod } from './testing/objects.ts';
import { start } from './testing/scheduler.ts';

const CLASSES = 'storageclasses.storage.k8s.io';
const BOUND = 'pv.kubernetes.io/bind-completed';
const SELECTED = 'volume.kubernetes.io/selected-node';

const storageClass = (provisioner: string, more: object = {}) => ({
  metadata: { name: 'late' },
  provisioner,
  volumeBindingMode: 'WaitForFirstConsumer',
  ...more,
});
const claim = (name: string, storage = '1Gi') => ({
  metadata: { name, namespace: 'default' },
  spec: { storageClassName: 'late', accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  status: { phase: 'Pending' },
});
const terms = (key: string, value: string) => ({
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values: [value] }] }] },
});
const volume = (name: string, on: string, storage = '1Gi') => ({
  metadata: { name },
  spec: {
    storageClassName: 'late',
    accessModes: ['ReadWriteOnce'],
    capacity: { storage },
    nodeAffinity: terms('kubernetes.io/hostname', on),
  },
  status: { phase: 'Available' },
});
const using = (name: string, ...claims: string[]) =>
  pod(name, { volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })) });

const nodes = (cluster: TestCluster): void => {
  for (const name of ['a', 'b', 'c']) cluster.put('nodes', node(name));
};
const podOf = (cluster: TestCluster, name: string) => cluster.get<Pod>(`pods/default/${name}`);
const claimOf = (cluster: TestCluster, name: string) =>
  cluster.get<PersistentVolumeClaim>(`persistentvolumeclaims/default/${name}`);
const volumeOf = (cluster: TestCluster, name: string) => cluster.get<PersistentVolume>(`persistentvolumes//${name}`);

/** As the binder does it. */
function bind(cluster: TestCluster, name: string, volumeName: string): void {
  cluster.change<PersistentVolumeClaim>(`persistentvolumeclaims/default/${name}`, ({ metadata, spec, status }) => {
    metadata.annotations = { ...metadata.annotations, [BOUND]: 'yes' };
    Object.assign(spec ?? {}, { volumeName });
    Object.assign(status ?? {}, { phase: 'Bound' });
  });
}

test('a claim that waits gets the volume of the node that its pod gets, and the pod runs there once they are bound', async () => {
  const { cluster, wakeAgain } = await start((c) => {
    nodes(c);
    c.put(CLASSES, storageClass('kubernetes.io/no-provisioner'));
    c.put('persistentvolumes', volume('v', 'b'));
    c.put('persistentvolumeclaims', claim('data'));
    c.put('pods', using('p', 'data'));
  });
  expect(volumeOf(cluster, 'v')?.spec?.claimRef).toMatchObject({
    name: 'data',
    uid: claimOf(cluster, 'data')?.metadata.uid,
  });
  expect(volumeOf(cluster, 'v')?.metadata.annotations).toEqual({ 'pv.kubernetes.io/bound-by-controller': 'yes' });
  expect(podOf(cluster, 'p')?.spec?.nodeName).toBeUndefined();
  expect(podOf(cluster, 'p')?.status?.nominatedNodeName).toBe('b');
  await wakeAgain();
  bind(cluster, 'data', 'v');
  await cluster.settle();
  expect(podOf(cluster, 'p')?.spec?.nodeName).toBe('b');
  expect(cluster.requests.filter((request) => request.startsWith('PUT'))).toEqual(['PUT /api/v1/persistentvolumes/v']);
});

test('pods that are decided on at once get different volumes, each the smallest that is left', async () => {
  const { cluster } = await start((c) => {
    nodes(c);
    c.put(CLASSES, storageClass('kubernetes.io/no-provisioner'));
    for (const [name, size] of [
      ['v1', '1Gi'],
      ['v2', '2Gi'],
      ['v3', '3Gi'],
    ] as const) {
      c.put('persistentvolumes', volume(name, 'a', size));
    }
    for (const name of ['x', 'y']) c.put('persistentvolumeclaims', claim(name));
    c.put('persistentvolumeclaims', claim('z', '3Gi'));
    c.put('pods', using('p', 'z', 'x'));
    c.put('pods', using('q', 'y'));
  });
  const given = ['v1', 'v2', 'v3'].map((name) => volumeOf(cluster, name)?.spec?.claimRef?.name);
  expect(given).toEqual(['x', 'y', 'z']);
  expect(cluster.events()).toEqual([]);
});

test('nodes without a volume are told apart from those of another topology', async () => {
  const { cluster } = await start((c) => {
    nodes(c);
    c.put(CLASSES, storageClass('kubernetes.io/no-provisioner'));
    c.put('persistentvolumeclaims', claim('data'));
    c.put('pods', using('p', 'data'));
  });
  expect(cluster.events()[0]).toContain("3 node(s) didn't find available persistent volumes to bind");
  cluster.put('persistentvolumes', volume('v', 'c'));
  await cluster.settle();
  expect(podOf(cluster, 'p')?.status?.nominatedNodeName).toBe('c');
});

const zone = (value: string) => ({
  allowedTopologies: [{ matchLabelExpressions: [{ key: 'kubernetes.io/hostname', values: [value] }] }],
});

test('a provisioner is told the node by an annotation; one that cannot do it there takes that back', async () => {
  const { cluster, ring } = await start((c) => {
    nodes(c);
    c.put(CLASSES, storageClass('example.com/disk', zone('b')));
    c.put('persistentvolumeclaims', claim('data'));
    c.put('pods', using('p', 'data'));
  });
  expect(claimOf(cluster, 'data')?.metadata.annotations).toEqual({ [SELECTED]: 'b' });
  cluster.change<PersistentVolumeClaim>('persistentvolumeclaims/default/data', ({ metadata }) => {
    delete metadata.annotations;
  });
  await cluster.settle();
  expect(cluster.events()).toEqual([
    'Warning FailedScheduling running PreBind plugin "VolumeBinding": binding volumes: provisioning failed for PVC "data"',
  ]);
  await ring();
  expect(claimOf(cluster, 'data')?.metadata.annotations).toEqual({ [SELECTED]: 'b' });
  cluster.put('persistentvolumes', volume('made', 'b'));
  bind(cluster, 'data', 'made');
  await cluster.settle();
  expect(podOf(cluster, 'p')?.spec?.nodeName).toBe('b');
});

test('two pods that share a claim go to the node that was chosen first', async () => {
  const { cluster } = await start((c) => {
    nodes(c);
    c.put(CLASSES, storageClass('example.com/disk'));
    c.put('persistentvolumeclaims', claim('data'));
    for (const name of ['p', 'q', 'r']) c.put('pods', using(name, 'data'));
  });
  const chosen = claimOf(cluster, 'data')?.metadata.annotations?.[SELECTED];
  expect(['p', 'q', 'r'].map((name) => podOf(cluster, name)?.status?.nominatedNodeName)).toEqual([
    chosen,
    chosen,
    chosen,
  ]);
  expect(cluster.requests.filter((request) => request.startsWith('PUT'))).toHaveLength(1);
});

test('volumes that are not bound in ten minutes are given up', async () => {
  const { cluster, ring } = await start((c) => {
    nodes(c);
    c.put(CLASSES, storageClass('example.com/disk'));
    c.put('persistentvolumeclaims', claim('data'));
    c.put('pods', using('p', 'data'));
  });
  const before = cluster.now;
  await ring();
  expect(cluster.now - before).toBe(600_000);
  expect(cluster.events()).toEqual([
    'Warning FailedScheduling running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded',
  ]);
});

test('a driver that tells of its room gets no claim where there is too little', async () => {
  const { cluster, ring } = await start((c) => {
    nodes(c);
    c.put(CLASSES, storageClass('example.com/disk'));
    c.put('csidrivers.storage.k8s.io', { metadata: { name: 'example.com/disk' }, spec: { storageCapacity: true } });
    c.put('persistentvolumeclaims', claim('data', '5Gi'));
    c.put('pods', using('p', 'data'));
  });
  expect(cluster.events()[0]).toContain('3 node(s) did not have enough free storage');
  const room = (name: string, capacity: string) => ({
    metadata: { name, namespace: 'default' },
    storageClassName: 'late',
    nodeTopology: { matchLabels: { 'kubernetes.io/hostname': name } },
    capacity,
  });
  cluster.put('csistoragecapacities.storage.k8s.io', room('a', '1Gi'));
  cluster.put('csistoragecapacities.storage.k8s.io', room('c', '9Gi'));
  await cluster.settle();
  await ring();
  expect(claimOf(cluster, 'data')?.metadata.annotations).toEqual({ [SELECTED]: 'c' });
});

test('a volume that is kept for another’s claim does not have a pod tried again, and a free one does', async () => {
  const { cluster, ring } = await start((c) => {
    nodes(c);
    c.put(CLASSES, storageClass('kubernetes.io/no-provisioner'));
    c.put('persistentvolumeclaims', claim('data'));
    c.put('pods', using('p', 'data'));
  });
  const lists = cluster.lists;
  const claimRef = { namespace: 'default', name: 'other' };
  const kept = volume('kept', 'a');
  cluster.put('persistentvolumes', { ...kept, spec: { ...kept.spec, claimRef } });
  cluster.remove('persistentvolumes//kept');
  await cluster.settle();
  cluster.now += 60_000;
  await cluster.settle();
  expect(cluster.lists).toBe(lists);
  cluster.put('persistentvolumes', volume('free', 'a'));
  await cluster.settle();
  if (!podOf(cluster, 'p')?.status?.nominatedNodeName) await ring();
  expect(podOf(cluster, 'p')?.status?.nominatedNodeName).toBe('a');
});
