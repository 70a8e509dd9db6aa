import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { TestVolumes } from './testing/volumes.ts';

/** A volume whose claim was deleted. */
async function released(policy: string, spec: object = {}, metadata: object = {}): Promise<TestVolumes> {
  const cluster = new TestVolumes();
  await cluster.volume('v', { persistentVolumeReclaimPolicy: policy, ...spec }, metadata);
  await cluster.settle();
  await cluster.claim('data');
  await cluster.settle();
  await cluster.remove('claim', 'data');
  return cluster.settle();
}

test('a retained volume is released, and stays as it is for a new claim of the name', async () => {
  const cluster = await released('Retain');
  await cluster.claim('data');
  await cluster.settle();
  expect([cluster.phase('v'), cluster.state('data')]).toEqual(['Released', 'Pending']);
});

test('a volume on a host is deleted beneath /tmp alone', async () => {
  const gone = await released('Delete', { hostPath: { path: '/tmp/v' } });
  expect(gone.readVolume('v')).toBeUndefined();
  const kept = await released('Delete');
  expect(kept.readVolume('v')?.status).toMatchObject({
    phase: 'Failed',
    message: 'host_path deleter only supports /tmp/.+ but received provided /data/v',
  });
  expect(kept.events).toEqual([
    'Warning VolumeFailedDelete v: host_path deleter only supports /tmp/.+ but received provided /data/v',
  ]);
});

test('a volume that no plugin can delete has failed; one of a driver or an external provisioner waits for it', async () => {
  const source = { hostPath: undefined, nfs: { server: 's', path: '/' } };
  const nfs = await released('Delete', source);
  expect(nfs.events).toEqual([
    'Warning VolumeFailedDelete v: error getting deleter volume plugin for volume "v": no deletable volume plugin matched',
  ]);
  const local = await released('Delete', { hostPath: undefined, local: { path: '/l' } });
  expect(local.readVolume('v')?.status?.message).toBe(
    'error getting deleter volume plugin for volume "v": no volume plugin matched',
  );
  const byNobody = { annotations: { 'pv.kubernetes.io/provisioned-by': 'kubernetes.io/nobody' } };
  const inTree = await released('Delete', source, byNobody);
  expect(inTree.events.at(-1)).toBe(
    'Warning VolumeFailedDelete v: no volume plugin matched name: kubernetes.io/nobody',
  );
  const byHost = { annotations: { 'pv.kubernetes.io/provisioned-by': 'kubernetes.io/host-path' } };
  expect((await released('Delete', source, byHost)).readVolume('v')?.status?.message).toBe(
    'failed to create deleter for volume "v": spec.PersistentVolumeSource.HostPath is nil',
  );
  expect(inTree.readVolume('v')?.metadata.finalizers).toEqual(['kubernetes.io/pv-controller']);
  const external = { annotations: { 'pv.kubernetes.io/provisioned-by': 'example.com/made' } };
  for (const cluster of [
    await released('Delete', source, external),
    await released('Delete', { hostPath: undefined, csi: { driver: 'd', volumeHandle: 'h' } }),
  ]) {
    expect([cluster.phase('v'), cluster.events]).toEqual(['Released', []]);
  }
});

const recycler = (cluster: TestVolumes): Pod | undefined => {
  return cluster.harness.api.read<Pod>('pods', 'default', 'recycler-for-v');
};
const end = (cluster: TestVolumes, status: object): Promise<void> => {
  return cluster.harness.api.patch('pods', 'default', 'recycler-for-v', { status }, true);
};

test('a recycled volume is emptied by a pod, and is free again', async () => {
  const cluster = await released('Recycle', { capacity: { storage: '4Gi' } });
  expect(cluster.phase('v')).toBe('Released');
  expect(recycler(cluster)?.spec).toMatchObject({
    activeDeadlineSeconds: 120,
    restartPolicy: 'Never',
    volumes: [{ name: 'vol', hostPath: { path: '/data/v' } }],
  });
  await end(cluster, { phase: 'Succeeded' });
  await cluster.settle();
  expect([cluster.phase('v'), recycler(cluster), cluster.readVolume('v')?.spec?.claimRef]).toEqual([
    'Available',
    undefined,
    undefined,
  ]);
  expect(cluster.events).toEqual(['Normal VolumeRecycled v: Volume recycled']);
});

test('a volume that cannot be recycled has failed, and is tried again later', async () => {
  const cluster = await released('Recycle');
  await end(cluster, { phase: 'Failed', message: 'no disk' });
  await cluster.settle();
  expect(cluster.readVolume('v')?.status).toMatchObject({
    phase: 'Failed',
    message: 'Recycle failed: failed to recycle volume: no disk',
  });
  expect(recycler(cluster)).toBeUndefined();
  await cluster.later(10_000);
  await cluster.change('volume', 'v', { metadata: { labels: { a: 'b' } } });
  await cluster.settle();
  expect(recycler(cluster)).toBeUndefined();
  await cluster.later(6000);
  await end(cluster, { phase: 'Succeeded' });
  await cluster.settle();
  expect(cluster.phase('v')).toBe('Available');
  const none = await released('Recycle', { hostPath: undefined, local: { path: '/l' } });
  expect(none.events).toEqual(['Warning VolumeFailedRecycle v: No recycler plugin found for the volume!']);
});

test('a pod that had the recycler’s name before is no proof that the volume is empty', async () => {
  const cluster = new TestVolumes();
  await cluster.volume('v', { persistentVolumeReclaimPolicy: 'Recycle' });
  await cluster.settle();
  await cluster.claim('data');
  await cluster.harness.api.apply('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'recycler-for-v', namespace: 'default' },
    status: { phase: 'Succeeded' },
  } as never);
  await cluster.later(60_000);
  const now = new Date(cluster.harness.time.now()).toISOString();
  await cluster.change('volume', 'v', { status: { lastPhaseTransitionTime: now } }, true);
  await cluster.remove('claim', 'data');
  await cluster.settle();
  expect([cluster.phase('v'), recycler(cluster), cluster.events]).toEqual([
    'Failed',
    undefined,
    ['Warning VolumeFailedRecycle v: Recycle failed: old recycler pod found, will retry later'],
  ]);
  await cluster.later(20_000);
  await end(cluster, { phase: 'Succeeded' });
  await cluster.settle();
  expect(cluster.phase('v')).toBe('Available');
});

test('a volume is not recycled while a pod runs with it', async () => {
  const cluster = new TestVolumes();
  await cluster.volume('v', { persistentVolumeReclaimPolicy: 'Recycle' });
  await cluster.settle();
  await cluster.claim('data');
  await cluster.pod('p', 'data', { spec: { nodeName: 'n' }, status: { phase: 'Running' } });
  await cluster.settle();
  await cluster.remove('claim', 'data');
  await cluster.settle();
  expect(cluster.events).toEqual(['Normal VolumeFailedRecycle v: Volume is used by pods: default/p']);
  await cluster.harness.api.remove('pods', 'default', 'p');
  await cluster.settle();
  expect(recycler(cluster)).toBeDefined();
});
