import type { Json } from '../../mutations.ts';
import { create, patch, patchPods, remove, type Scenario, together, wait } from '../scenario.ts';
import { pod } from './objects.ts';

/** Of a class of the scenario's own, so that claims of others are left alone. */
const CLASS = { storageClassName: 'NAMESPACE-manual' };

const sized = (storage: string): Json => ({ capacity: { storage } });
const asking = (storage: string): Json => ({ resources: { requests: { storage } } });

function volume(number: number, spec: Json = {}, metadata: Json = {}): Json {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `NAMESPACE-v${number}`, ...metadata },
    spec: {
      ...CLASS,
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: `/data/v${number}` },
      ...spec,
    },
  };
}

function claim(name: string, spec: Json = {}, metadata: Json = {}): Json {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, ...metadata },
    spec: { ...CLASS, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  };
}

const storageClass = (provisioner: string, more: Json = {}): Json => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'NAMESPACE-manual' },
  provisioner,
  ...more,
});
const DRIVER = { hostPath: null, csi: { driver: 'disk.example.com', volumeHandle: 'NAMESPACE-h' } };
const DELAYED = { volumeBindingMode: 'WaitForFirstConsumer' };
const VOLUME = 'persistentvolumes/NAMESPACE-v1';
const CLAIM = 'persistentvolumeclaims/data';

const using = (name: string, claimName = 'data'): Json =>
  pod(name, {}, { volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }] });

const ephemeral = (name: string): Json => {
  const template = { metadata: { labels: { app: 'scratch' }, annotations: { note: 'kept' } }, spec: claim('').spec };
  return pod(name, {}, { volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate: template } }] });
};

/** Lets the binder look at the volumes before there is a claim. */
const settled = (...volumes: Json[]): ReturnType<typeof together> => together(create(...volumes), wait(2));
/** Upstream looks at everything anew after this. */
const RESYNC = 17;

const reclaimed = (name: string, spec: Json, metadata: Json = {}): Scenario => ({
  name: `volumes-${name}`,
  steps: [settled(volume(1, spec, metadata)), create(claim('data')), together(remove(CLAIM), wait(RESYNC))],
});

