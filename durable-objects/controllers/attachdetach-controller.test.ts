import { expect, test } from 'vitest';
import { TestAttachments } from './attachdetach/testing/cluster.ts';

/** A pod on node `a` whose volume is attached there. */
async function attached(accessModes?: string[]): Promise<TestAttachments> {
  const cluster = new TestAttachments();
  for (const name of ['a', 'b']) await cluster.node(name);
  await cluster.claim('data', accessModes);
  await cluster.pod('p', 'a', 'data');
  await cluster.settle();
  await cluster.attach('data', 'a');
  return cluster;
}

test('a volume is attached to the node of its pod, which is told so', async () => {
  const cluster = new TestAttachments();
  await cluster.node('a');
  await cluster.claim('data');
  await cluster.pod('p', 'a', 'data');
  await cluster.settle();
  expect(cluster.attachment('data', 'a')).toMatchObject({
    spec: { attacher: 'example.com/disk', nodeName: 'a', source: { persistentVolumeName: 'pv-data' } },
  });
  expect([cluster.attached('a'), cluster.events]).toEqual([[], []]);
  await cluster.attach('data', 'a');
  expect(cluster.attached('a')).toEqual(['kubernetes.io/csi/example.com/disk^h-data']);
  expect(cluster.events).toEqual(['SuccessfulAttachVolume p: AttachVolume.Attach succeeded for volume "pv-data" ']);
});

test('a name of an attachment is upstream’s', () => {
  // printf 'h-dataexample.com/diska' | sha256sum
  expect(new TestAttachments().nameOf('data', 'a')).toBe(
    'csi-43b8c650eddd793c1676177b98462279d152a1be73a29a355db438a0b7b7daf9',
  );
});

test('a volume is detached once no pod wants it and its node has unmounted it', async () => {
  const cluster = await attached();
  await cluster.nodeStatus('a', { volumesInUse: [cluster.unique('data')] });
  await cluster.removePod('p');
  await cluster.settle();
  expect(cluster.attachment('data', 'a')).toBeDefined();
  await cluster.nodeStatus('a', { volumesInUse: null });
  expect([cluster.attachment('data', 'a'), cluster.attached('a')]).toEqual([undefined, []]);
});

test('a pod that has ended needs its volume no more', async () => {
  const cluster = await attached();
  await cluster.harness.api.patch('pods', 'default', 'p', { status: { phase: 'Succeeded' } }, true);
  await cluster.settle();
  expect(cluster.attachment('data', 'a')).toBeUndefined();
});

test('a node that is not healthy has six minutes to unmount, one out of service none', async () => {
  const cluster = await attached();
  await cluster.nodeStatus('a', {
    volumesInUse: [cluster.unique('data')],
    conditions: [{ type: 'Ready', status: 'Unknown' }],
  });
  await cluster.removePod('p');
  await cluster.later(355_000);
  expect(cluster.attachment('data', 'a')).toBeDefined();
  await cluster.later(10_000);
  expect(cluster.attachment('data', 'a')).toBeUndefined();

  const tainted = await attached();
  await tainted.nodeStatus('a', { volumesInUse: [tainted.unique('data')] });
  await tainted.removePod('p');
  await tainted.settle();
  await tainted.harness.api.patch('nodes', '', 'a', {
    spec: { taints: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] },
  });
  await tainted.settle();
  expect(tainted.attachment('data', 'a')).toBeUndefined();
});

test('what was attached to a node that is gone is detached after a while', async () => {
  const cluster = await attached();
  await cluster.removePod('p');
  await cluster.harness.api.remove('nodes', '', 'a');
  await cluster.settle();
  await cluster.later(365_000);
  expect(cluster.attachment('data', 'a')).toBeUndefined();
});

test('a volume for one node is attached to a second when the first has let it go', async () => {
  const cluster = await attached();
  await cluster.pod('q', 'b', 'data');
  await cluster.settle();
  expect(cluster.attachment('data', 'b')).toBeUndefined();
  expect(cluster.events.at(-1)).toBe(
    'FailedAttachVolume q: Multi-Attach error for volume "pv-data" Volume is already used by pod(s) p',
  );
  await cluster.removePod('p');
  await cluster.settle();
  expect([cluster.attachment('data', 'a'), cluster.attachment('data', 'b')?.spec?.nodeName]).toEqual([undefined, 'b']);
});

test('of two nodes that want a volume for one node at the same time, one gets it', async () => {
  const cluster = new TestAttachments();
  await cluster.node('a');
  await cluster.node('b');
  await cluster.claim('data');
  await cluster.settle();
  await cluster.pod('p', 'a', 'data');
  await cluster.pod('q', 'b', 'data');
  await cluster.settle();
  const holders = ['a', 'b'].filter((node) => cluster.attachment('data', node));
  expect(holders).toHaveLength(1);
  expect(cluster.events).toEqual([
    expect.stringMatching(/^FailedAttachVolume .: Multi-Attach error for volume "pv-data" /),
  ]);
});

test('a volume that is about to leave its node is waited for in silence', async () => {
  const cluster = await attached();
  const { name } = cluster.attachment('data', 'a')?.metadata ?? {};
  // The driver's attacher has not let go of the disk yet.
  await cluster.harness.api.patch('volumeattachments.storage.k8s.io', '', name ?? '', {
    metadata: { finalizers: ['external-attacher/example-com-disk'] },
  });
  await cluster.removePod('p');
  await cluster.settle();
  expect(cluster.attachment('data', 'a')?.metadata.deletionTimestamp).toBeDefined();
  await cluster.pod('q', 'b', 'data');
  await cluster.settle();
  expect([cluster.attachment('data', 'b'), cluster.events.filter((event) => event.includes(' q: '))]).toEqual([
    undefined,
    [],
  ]);
  await cluster.harness.api.patch('volumeattachments.storage.k8s.io', '', name ?? '', {
    metadata: { finalizers: null },
  });
  await cluster.settle();
  expect(cluster.attachment('data', 'b')).toBeDefined();
});

