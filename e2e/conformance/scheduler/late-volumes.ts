/** Claims of classes that wait for a consumer, and volumes that are free. */
import type { Json } from './scenario.ts';

const WAITING = { volumeBindingMode: 'WaitForFirstConsumer', reclaimPolicy: 'Delete' };
const inZone = (zone: string): Json => [{ matchLabelExpressions: [{ key: 'zone', values: [zone] }] }];

/** Shared by all scenarios. */
export const STORAGE_CLASSES: readonly Json[] = [
  { metadata: { name: 'late' }, provisioner: 'kubernetes.io/no-provisioner' },
  { metadata: { name: 'made' }, provisioner: 'example.com/disk' },
  { metadata: { name: 'made-z0' }, provisioner: 'example.com/disk', allowedTopologies: inZone('z0') },
].map((spec) => ({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', ...WAITING, ...spec }));

export interface Chance {
  below(limit: number): number;
  maybe(probability: number): boolean;
  pick<T>(...choices: T[]): T;
}

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

/** Each volume has a size of its own: of equal ones upstream takes any. */
export function lateVolumes(chance: Chance, nodes: string[]): { claims: Json[]; volumes: Json[] } {
  return {
    claims: times(1 + chance.below(3), (i) => claim(chance, i, nodes)),
    volumes: times(chance.below(5), (i) => volume(chance, i, nodes)),
  };
}

function claim({ maybe, pick, below }: Chance, i: number, nodes: string[]): Json {
  const annotations = maybe(0.1) ? { 'volume.kubernetes.io/selected-node': pick(...nodes, 'gone') } : {};
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: `w${i}`, annotations },
    spec: {
      accessModes: pick(['ReadWriteOnce'], ['ReadWriteOnce'], ['ReadWriteMany']),
      resources: { requests: { storage: `${1 + below(4)}Gi` } },
      storageClassName: pick('late', 'late', 'late', 'made', 'made-z0'),
      ...(maybe(0.1) ? { selector: { matchLabels: { tier: 'a' } } } : {}),
      ...(maybe(0.1) ? { volumeMode: 'Block' } : {}),
    },
    status: { phase: 'Pending' },
  };
}

function volume({ maybe, pick }: Chance, i: number, nodes: string[]): Json {
  const key = pick('zone', 'kubernetes.io/hostname');
  const terms = [{ matchExpressions: [{ key, operator: 'In', values: [pick('z0', 'z1', ...nodes), pick(...nodes)] }] }];
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `f${i}`, labels: maybe(0.4) ? { tier: 'a' } : {} },
    spec: {
      capacity: { storage: `${i + 1}Gi` },
      accessModes: pick(['ReadWriteOnce'], ['ReadWriteOnce', 'ReadWriteMany']),
      hostPath: { path: '/data' },
      storageClassName: pick('late', 'late', 'late', 'made'),
      ...(maybe(0.1) ? { volumeMode: 'Block' } : {}),
      ...(maybe(0.1) ? { claimRef: { namespace: 'default', name: pick('w0', 'w1', 'x') } } : {}),
      ...(maybe(0.7) ? { nodeAffinity: { required: { nodeSelectorTerms: terms } } } : {}),
    },
    status: { phase: pick('Available', 'Available', 'Available', 'Available', 'Released') },
  };
}
