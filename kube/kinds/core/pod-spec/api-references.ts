/**
 * The first kind of API object that a pod refers to (upstream `pkg/api/pod/util.go` HasAPIObjectReference). A static
 * pod runs without the API, and a kubelet may read the objects that its pods name: neither it nor its mirror may name
 * any.
 */
import type { PodSpec } from '../../../types.ts';

type Volume = NonNullable<PodSpec['volumes']>[number];
type Container = Pick<PodSpec['containers'][number], 'env' | 'envFrom'>;
type Named = { name?: string } | undefined;

export function apiReference(spec: PodSpec): string | undefined {
  if (spec.serviceAccountName) return 'serviceaccounts';
  if (namesSecrets(spec)) return 'secrets';
  const volumes = spec.volumes ?? [];
  const configMaps: Named[] = [
    ...allContainers(spec).flatMap((container) => fromEnvironment(container, 'configMapRef', 'configMapKeyRef')),
    ...volumes.flatMap(configMapsOf),
  ];
  if (configMaps.some(isNamed)) return 'configmaps';
  if (spec.resourceClaims?.length) return 'resourceclaims';
  for (const volume of volumes) {
    const reference = volumeReference(volume);
    if (reference !== undefined) return reference;
  }
  return undefined;
}

/** Upstream's `VisitPodSecretNames` would visit a name. */
export function namesSecrets(spec: PodSpec): boolean {
  const secrets: Named[] = [
    ...(spec.imagePullSecrets ?? []),
    ...allContainers(spec).flatMap((container) => fromEnvironment(container, 'secretRef', 'secretKeyRef')),
    ...(spec.volumes ?? []).flatMap(secretsOf),
  ];
  return secrets.some(isNamed);
}

const allContainers = (spec: PodSpec): Container[] => [
  ...(spec.containers ?? []),
  ...(spec.initContainers ?? []),
  ...(spec.ephemeralContainers ?? []),
];

const isNamed = (reference: Named): boolean => Boolean(reference?.name);

function fromEnvironment(
  { env = [], envFrom = [] }: Container,
  all: 'secretRef' | 'configMapRef',
  key: 'secretKeyRef' | 'configMapKeyRef',
): Named[] {
  return [...envFrom.map((from) => from[all]), ...env.map(({ valueFrom }) => valueFrom?.[key])];
}

function secretsOf(volume: Volume): Named[] {
  const { azureFile, cephfs, cinder, flexVolume, projected, rbd, secret, scaleIO, iscsi, storageos, csi } = volume;
  return [
    { name: azureFile?.secretName },
    { name: secret?.secretName },
    ...[cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos].map((source) => source?.secretRef),
    csi?.nodePublishSecretRef,
    ...(projected?.sources ?? []).map((source) => source.secret),
  ];
}

const configMapsOf = ({ configMap, projected }: Volume): Named[] => [
  configMap,
  ...(projected?.sources ?? []).map((source) => source.configMap),
];

/** Sources that need the API with any name, or none. */
function volumeReference(volume: Volume): string | undefined {
  if (volume.configMap) return 'configmaps (via configmap volumes)';
  if (volume.secret) return 'secrets (via secret volumes)';
  if (volume.csi) return 'csidrivers (via CSI volumes)';
  if (volume.glusterfs) return 'endpoints (via glusterFS volumes)';
  if (volume.persistentVolumeClaim) return 'persistentvolumeclaims';
  if (volume.ephemeral) return 'persistentvolumeclaims (via ephemeral volumes)';
  if (volume.azureFile) return 'secrets (via azureFile volumes)';
  for (const source of volume.projected?.sources ?? []) {
    if (source.configMap) return 'configmaps (via projected volumes)';
    if (source.secret) return 'secrets (via projected volumes)';
    if (source.serviceAccountToken) return 'serviceaccounts (via projected volumes)';
    if (source.clusterTrustBundle) return 'clustertrustbundles';
    if (source.podCertificate) return 'podcertificates';
  }
  return undefined;
}