test('a claim that has the name of a pod’s own one, but is another’s, is not attached for it', async () => {
  const cluster = new TestAttachments();
  await cluster.node('a');
  await cluster.claim('p-scratch');
  await cluster.harness.api.apply('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: { nodeName: 'a', volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: {} } } }] },
  } as never);
  await cluster.settle();
  expect(cluster.attachment('p-scratch', 'a')).toBeUndefined();
});

test('two PersistentVolumes of one handle are one volume', async () => {
  const cluster = await attached();
  await cluster.claim('twin', ['ReadWriteOnce'], 'h-data');
  await cluster.pod('q', 'b', 'twin');
  await cluster.settle();
  expect(cluster.attachment('data', 'b')).toBeUndefined();
  expect(cluster.events.at(-1)).toBe(
    'FailedAttachVolume q: Multi-Attach error for volume "pv-twin" Volume is already used by pod(s) p',
  );
  await cluster.removePod('p');
  await cluster.settle();
  expect(cluster.attachment('data', 'b')?.spec?.source).toEqual({ persistentVolumeName: 'pv-twin' });
});

test('a volume that another node has outlasts its PersistentVolume, and is free once that node lets it go', async () => {
  const cluster = await attached();
  await cluster.nodeStatus('a', { volumesInUse: [cluster.unique('data')] });
  await cluster.claim('twin', ['ReadWriteOnce'], 'h-data');
  await cluster.pod('q', 'b', 'twin');
  await cluster.settle();
  await cluster.harness.api.remove('persistentvolumes', '', 'pv-data');
  await cluster.settle();
  await cluster.pod('r', 'b', 'twin');
  await cluster.settle();
  expect([!!cluster.attachment('data', 'a'), !!cluster.attachment('data', 'b')]).toEqual([true, false]);
  await cluster.nodeStatus('a', { volumesInUse: null });
  expect([!!cluster.attachment('data', 'a'), !!cluster.attachment('data', 'b')]).toEqual([false, true]);
});

test('a shared volume is attached to several nodes', async () => {
  const cluster = await attached(['ReadWriteMany']);
  await cluster.pod('q', 'b', 'data');
  await cluster.settle();
  expect(cluster.attachment('data', 'b')).toBeDefined();
});

test('an attacher that fails, or does nothing, is told of', async () => {
  const cluster = new TestAttachments();
  await cluster.node('a');
  await cluster.claim('data');
  await cluster.pod('p', 'a', 'data');
  await cluster.settle();
  await cluster.later(125_000);
  await cluster.attach('data', 'a', { attached: false, attachError: { message: 'no disk' } });
  expect(cluster.events).toEqual([
    'FailedAttachVolume p: AttachVolume.Attach failed for volume "pv-data" : timed out waiting for external-attacher of example.com/disk CSI driver to attach volume h-data',
    'FailedAttachVolume p: AttachVolume.Attach failed for volume "pv-data" : no disk',
  ]);
});

test('nothing is attached for a driver that does not want it, nor on a node whose kubelet does it', async () => {
  const cluster = new TestAttachments();
  await cluster.node('a');
  await cluster.node('own', { annotations: {} });
  await cluster.driver(false);
  await cluster.claim('data');
  await cluster.pod('p', 'a', 'data');
  await cluster.settle();
  expect(cluster.attachment('data', 'a')).toBeUndefined();
  await cluster.harness.api.remove('csidrivers.storage.k8s.io', '', 'example.com/disk');
  await cluster.claim('more', ['ReadWriteMany']);
  await cluster.pod('q', 'own', 'more');
  await cluster.settle();
  expect([cluster.attachment('data', 'a') !== undefined, cluster.attachment('more', 'own')]).toEqual([true, undefined]);
});

test('attachments that others made, and volumes of other plugins, are left alone', async () => {
  const cluster = await attached();
  const other = { name: 'kubernetes.io/iscsi/x', devicePath: '/dev/x' };
  await cluster.nodeStatus('a', { volumesAttached: [other, { name: cluster.unique('data'), devicePath: '' }] });
  await cluster.harness.api.apply('volumeattachments.storage.k8s.io', {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    metadata: { name: 'by-hand' },
    spec: { attacher: 'example.com/disk', nodeName: 'a', source: { persistentVolumeName: 'pv-data' } },
    status: { attached: true },
  });
  await cluster.removePod('p');
  await cluster.settle();
  expect(cluster.attached('a')).toEqual([other.name]);
  expect(cluster.harness.api.read('volumeattachments.storage.k8s.io', '', 'by-hand')).toBeDefined();
});

test('all of it survives an object that dies at every step', async () => {
  for (let step = 1; step < 25; step++) {
    const cluster = new TestAttachments();
    await cluster.node('a');
    await cluster.claim('data');
    await cluster.pod('p', 'a', 'data');
    for (let done = 0; done < step; done++) await cluster.harness.step(cluster.harness.time.now() + 900);
    cluster.harness.kill();
    await cluster.settle();
    await cluster.attach('data', 'a');
    cluster.harness.kill();
    await cluster.settle();
    expect([cluster.attached('a').length, cluster.events.length]).toEqual([1, 1]);
  }
});
