import { expect, test } from 'vitest';
import { TestVolumes } from './testing/volumes.ts';

const EXTERNAL = (name: string): string =>
  `Normal ExternalProvisioning data: Waiting for a volume to be created either by the external provisioner '${name}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;

async function wanted(provisioner: string, claim: object = {}, more: object = {}): Promise<TestVolumes> {
  const cluster = new TestVolumes();
  await cluster.storageClass('made', provisioner, more);
  await cluster.claim('data', { storageClassName: 'made', ...claim });
  return cluster.settle();
}

test('an external provisioner is asked by two annotations and an event', async () => {
  const cluster = await wanted('example.com/disk');
  expect(cluster.readClaim('data')?.metadata.annotations).toEqual({
    'volume.kubernetes.io/storage-provisioner': 'example.com/disk',
    'volume.beta.kubernetes.io/storage-provisioner': 'example.com/disk',
  });
  expect(cluster.events).toEqual([EXTERNAL('example.com/disk')]);
  const uid = cluster.readClaim('data')?.metadata.uid;
  const claimRef = { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'data', uid };
  await cluster.volume('pvc-1', { storageClassName: 'made', claimRef });
  await cluster.settle();
  expect(cluster.state('data')).toBe('Bound to pvc-1');
});

test('a plugin that a driver has taken the place of is asked by the driver’s name', async () => {
  const cluster = await wanted('kubernetes.io/gce-pd');
  expect(cluster.readClaim('data')?.metadata.annotations?.['volume.kubernetes.io/storage-provisioner']).toBe(
    'pd.csi.storage.gke.io',
  );
  expect(cluster.events).toEqual([EXTERNAL('pd.csi.storage.gke.io')]);
});

test.each<[string, string, object, object]>([
  ['kubernetes.io/no-provisioner', 'no volume plugin matched name: kubernetes.io/no-provisioner', {}, {}],
  ['kubernetes.io/nfs', 'no provisionable volume plugin matched', {}, {}],
  [
    'kubernetes.io/host-path',
    'Failed to create provisioner: provisioning in volume plugin "kubernetes.io/host-path" is disabled',
    {},
    {},
  ],
  [
    'kubernetes.io/host-path',
    'plugin "kubernetes.io/host-path" is not a CSI plugin. Only CSI plugin can provision a claim with a datasource',
    { dataSource: { kind: 'PersistentVolumeClaim', name: 'other' } },
    {},
  ],
  [
    'kubernetes.io/host-path',
    'Mount options are not supported by the provisioner but StorageClass "made" has mount options [ro soft]',
    {},
    { mountOptions: ['ro', 'soft'] },
  ],
])('%s: %s', async (provisioner, message, claim, more) => {
  const cluster = await wanted(provisioner, claim, more);
  expect(cluster.events).toEqual([`Warning ProvisioningFailed data: ${message}`]);
});

test('a class that does not exist yet is waited for', async () => {
  const cluster = new TestVolumes();
  await cluster.claim('data', { storageClassName: 'made' });
  await cluster.settle();
  expect(cluster.events).toEqual(['Warning ProvisioningFailed data: storageclass.storage.k8s.io "made" not found']);
  await cluster.storageClass('made', 'example.com/disk');
  await cluster.settle();
  expect(cluster.events.at(-1)).toBe(EXTERNAL('example.com/disk'));
});

test('a claim without a class gets the default one as soon as there is one, and one that wants none does not', async () => {
  const cluster = new TestVolumes();
  await cluster.claim('data');
  await cluster.claim('none', { storageClassName: '' });
  await cluster.settle();
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  await cluster.storageClass('standard', 'example.com/disk', {}, { annotations });
  await cluster.settle();
  expect(cluster.readClaim('data')?.spec?.storageClassName).toBe('standard');
  expect(cluster.readClaim('none')?.spec?.storageClassName).toBe('');
  expect(cluster.events).toContain(EXTERNAL('example.com/disk'));
});

const DELAYED = { volumeBindingMode: 'WaitForFirstConsumer' };

test('a class that waits for a consumer binds nothing before the scheduler has chosen a node', async () => {
  const cluster = await wanted('example.com/disk', {}, DELAYED);
  await cluster.volume('v', { storageClassName: 'made' });
  await cluster.settle();
  expect(cluster.state('data')).toBe('Pending');
  expect(cluster.events).toEqual([
    'Normal WaitForFirstConsumer data: waiting for first consumer to be created before binding',
  ]);
  await cluster.pod('p', 'data');
  await cluster.pod('q', 'data');
  await cluster.later(16_000);
  expect(cluster.events.at(-1)).toBe('Normal WaitForPodScheduled data: waiting for pods p,q to be scheduled');
  await cluster.change('claim', 'data', { metadata: { annotations: { 'volume.kubernetes.io/selected-node': 'n' } } });
  await cluster.settle();
  expect(cluster.events.at(-1)).toBe(EXTERNAL('example.com/disk'));
});

test('a volume that the scheduler has given to a claim is bound to it', async () => {
  const cluster = await wanted('kubernetes.io/no-provisioner', {}, DELAYED);
  await cluster.volume('v', { storageClassName: 'made' });
  await cluster.settle();
  const uid = cluster.readClaim('data')?.metadata.uid;
  const claimRef = { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'data', uid };
  await cluster.change('volume', 'v', { spec: { claimRef } });
  await cluster.settle();
  expect(cluster.state('data')).toBe('Bound to v');
});
