import { expect, test } from 'vitest';
import { created, createErrors, updateErrors } from '../../testing/strategy.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../types.ts';
import { persistentVolume } from './persistent-volume.ts';
import { persistentVolumeClaim } from './persistent-volume-claim.ts';

const volume = (spec: object): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'v' },
  spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, ...spec },
});

test('only volumes that are mounted with options have the annotation that names them', () => {
  const annotated = (source: object): PersistentVolume => ({
    ...volume(source),
    metadata: { name: 'v', annotations: { 'volume.beta.kubernetes.io/mount-options': 'ro' } },
  });
  expect(createErrors(persistentVolume, annotated({ hostPath: { path: '/x' } }))).toEqual([
    'metadata.annotations.volume.beta.kubernetes.io/mount-options: Forbidden: may not specify mount options for this volume type',
  ]);
  expect(createErrors(persistentVolume, annotated({ nfs: { server: 's', path: '/p' } }))).toEqual([]);
});

test.each<[object, string[]]>([
  [{ hostPath: { path: '/x' } }, []],
  [{}, ['spec: Required value: must specify a volume type']],
  [{ hostPath: { path: '' } }, ['spec.hostPath.path: Required value']],
  [
    { hostPath: { path: '/x' }, nfs: { server: 's', path: '/p' } },
    ['spec.nfs: Forbidden: may not specify more than 1 volume type'],
  ],
  [{ csi: { driver: 'd.x' } }, ['spec.csi.volumeHandle: Required value']],
  [
    { hostPath: { path: '/x' }, nodeAffinity: {} },
    ['spec.nodeAffinity.required: Required value: must specify required node constraints'],
  ],
  [
    { hostPath: { path: '/x' }, capacity: { storage: '0' } },
    ['spec.capacity[storage]: Invalid value: "0": must be greater than zero'],
  ],
  [
    { hostPath: { path: '/' }, persistentVolumeReclaimPolicy: 'Recycle' },
    ["spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"],
  ],
])('a volume with %j', (spec, errors) => {
  expect(createErrors(persistentVolume, volume(spec))).toEqual(errors);
});

test('the source of a volume stays', () => {
  const errors = updateErrors(persistentVolume, volume({ hostPath: { path: '/x' } }), ({ spec }) =>
    Object.assign(spec ?? {}, { hostPath: { path: '/y', type: '' } }),
  );
  expect(errors).toEqual([
    'spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n- hostPath.path: "/x"\n+ hostPath.path: "/y"',
  ]);
});

test('the two sources of a claim say the same, and the older one takes claims and snapshots alone', () => {
  const claim = (spec: object): PersistentVolumeClaim => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c' },
    spec,
  });
  const source = { kind: 'PersistentVolumeClaim', name: 'o' };
  const of = (spec: object) => created(persistentVolumeClaim, claim(spec)).spec;
  expect(of({ dataSource: source })?.dataSourceRef).toEqual(source);
  expect(of({ dataSourceRef: source })?.dataSource).toEqual(source);
  expect(of({ dataSource: { kind: 'Pod', name: 'o' } })?.dataSource).toBeUndefined();
  expect(of({ dataSourceRef: { ...source, namespace: 'n' } })?.dataSource).toBeUndefined();
});

test.each([
  ['/', true],
  ['//./', true],
  ['/.x', false],
  ['/...', false],
  // An expression that goes back would take centuries.
  [`${'/'.repeat(200)}x`, false],
])('a hostPath of %s is the root: %s', (path, isRoot) => {
  const recycled = volume({ hostPath: { path }, persistentVolumeReclaimPolicy: 'Recycle' });
  expect(createErrors(persistentVolume, recycled).length).toBe(isRoot ? 1 : 0);
});
