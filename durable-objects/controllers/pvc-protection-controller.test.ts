import { expect, test } from 'vitest';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { PersistentVolumeClaim } from '../../kube/types.ts';
import { pvProtectionController } from './pv-protection-controller.ts';
import { pvcProtectionController } from './pvc-protection-controller.ts';
import { Harness } from './runtime/testing/harness.ts';
import { volumeAttributesClassProtectionController } from './volumeattributesclass-protection-controller.ts';

const CLAIMS = 'persistentvolumeclaims';
const FINALIZERS = ['kubernetes.io/pvc-protection'];

function cluster() {
  const harness = new Harness([
    pvcProtectionController,
    pvProtectionController,
    volumeAttributesClassProtectionController,
  ]);
  const { api } = harness;
  return {
    harness,
    api,
    claim: (name: string, more: object = {}) =>
      api.apply(CLAIMS, {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name, namespace: 'n', finalizers: FINALIZERS, ...more },
        spec: {},
      }),
    pod: (name: string, spec: object) =>
      api.apply('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'n' }, spec }),
    has: async (name: string) => {
      await harness.settle();
      return api.read<PersistentVolumeClaim>(CLAIMS, 'n', name) !== undefined;
    },
  };
}

const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'c' } }];

test('a claim that is deleted goes at once where no pod on a node uses it', async () => {
  const { api, claim, pod, has } = cluster();
  await claim('c');
  await claim('other');
  await pod('waiting', { volumes });
  await api.remove(CLAIMS, 'n', 'c');
  expect([await has('c'), await has('other')]).toEqual([false, true]);
});

test('a claim stays until the last pod that uses it is gone, be it one that has ended', async () => {
  const { api, claim, pod, has, harness } = cluster();
  await claim('c');
  for (const name of ['a', 'b']) await pod(name, { nodeName: 'n1', volumes });
  await api.remove(CLAIMS, 'n', 'c');
  await api.patch('pods', 'n', 'a', { status: { phase: 'Succeeded' } }, true);
  await api.patch('pods', 'n', 'b', { status: { phase: 'Succeeded' } }, true);
  expect(await has('c')).toBe(true);
  await api.remove('pods', 'n', 'a');
  harness.kill();
  expect(await has('c')).toBe(true);
  await api.remove('pods', 'n', 'b');
  expect(await has('c')).toBe(false);
});

test('a claim that was made for a pod goes once the kubelet is done with that pod', async () => {
  const { api, claim, pod, has } = cluster();
  const ephemeral = [{ name: 'data', ephemeral: { volumeClaimTemplate: { spec: {} } } }];
  const { metadata } = await pod('p', { nodeName: 'n1', volumes: ephemeral });
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: metadata.uid, controller: true };
  await claim('p-data', { ownerReferences: [owner] });
  await api.remove(CLAIMS, 'n', 'p-data');
  expect(await has('p-data')).toBe(true);
  const done = { deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 };
  await api.patch('pods', 'n', 'p', { metadata: done });
  expect(await has('p-data')).toBe(false);
  // Another claim that happens to be called so is not the pod's.
  await pod('q', { nodeName: 'n1', volumes: ephemeral });
  await claim('q-data');
  await api.remove(CLAIMS, 'n', 'q-data');
  expect(await has('q-data')).toBe(false);
});

test('objects of before get their finalizer', async () => {
  const { api, harness, claim } = cluster();
  await claim('c', { finalizers: ['example.com/mine'] });
  await harness.settle();
  const { metadata } = api.read<PersistentVolumeClaim>(CLAIMS, 'n', 'c') as PersistentVolumeClaim;
  expect(metadata.finalizers).toEqual(['example.com/mine', ...FINALIZERS]);
});

test('a bound volume stays', async () => {
  const { api, harness } = cluster();
  const metadata = { name: 'v', finalizers: ['kubernetes.io/pv-protection'] };
  const volume = { apiVersion: 'v1', kind: 'PersistentVolume', metadata, status: { phase: 'Bound' } };
  await api.apply('persistentvolumes', volume);
  await api.remove('persistentvolumes', '', 'v');
  await harness.settle();
  expect(api.all<KubeObject>('persistentvolumes/')).toHaveLength(1);
  await api.patch('persistentvolumes', '', 'v', { status: { phase: 'Released' } }, true);
  await harness.settle();
  expect(api.all<KubeObject>('persistentvolumes/')).toHaveLength(0);
});

test('a class of attributes stays while a claim or volume names it', async () => {
  const { api, harness, claim } = cluster();
  const resource = 'volumeattributesclasses.storage.k8s.io';
  const metadata = { name: 'fast', finalizers: ['kubernetes.io/vac-protection'] };
  await api.apply(resource, { apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttributesClass', metadata });
  await claim('c');
  await api.patch(CLAIMS, 'n', 'c', { status: { currentVolumeAttributesClassName: 'fast' } }, true);
  const volume = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'v' } };
  await api.apply('persistentvolumes', { ...volume, spec: { volumeAttributesClassName: 'fast' } });
  await api.remove(resource, '', 'fast');
  const isThere = async () => {
    await harness.settle();
    return api.all(`${resource}/`).length === 1;
  };
  expect(await isThere()).toBe(true);
  const aimedAt = { targetVolumeAttributesClassName: 'fast', status: 'Pending' };
  const changing = { currentVolumeAttributesClassName: null, modifyVolumeStatus: aimedAt };
  await api.patch(CLAIMS, 'n', 'c', { status: changing }, true);
  await api.patch('persistentvolumes', '', 'v', { spec: { volumeAttributesClassName: null } });
  expect(await isThere()).toBe(true);
  await api.patch('persistentvolumes', '', 'v', { spec: { volumeAttributesClassName: 'fast' } });
  await api.patch(CLAIMS, 'n', 'c', { status: { modifyVolumeStatus: null } }, true);
  expect(await isThere()).toBe(true);
  await api.patch('persistentvolumes', '', 'v', { spec: { volumeAttributesClassName: null } });
  expect(await isThere()).toBe(false);
});
