import { expect, test } from 'vitest';
import { createErrors } from '../../../testing/strategy.ts';
import { persistentVolume } from '../persistent-volume.ts';
import { pod } from '../pod.ts';

const inPod = (source: object): string[] =>
  createErrors(pod, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'i' }], volumes: [{ name: 'v', ...source }] },
  });

const inVolume = (source: object): string[] =>
  createErrors(persistentVolume, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'v' },
    spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, ...source },
  });

const PAIRS = 'must be a host:port pair or multiple pairs separated by commas';
const BLOB = '"https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"';

test.each<[object, string[]]>([
  [
    { iscsi: { targetPortal: 't', iqn: 'x', lun: 256, chapAuthSession: true } },
    [
      'iscsi.iqn: Invalid value: "x": must be valid format starting with iqn, eui, or naa',
      'iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive',
      'iscsi.secretRef: Required value',
    ],
  ],
  [
    { iscsi: { targetPortal: 't'.repeat(64), iqn: 'iqn.2001-04.com.example:x', lun: 0, initiatorName: 'iqn.bad' } },
    [
      'iscsi.initiatorname: Invalid value: "iqn.bad": must be valid format',
      'name: Invalid value: "v": Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.',
    ],
  ],
  [{ fc: {} }, ['fc.targetWWNs: Required value: must specify either targetWWNs or wwids, but not both']],
  [{ fc: { targetWWNs: ['x'] } }, ['fc.lun: Required value: lun is required if targetWWNs is specified']],
  [
    { quobyte: { registry: 'x', volume: '' } },
    [`quobyte.registry: Invalid value: "x": ${PAIRS}`, 'quobyte.volume: Required value'],
  ],
  [{ quobyte: { registry: 'a:1,[::1]:2', volume: 'v' } }, []],
  [
    { azureDisk: { diskName: 'x', diskURI: 'x' } },
    [`azureDisk.diskURI: Unsupported value: "x": supported values: ${BLOB}`],
  ],
  [{ azureFile: {} }, ['azureFile.secretName: Required value', 'azureFile.shareName: Required value']],
  [
    { gcePersistentDisk: { pdName: '', partition: -1 } },
    [
      'persistentDisk.pdName: Required value',
      'persistentDisk.partition: Invalid value: -1: must be between 1 and 255, inclusive',
    ],
  ],
  [
    { flexVolume: { driver: 'd', options: { 'x.kubernetes.io/y': '' } } },
    [
      'flexVolume.options[x.kubernetes.io/y]: Invalid value: "x.kubernetes.io/y": kubernetes.io and k8s.io namespaces are reserved',
    ],
  ],
  [
    { gitRepo: { repository: '', directory: '/a' } },
    ['gitRepo.repository: Required value', 'gitRepo.directory: Invalid value: "/a": must be a relative path'],
  ],
  [{ configMap: { name: 'x' }, emptyDir: {} }, ['configMap: Forbidden: may not specify more than 1 volume type']],
  [{ cephfs: { monitors: ['m'] }, emptyDir: {} }, ['cephFS: Forbidden: may not specify more than 1 volume type']],
])('a volume of a pod with %j', (source, errors) => {
  expect(inPod(source)).toEqual(errors.map((error) => `spec.volumes[0].${error}`));
});

test.each<[object, string[]]>([
  [{ iscsi: { targetPortal: 't', iqn: 'x', lun: 1 } }, ['spec.iscsi.iqn: Invalid value: "x": must be valid format']],
  [{ cinder: { volumeID: 'x', secretRef: { name: 'a' } } }, ['spec.cinder.secretRef.namespace: Required value']],
  [
    { glusterfs: { endpoints: 'e', path: 'p', endpointsNamespace: '' } },
    [
      'spec.glusterfs.endpointsNamespace: Invalid value: "": if the endpointnamespace is set, it must be a valid namespace name',
    ],
  ],
  [
    { azureFile: { secretName: 's', shareName: 's', secretNamespace: '' } },
    ['spec.azureFile.secretNamespace: Required value'],
  ],
  [{ flexVolume: {} }, ['spec.flexVolume.driver: Required value']],
  [
    { local: { path: '' }, csi: { driver: 'd', volumeHandle: 'h' } },
    [
      'spec.local.path: Required value',
      'spec.nodeAffinity: Required value: Local volume requires node affinity',
      'spec.csi: Forbidden: may not specify more than 1 volume type',
    ],
  ],
])('a persistent volume with %j', (source, errors) => {
  expect(inVolume(source)).toEqual(errors);
});

test.each([
  ['iqn.2001-04.com.example:storage:disk', true],
  ['iqn.x,iqn.2001-04.com.example:a', true],
  ['iqn_iqn.2001-04.a:b', true],
  ['iqn.2001-04.a', false],
  ['iqn.2001-04.a:', false],
  ['iqn.2001-04.:a', false],
  ['iqn.2001-04.a:b c', false],
  ['iqn.2001-04.a_b:c', false],
  ['iqn.2001-04.a:b,c', false],
])('%s is the name of an initiator: %s', (iqn, isOne) => {
  expect(inPod({ iscsi: { targetPortal: 't', iqn, lun: 0 } }).length).toBe(isOne ? 0 : 1);
});

test('a name of an initiator is checked in time that grows with its length', () => {
  const iqn = 'iqn.2001-04.'.repeat(100_000);
  expect(inPod({ iscsi: { targetPortal: 't', iqn, lun: 0 } })).toHaveLength(1);
});
