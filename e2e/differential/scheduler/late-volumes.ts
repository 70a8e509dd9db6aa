/** Claims of classes that wait for a consumer, the volumes that are free for them, and the decisions on both. */
import type { Json } from '../mutations.ts';
import { type Generator, HOST, ZONE } from './generate.ts';

const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const WAITING = { volumeBindingMode: 'WaitForFirstConsumer', reclaimPolicy: 'Delete' };

/** Shared by all clusters. */
export const STORAGE_CLASSES: readonly Json[] = [
  { metadata: { name: 'late' }, provisioner: 'kubernetes.io/no-provisioner' },
  { metadata: { name: 'made' }, provisioner: 'example.com/disk' },
  {
    metadata: { name: 'made-z1' },
    provisioner: 'example.com/disk',
    allowedTopologies: [{ matchLabelExpressions: [{ key: ZONE, values: ['z1'] }] }],
  },
].map((spec) => ({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', ...WAITING, ...spec }));

/** Claims of a pod, most of which it uses, and volumes: each has a size of its own, as of equal ones upstream takes any. */
export function lateVolumes(generator: Generator, { metadata, spec }: Json, nodes: readonly string[]): Json[] {
  const { name, namespace } = metadata;
  const claims = Array.from({ length: generator.between(1, 3) }, (_, i) =>
    claim(generator, { name: `${name}-w${i}`, namespace }, nodes),
  );
  const used = claims.filter(() => generator.often(70)).map((one) => one.metadata.name);
  const volumes = used.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } }));
  spec.volumes = [...(spec.volumes ?? []), ...volumes];
  const claimRefs = [...used, `${name}-x`].map((claimName) => ({ namespace, name: claimName }));
  const free = Array.from({ length: generator.between(0, 4) }, (_, i) =>
    volume(generator, { name: `${name}-f${i}`, gigabytes: i + 1 }, claimRefs, nodes),
  );
  return [...claims, ...free];
}

function claim(generator: Generator, metadata: { name: string; namespace: string }, nodes: readonly string[]): Json {
  const annotations = generator.often(10) ? { [SELECTED_NODE]: generator.one([...nodes, 'gone']) } : {};
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...metadata, annotations },
    spec: {
      accessModes: generator.one([['ReadWriteOnce'], ['ReadWriteOnce'], ['ReadWriteMany']]),
      resources: { requests: { storage: `${generator.between(1, 4)}Gi` } },
      storageClassName: generator.one(['late', 'late', 'late', 'made', 'made-z1']),
      ...(generator.often(10) ? { selector: { matchLabels: { tier: 'a' } } } : {}),
      ...(generator.often(10) ? { volumeMode: 'Block' } : {}),
    },
    status: { phase: 'Pending' },
  };
}

function volume(
  generator: Generator,
  { name, gigabytes }: { name: string; gigabytes: number },
  claimRefs: readonly object[],
  nodes: readonly string[],
): Json {
  const key = generator.one([ZONE, HOST]);
  const values = [generator.one(['z1', 'z2', ...nodes]), generator.one(nodes)];
  const required = { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values }] }] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, labels: generator.often(40) ? { tier: 'a' } : {} },
    spec: {
      capacity: { storage: `${gigabytes}Gi` },
      accessModes: generator.one([['ReadWriteOnce'], ['ReadWriteOnce', 'ReadWriteMany']]),
      hostPath: { path: '/data' },
      storageClassName: generator.one(['late', 'late', 'late', 'made']),
      ...(generator.often(10) ? { volumeMode: 'Block' } : {}),
      ...(generator.often(10) ? { claimRef: generator.one(claimRefs) } : {}),
      ...(generator.often(70) ? { nodeAffinity: { required } } : {}),
    },
    status: { phase: generator.one(['Available', 'Available', 'Available', 'Available', 'Released']) },
  };
}

/** The decision that the scheduler wrote to a volume or a claim: `f1 for w0`, `w1 at n2`. */
export function decisionOf({ metadata, spec }: Json): string {
  const { claimRef } = spec;
  return claimRef
    ? `${metadata.name} for ${claimRef.name}`
    : `${metadata.name} at ${metadata.annotations?.[SELECTED_NODE]}`;
}

/** A claim that a node was chosen for: of that one the scheduler writes nothing, and waits. */
export function hasNode({ metadata }: Json): boolean {
  return metadata.annotations?.[SELECTED_NODE] !== undefined;
}
