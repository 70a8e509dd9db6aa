import { expect, test } from 'vitest';
import type { PersistentVolumeClaim } from '../../kube/types.ts';
import { ephemeralVolumeController } from './ephemeral-volume-controller.ts';
import { Harness } from './runtime/testing/harness.ts';

const CLAIMS = 'persistentvolumeclaims';
const template = {
  metadata: { labels: { app: 'x' }, annotations: { note: 'kept' } },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};

function cluster() {
  const harness = new Harness([ephemeralVolumeController]);
  const { api } = harness;
  return {
    harness,
    api,
    pod: (name: string, ...volumes: string[]) =>
      api.apply('pods', {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: 'n' },
        spec: { volumes: volumes.map((volume) => ({ name: volume, ephemeral: { volumeClaimTemplate: template } })) },
      }),
    claims: () => api.all<PersistentVolumeClaim>(`${CLAIMS}/`),
    names: () => api.all<PersistentVolumeClaim>(`${CLAIMS}/`).map(({ metadata }) => metadata.name),
    events: () =>
      api.all<{ reason: string; message: string }>('events/').map(({ reason, message }) => `${reason}: ${message}`),
  };
}

test('a pod gets the claims that its volumes ask for, as they ask for them', async () => {
  const { harness, pod, claims } = cluster();
  const { metadata } = await pod('p', 'a', 'b');
  await harness.settle();
  const owner = {
    apiVersion: 'v1',
    kind: 'Pod',
    name: 'p',
    uid: metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  expect(claims()).toMatchObject(
    ['p-a', 'p-b'].map((name) => ({
      metadata: { name, namespace: 'n', ...template.metadata, ownerReferences: [owner] },
      spec: template.spec,
    })),
  );
});

test('a claim that is deleted comes back while its pod is there', async () => {
  const { harness, api, pod, names } = cluster();
  await pod('p', 'a');
  await harness.settle();
  await api.remove(CLAIMS, 'n', 'p-a');
  await harness.settle();
  expect(names()).toEqual(['p-a']);
  await api.remove('pods', 'n', 'p');
  await api.remove(CLAIMS, 'n', 'p-a');
  await harness.settle();
  expect(names()).toEqual([]);
});

const earlier = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'earlier', controller: true };

test.each([
  ['nobody', []],
  ['an earlier pod', [earlier]],
])('a claim of the name that %s owns is left alone, and told of', async (_, ownerReferences) => {
  const { harness, api, pod, names, events } = cluster();
  await api.apply(CLAIMS, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'p-a', namespace: 'n', ownerReferences },
  });
  await pod('p', 'a', 'b');
  await harness.settle();
  expect(names()).toEqual(['p-a']);
  const told = 'FailedBinding: ephemeral volume a: PVC n/p-a was not created for pod n/p (pod is not owner)';
  expect(events()).toEqual([told]);
  await api.remove(CLAIMS, 'n', 'p-a');
  await harness.settle();
  expect(names()).toEqual(['p-a', 'p-b']);
});

test('claims of a pod that was made while the object was dead are made once it is back', async () => {
  const { harness, pod, names } = cluster();
  await harness.settle();
  harness.die();
  await pod('p', 'a');
  harness.kill();
  await harness.settle();
  expect(names()).toEqual(['p-a']);
});
