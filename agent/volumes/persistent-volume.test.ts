import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { Pod } from '../../kube/types.ts';
import { TestFolders, volumeRequest } from '../testing/volumes.ts';
import { removeLocalVolume } from './local-path.ts';
import { VolumeManager } from './manager.ts';

let folders: TestFolders;
beforeEach(() => {
  folders = new TestFolders();
});
afterEach(() => folders[Symbol.asyncDispose]());

const UID = '5a3f0d0e-6a55-4d0c-9d43-0f5f7b1d1c11';
const pod = (volume: object) =>
  ({
    metadata: { name: 'p', namespace: 'default', uid: 'u' },
    spec: { containers: [{ name: 'c' }], volumes: [{ name: 'data', ...volume }] },
  }) as unknown as Pod;
const using = pod({ persistentVolumeClaim: { claimName: 'data' } });

const claim = (more: { metadata?: object; status?: object } = {}): KubeObject =>
  ({
    metadata: { name: 'data', namespace: 'default', uid: UID, ...more.metadata },
    spec: { volumeName: 'v' },
    status: { phase: 'Bound', ...more.status },
  }) as unknown as KubeObject;
const volume = (spec: object, annotations?: object): KubeObject =>
  ({ metadata: { name: 'v', annotations }, spec: { claimRef: { uid: UID }, ...spec } }) as unknown as KubeObject;

const publish = async (what: Pod, objects: Record<string, KubeObject>) =>
  (await new VolumeManager(folders).publish(volumeRequest(what, objects))).get('data');
const bound = (object: KubeObject) => ({ 'persistentvolumeclaims/data': claim(), 'persistentvolumes/v': object });

test('a volume of the cluster’s own is a folder that any user may write to, and keeps what is in it', async () => {
  const path = join(folders.state, `pvc-${UID}_default_data`);
  const local = { 'pv.kubernetes.io/provisioned-by': 'islet.dev/local-path' };
  const objects = bound(volume({ hostPath: { path, type: 'DirectoryOrCreate' } }, local));
  expect(await publish(using, objects)).toEqual({ path, readOnly: false });
  expect(statSync(path).mode & 0o777).toBe(0o777);
  writeFileSync(join(path, 'kept'), '1');
  await publish(using, objects);
  expect(existsSync(join(path, 'kept'))).toBe(true);
  await removeLocalVolume(path);
  await removeLocalVolume(path);
  expect(existsSync(path)).toBe(false);
});

test('nothing but the folder of a volume is ever removed', async () => {
  for (const path of ['/etc', folders.state, `${folders.state}/../pvc-${UID}_a_b`, `pvc-${UID}_a_b`, `/v/pvc-${UID}`]) {
    await expect(removeLocalVolume(path)).rejects.toThrow('is not the folder of a volume');
  }
});

test('paths of the node that are volumes are mounted, for reading alone where the pod says so', async () => {
  const path = join(folders.state, 'disk');
  await expect(publish(using, bound(volume({ local: { path } })))).rejects.toThrow('is not a directory');
  mkdirSync(path);
  expect(await publish(using, bound(volume({ local: { path } })))).toEqual({ path, readOnly: false });
  const reading = pod({ persistentVolumeClaim: { claimName: 'data', readOnly: true } });
  expect(await publish(reading, bound(volume({ hostPath: { path } })))).toEqual({ path, readOnly: true });
});

const elsewhere = {
  required: {
    nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['m'] }] }],
  },
};

test.each<[string, Record<string, KubeObject>, string]>([
  ['no claim', {}, 'failed to fetch PVC from API server'],
  [
    'a claim without a volume',
    { 'persistentvolumeclaims/data': claim({ status: { phase: 'Pending' } }) },
    'non-bound phase',
  ],
  ['a volume that is gone', { 'persistentvolumeclaims/data': claim() }, 'failed to fetch PV v from API server'],
  ['a volume of another claim', bound(volume({ claimRef: { uid: 'x' } })), 'incorrect pv.Spec.ClaimRef.UID'],
  [
    'a volume of another node',
    bound(volume({ hostPath: { path: '/' }, nodeAffinity: elsewhere })),
    'no matching NodeSelectorTerms',
  ],
  [
    'a driver',
    bound(volume({ csi: { driver: 'd' } })),
    'persistent volumes of kind csi are not built into this node agent yet',
  ],
])('%s is an error that says so', async (_name, objects, message) => {
  await expect(publish(using, objects)).rejects.toThrow(message);
});

test('a claim that is named after the pod must be its own', async () => {
  const path = join(folders.state, 'disk');
  mkdirSync(path);
  const owned = { ownerReferences: [{ controller: true, uid: 'u' }] };
  const objects = (metadata: object) => ({
    'persistentvolumeclaims/p-data': claim({ metadata }),
    'persistentvolumes/v': volume({ hostPath: { path } }),
  });
  expect(await publish(pod({ ephemeral: {} }), objects(owned))).toEqual({ path, readOnly: false });
  await expect(publish(pod({ ephemeral: {} }), objects({}))).rejects.toThrow('(pod is not owner)');
});
