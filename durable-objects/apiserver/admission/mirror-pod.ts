/**
 * The rules of mirror pods, which a kubelet makes of static ones: owned by its node, and without references. A kubelet
 * may read what its pods refer to, so a reference of its own would let it read anything
 * (upstream `plugin/pkg/admission/noderestriction` admitPodCreate).
 */
import type { Pod } from '../../../kube/types.ts';

type Spec = NonNullable<Pod['spec']>;
type Volume = NonNullable<Spec['volumes']>[number];
type Container = Spec['containers'][number];

/** The reason to refuse it; undefined for a good one. `uid` is the node's, where the node exists. */
export function mirrorPodProblem({ metadata, spec }: Pod, node: string, uid: string | undefined): string | undefined {
  const owners = metadata.ownerReferences ?? [];
  if (owners.length > 1) return `node "${node}" can only create pods with a single owner reference set to itself`;
  const [owner] = owners;
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) {
    return `node "${node}" can only create pods with an owner reference set to itself`;
  }
  if (!owner.controller) return `node "${node}" can only create pods with a controller owner reference set to itself`;
  if (owner.blockOwnerDeletion) return `node "${node}" must not set blockOwnerDeletion on an owner reference`;
  if (uid === undefined) return `node "${node}" not found`;
  if (owner.uid !== uid) return `node ${node} UID mismatch: expected ${uid} got ${owner.uid}`;
  const reference = spec && referenceIn(spec);
  return reference && `node "${node}" can not create pods that reference ${reference}`;
}

function referenceIn(spec: Spec): string | undefined {
  if (spec.serviceAccountName) return 'a service account';
  if (spec.imagePullSecrets?.length) return 'secrets';
  const containers: Container[] = [...spec.containers, ...(spec.initContainers ?? [])];
  for (const { env = [], envFrom = [] } of containers) {
    if (env.some(({ valueFrom }) => valueFrom?.secretKeyRef) || envFrom.some((from) => from.secretRef))
      return 'secrets';
    if (env.some(({ valueFrom }) => valueFrom?.configMapKeyRef) || envFrom.some((from) => from.configMapRef)) {
      return 'configmaps';
    }
  }
  for (const volume of spec.volumes ?? []) {
    const reference = referenceOf(volume);
    if (reference) return reference;
  }
  return spec.resourceClaims?.length ? 'resourceclaims' : undefined;
}

/** Kinds of volumes that name a Secret, or may. */
const WITH_SECRETS = [
  'secret',
  'azureFile',
  'cephfs',
  'csi',
  'flexVolume',
  'iscsi',
  'rbd',
  'scaleIO',
  'storageos',
] as const satisfies readonly (keyof Volume)[];

function referenceOf(volume: Volume): string | undefined {
  if (WITH_SECRETS.some((source) => volume[source])) return 'secrets';
  if (volume.configMap) return 'configmaps';
  if (volume.persistentVolumeClaim || volume.ephemeral) return 'persistentvolumeclaims';
  for (const source of volume.projected?.sources ?? []) {
    if (source.secret) return 'secrets';
    if (source.configMap) return 'configmaps';
    if (source.serviceAccountToken) return 'a service account';
    if (source.clusterTrustBundle) return 'clustertrustbundles';
  }
  return undefined;
}
