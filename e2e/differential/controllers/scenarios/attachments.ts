import { setTimeout } from 'node:timers/promises';
import type { Json } from '../../mutations.ts';
import { create, patch, patchPods, remove, type Scenario, type Step, together, wait } from '../scenario.ts';
import { pod } from './objects.ts';

const ATTACHMENTS = '/apis/storage.k8s.io/v1/volumeattachments';
const MERGE = 'application/merge-patch+json';
const FINALIZERS = ['external-attacher/example-com'];

/** A volume of a driver, kept for a claim. */
function volume(number: number, claim: string, accessModes = ['ReadWriteOnce']): Json {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `NAMESPACE-v${number}` },
    spec: {
      storageClassName: 'NAMESPACE-manual',
      capacity: { storage: '1Gi' },
      accessModes,
      claimRef: { namespace: 'NAMESPACE', name: claim },
      csi: { driver: 'disk.example.com', volumeHandle: `NAMESPACE-handle-${number}` },
    },
  };
}

function claim(name: string, accessModes = ['ReadWriteOnce']): Json {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { storageClassName: 'NAMESPACE-manual', accessModes, resources: { requests: { storage: '1Gi' } } },
  };
}

const using = (name: string, claimName: string, node = 1): Json =>
  pod(
    name,
    {},
    {
      nodeSelector: { 'kubernetes.io/hostname': `NAMESPACE-n${node}` },
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }],
    },
  );

const managed = (node = 1): Step =>
  patch(`nodes/NAMESPACE-n${node}`, {
    metadata: { annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' } },
  });

/** The driver's attacher: attachments get its finalizer and a status; those being deleted are let go. */
function attacher(status: Json): Step {
  return {
    name: `the attacher says ${JSON.stringify(status)}`,
    async run({ side, namespace }) {
      const { items } = await side.must('GET', ATTACHMENTS);
      for (const { metadata, spec } of items as Json[]) {
        if (!spec.nodeName.startsWith(`${namespace}-n`)) continue;
        const path = `${ATTACHMENTS}/${metadata.name}`;
        const finalizers = metadata.deletionTimestamp ? null : FINALIZERS;
        await side.must('PATCH', path, { metadata: { finalizers } }, MERGE);
        if (finalizers) await side.must('PATCH', `${path}/status`, { status }, MERGE);
      }
    },
  };
}

/** Keeps what a node is told in a ConfigMap, which is compared. */
function note(step: number, node = 1): Step {
  return {
    name: `what node ${node} is told`,
    async run({ side, namespace }) {
      await setTimeout(2000);
      const { status } = await side.must('GET', `/api/v1/nodes/${namespace}-n${node}`);
      const attached = (status.volumesAttached ?? []).map(({ name, devicePath }: Json) => ({ name, devicePath }));
      const data = { attached: JSON.stringify(attached) };
      const metadata = { name: `noted-${step}` };
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
      await side.must('POST', `/api/v1/namespaces/${namespace}/configmaps`, object);
    },
  };
}

const inUse = (names: string[] | null, node = 1): Step =>
  patch(`nodes/NAMESPACE-n${node}/status`, { status: { volumesInUse: names } }, 'merge');
const ATTACHED = { attached: true };
const OUT_OF_SERVICE = {
  op: 'add',
  path: '/spec/taints/-',
  value: { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' },
};
const staying = (object: Json): Json => ({
  ...object,
  metadata: { ...object.metadata, annotations: { 'suite/stay': '1' } },
});
const UNIQUE = 'kubernetes.io/csi/disk.example.com^NAMESPACE-handle-1';
const ended = patchPods({}, { metadata: { annotations: { 'suite/run': 'succeed' } } });

export const attachments: Scenario[] = [
  {
    name: 'attach-and-detach',
    steps: [
      managed(),
      together(create(volume(1, 'data'), claim('data')), wait(2)),
      create(using('one', 'data')),
      attacher(ATTACHED),
      note(1),
      remove('pods/one'),
      note(2),
      attacher(ATTACHED),
    ],
  },
  {
    name: 'attach-in-use',
    steps: [
      managed(),
      together(create(volume(1, 'data'), claim('data')), wait(2)),
      create(using('one', 'data')),
      together(attacher(ATTACHED), wait(1), inUse([UNIQUE])),
      ended,
      note(1),
      inUse(null),
      note(2),
      attacher(ATTACHED),
    ],
  },
  {
    name: 'attach-fails',
    steps: [
      managed(),
      together(create(volume(1, 'data'), claim('data')), wait(2)),
      create(using('one', 'data')),
      together(attacher({ attached: false, attachError: { message: 'no such disk' } }), wait(3)),
      together(attacher({ attached: true, attachError: null }), wait(8)),
      note(1),
      remove('pods/one'),
      attacher(ATTACHED),
    ],
  },
  {
    name: 'attach-to-two',
    nodes: 2,
    steps: [
      managed(1),
      managed(2),
      together(create(volume(1, 'data'), claim('data')), wait(2)),
      create(using('one', 'data', 1)),
      together(attacher(ATTACHED), wait(2)),
      together(create(using('two', 'data', 2)), wait(2)),
      remove('pods/one'),
      together(attacher(ATTACHED), wait(3)),
      attacher(ATTACHED),
      note(1, 2),
      remove('pods/two'),
      attacher(ATTACHED),
    ],
  },
  {
    name: 'attach-after-leaving',
    nodes: 2,
    steps: [
      managed(1),
      managed(2),
      together(create(volume(1, 'data'), claim('data')), wait(2)),
      create(using('one', 'data', 1)),
      together(attacher(ATTACHED), wait(2)),
      // The attacher has not let go of the disk when the next pod comes.
      together(remove('pods/one'), wait(2)),
      together(create(using('two', 'data', 2)), wait(4)),
      together(attacher(ATTACHED), wait(3)),
      attacher(ATTACHED),
      note(1, 2),
      remove('pods/two'),
      attacher(ATTACHED),
    ],
  },
  {
    name: 'attach-shared',
    nodes: 2,
    steps: [
      managed(1),
      managed(2),
      together(create(volume(1, 'data', ['ReadWriteMany']), claim('data', ['ReadWriteMany'])), wait(2)),
      create(using('one', 'data', 1), using('two', 'data', 2)),
      attacher(ATTACHED),
      note(1, 1),
      note(2, 2),
      remove('pods/one'),
      remove('pods/two'),
      attacher(ATTACHED),
    ],
  },
  {
    name: 'attach-out-of-service',
    nodes: 2,
    steps: [
      managed(1),
      managed(2),
      together(create(volume(1, 'data'), claim('data')), wait(2)),
      create(staying(using('one', 'data', 1))),
      together(attacher(ATTACHED), wait(1), inUse([UNIQUE])),
      together(patch('nodes/NAMESPACE-n1', { metadata: { annotations: { 'suite/ready': 'False' } } }), wait(18)),
      // It is volumes in use that upstream waits for, until the node says that it is out of service.
      together(remove('pods/one'), wait(3)),
      together(patch('nodes/NAMESPACE-n1', [OUT_OF_SERVICE], 'json'), wait(45)),
      together(attacher(ATTACHED), wait(3)),
      together(create(using('two', 'data', 2)), wait(3)),
      attacher(ATTACHED),
      note(1, 2),
    ],
  },
  {
    name: 'attach-unmanaged',
    steps: [together(create(volume(1, 'data'), claim('data')), wait(2)), create(using('one', 'data')), note(1)],
  },
];
