/** Other objects of the API that a pod names (upstream `pkg/api/v1/pod/util.go`): a static pod must name none. */
import type { Pod } from '../../../types.ts';

type Spec = NonNullable<Pod['spec']>;
type Volume = NonNullable<Spec['volumes']>[number];
type Container = Spec['containers'][number];

/** The first kind of objects that the pod refers to. */
export function apiReferenceIn(spec: Spec): string | undefined {
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