export const volumes: Scenario[] = [
  {
    name: 'volumes-smallest',
    steps: [
      settled(volume(1, sized('10Gi')), volume(2, sized('5Gi')), volume(3, sized('1Gi'))),
      create(claim('data', asking('2Gi'))),
      create(claim('more', asking('8Gi'))),
      create(claim('huge', asking('80Gi'))),
    ],
  },
  {
    name: 'volumes-modes',
    steps: [
      settled(volume(1, { accessModes: ['ReadWriteOnce', 'ReadWriteMany'] }), volume(2, sized('9Gi'))),
      create(claim('data')),
      create(claim('shared', { accessModes: ['ReadWriteMany'] })),
    ],
  },
  {
    name: 'volumes-selector',
    steps: [
      settled(volume(1), volume(2, {}, { labels: { tier: 'a' } })),
      create(claim('data', { selector: { matchLabels: { tier: 'a' } } })),
    ],
  },
  {
    name: 'volumes-kept-for-claim',
    steps: [
      settled(volume(1, { claimRef: { namespace: 'NAMESPACE', name: 'data' } })),
      create(claim('other')),
      create(claim('data')),
    ],
  },
  {
    name: 'volumes-named-by-claim',
    steps: [
      create(claim('data', { volumeName: 'NAMESPACE-v1' })),
      together(create(volume(1)), wait(RESYNC)),
      together(create(claim('late', { volumeName: 'NAMESPACE-v1' })), wait(2)),
    ],
  },
  {
    name: 'volumes-named-but-small',
    steps: [settled(volume(1)), create(claim('data', { volumeName: 'NAMESPACE-v1', ...asking('2Gi') }))],
  },
  {
    name: 'volumes-lost',
    steps: [
      settled(volume(1)),
      create(claim('data')),
      remove(VOLUME),
      patch(VOLUME, { metadata: { finalizers: null } }),
    ],
  },
  {
    name: 'volumes-late-class',
    steps: [create(claim('data')), together(create(storageClass('example.com/disk')), wait(RESYNC))],
  },
  ...['kubernetes.io/no-provisioner', 'kubernetes.io/host-path', 'kubernetes.io/nfs', 'kubernetes.io/gce-pd'].map(
    (provisioner): Scenario => ({
      name: `volumes-by-${provisioner.slice('kubernetes.io/'.length)}`,
      steps: [create(storageClass(provisioner)), create(claim('data'))],
    }),
  ),
  {
    name: 'volumes-wait-for-consumer',
    steps: [
      create(storageClass('kubernetes.io/no-provisioner', DELAYED)),
      settled(volume(1), volume(2, sized('3Gi'))),
      create(claim('data')),
      create(using('one')),
      create(claim('more', asking('2Gi'))),
      create(using('two', 'more')),
    ],
  },
  {
    name: 'volumes-wait-for-provisioner',
    steps: [create(storageClass('example.com/disk', DELAYED)), create(claim('data')), create(using('one'))],
  },
  reclaimed('retain', {}),
  reclaimed('delete-elsewhere', { persistentVolumeReclaimPolicy: 'Delete' }),
  reclaimed('delete-in-tmp', { persistentVolumeReclaimPolicy: 'Delete', hostPath: { path: '/tmp/islet-suite/v1' } }),
  reclaimed('delete-nfs', {
    persistentVolumeReclaimPolicy: 'Delete',
    hostPath: null,
    nfs: { server: 'nfs.example.com', path: '/' },
  }),
  reclaimed('delete-local', {
    persistentVolumeReclaimPolicy: 'Delete',
    hostPath: null,
    local: { path: '/l' },
    nodeAffinity: {
      required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'Exists' }] }] },
    },
  }),
  reclaimed(
    'delete-external',
    { persistentVolumeReclaimPolicy: 'Delete' },
    { annotations: { 'pv.kubernetes.io/provisioned-by': 'example.com/disk' } },
  ),
  reclaimed(
    'delete-in-tree',
    { persistentVolumeReclaimPolicy: 'Delete' },
    { annotations: { 'pv.kubernetes.io/provisioned-by': 'kubernetes.io/nobody' } },
  ),
  reclaimed(
    'delete-migrated',
    { persistentVolumeReclaimPolicy: 'Delete' },
    { annotations: { 'pv.kubernetes.io/provisioned-by': 'kubernetes.io/gce-pd' } },
  ),
  reclaimed('recycle-local', {
    persistentVolumeReclaimPolicy: 'Recycle',
    hostPath: null,
    local: { path: '/l' },
    nodeAffinity: {
      required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'Exists' }] }] },
    },
  }),
  ...[{}, { hostPath: null, gcePersistentDisk: { pdName: 'disk' } }].map(
    (source, index): Scenario => ({
      name: `volumes-expand-${index}`,
      steps: [
        create(storageClass('example.com/disk', { allowVolumeExpansion: true })),
        settled(volume(1, source)),
        create(claim('data')),
        patch(CLAIM, { spec: asking('2Gi') }),
        patch(`${CLAIM}/status`, { status: { capacity: { storage: '2Gi' } } }, 'merge'),
      ],
    }),
  ),
  {
    name: 'volumes-attributes',
    steps: [
      settled(volume(1), volume(2, { volumeAttributesClassName: 'gold', ...DRIVER })),
      create(claim('data', { volumeAttributesClassName: 'gold' })),
      create(claim('plain')),
    ],
  },
  {
    name: 'volumes-ephemeral',
    steps: [
      settled(volume(1)),
      create(ephemeral('one')),
      remove('persistentvolumeclaims/one-scratch'),
      remove('pods/one'),
    ],
  },
  {
    name: 'volumes-ephemeral-of-another',
    steps: [create(claim('one-scratch')), create(ephemeral('one')), remove('persistentvolumeclaims/one-scratch')],
  },
  {
    name: 'volumes-used-claim',
    steps: [
      settled(volume(1)),
      create(claim('data'), using('one')),
      remove(CLAIM),
      patchPods({}, { metadata: { annotations: { 'suite/run': 'succeed' } } }),
      remove('pods/one'),
    ],
  },
];
