import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { PersistentVolumeClaim } from '../../../../kube/types.ts';
import { type TestApi, testApi } from '../../testing/harness.ts';
import { MERGE } from '../../testing/objects.ts';

type PVC = PersistentVolumeClaim;

const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';
const CLASSES = '/apis/storage.k8s.io/v1/storageclasses';
const DEFAULT = { 'storageclass.kubernetes.io/is-default-class': 'true' };

const claim = (name: string, spec: object = {}, annotations = {}) => ({
  metadata: { name, annotations },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});
const storageClass = (name: string, annotations: object = {}, more: object = {}) => ({
  metadata: { name, annotations },
  provisioner: 'example.com/disk',
  ...more,
});

test('a claim that names no class gets the newest default, and of two that are as new the first by name', async () => {
  const { create, clock } = await testApi();
  const classOf = async (name: string, spec?: object, annotations?: object) =>
    (await create<PVC>(CLAIMS, claim(name, spec, annotations))).spec?.storageClassName;
  expect(await classOf('none')).toBeUndefined();
  await create(CLASSES, storageClass('plain', { 'storageclass.kubernetes.io/is-default-class': 'false' }));
  expect(await classOf('still-none')).toBeUndefined();
  await create(CLASSES, storageClass('old', { 'storageclass.beta.kubernetes.io/is-default-class': 'true' }));
  expect(await classOf('one')).toBe('old');
  clock.time += 1000;
  await create(CLASSES, storageClass('newer-b', DEFAULT));
  await create(CLASSES, storageClass('newer-a', DEFAULT));
  expect(await classOf('two')).toBe('newer-a');
  expect(await classOf('chosen', { storageClassName: 'plain' })).toBe('plain');
  expect(await classOf('empty', { storageClassName: '' })).toBe('');
  expect(await classOf('annotated', {}, { 'volume.beta.kubernetes.io/storage-class': 'x' })).toBeUndefined();
});

async function resized({ create, call }: TestApi, phase: string, storageClassName: string | undefined) {
  await create(CLAIMS, claim('c', storageClassName === undefined ? {} : { storageClassName }));
  await call(`PATCH ${CLAIMS}/c/status`, { headers: MERGE, body: { status: { phase } } });
  const patch = (storage: string) =>
    call(`PATCH ${CLAIMS}/c`, { headers: MERGE, body: { spec: { resources: { requests: { storage } } } } });
  const reply = await patch('2Gi');
  return [reply.status, reply.body.message];
}

const forbidden = (why: string): string => `persistentvolumeclaims "c" is forbidden: ${why}`;
const NO_CLASS = forbidden(
  'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
);

test.each<[phase: string, name: string | undefined, answer: [number, string?]]>([
  ['Bound', 'grows', [200, undefined]],
  ['Bound', 'fixed', [403, NO_CLASS]],
  ['Bound', 'gone', [403, NO_CLASS]],
  ['Bound', undefined, [403, NO_CLASS]],
])('a claim that is %s and of class %s grows, or not', async (phase, name, answer) => {
  const api = await testApi();
  await api.create(CLASSES, storageClass('grows', {}, { allowVolumeExpansion: true }));
  await api.create(CLASSES, storageClass('fixed'));
  expect(await resized(api, phase, name)).toEqual(answer);
});

test('validation keeps the size of a claim that is not bound, before admission is asked', async () => {
  const api = await testApi();
  await api.create(CLASSES, storageClass('grows', {}, { allowVolumeExpansion: true }));
  const [status, message] = await resized(api, 'Pending', 'grows');
  expect([status, message]).toEqual([422, expect.stringContaining('for bound claims')]);
});

test('volumes, claims and attributes classes are protected from the start', async () => {
  const { create } = await testApi();
  const finalizers = async (path: string, body: object) => (await create<KubeObject>(path, body)).metadata.finalizers;
  expect(await finalizers(CLAIMS, claim('c'))).toEqual(['kubernetes.io/pvc-protection']);
  const spec = {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    csi: { driver: 'example.com', volumeHandle: 'v' },
  };
  const own = ['example.com/mine', 'kubernetes.io/pv-protection'];
  const volumes = '/api/v1/persistentvolumes';
  expect(await finalizers(volumes, { metadata: { name: 'v', finalizers: own }, spec })).toEqual(own);
  const attributes = { metadata: { name: 'a' }, driverName: 'example.com', parameters: { a: 'b' } };
  expect(await finalizers('/apis/storage.k8s.io/v1/volumeattributesclasses', attributes)).toEqual([
    'kubernetes.io/vac-protection',
  ]);
});
