/** The objects that a pod refers to (upstream `pkg/api/v1/pod/util.go` VisitPodSecretNames, VisitPodConfigmapNames). */

import { type Key, keyOf } from '../../machinery/resource.ts';
import type { Pod } from '../../types.ts';
import { isMirrorPod } from './static-pods.ts';

type Spec = NonNullable<Pod['spec']>;
type Volume = NonNullable<Spec['volumes']>[number];
type Container = Pick<Spec['containers'][number], 'env' | 'envFrom'>;

interface Names {
  secrets: (string | undefined)[];
  configmaps: (string | undefined)[];
  persistentvolumeclaims: (string | undefined)[];
  'resourceclaims.resource.k8s.io': (string | undefined)[];
}

/** Keys, each once. A mirror pod, which a kubelet makes, gives that kubelet access to nothing. */
export function referencesOf({ metadata, spec, status }: Pod): Key[] {
  if (!spec || isMirrorPod({ metadata })) return [];
  const names: Names = {
    secrets: (spec.imagePullSecrets ?? []).map(({ name }) => name),
    configmaps: [],
    persistentvolumeclaims: [],
    'resourceclaims.resource.k8s.io': claimsOf(spec, status),
  };
  const all: Container[] = [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
  for (const container of all) addContainer(names, container);
  for (const volume of spec.volumes ?? []) addVolume(names, volume, metadata.name ?? '');
  const namespace = metadata.namespace ?? '';
  const keys = Object.entries({ ...names, serviceaccounts: [spec.serviceAccountName] }).flatMap(([resource, found]) =>
    found.filter((name) => name).map((name) => keyOf(resource, namespace, name as string)),
  );
  return [...new Set(keys)];
}

/** A claim that is made of a template has its name in the status, once it is there. */
function claimsOf({ resourceClaims = [] }: Spec, status: Pod['status']): (string | undefined)[] {
  const made = new Map(status?.resourceClaimStatuses?.map(({ name, resourceClaimName }) => [name, resourceClaimName]));
  const named = resourceClaims.map(({ name, resourceClaimName }) => resourceClaimName ?? made.get(name));
  return [...named, status?.extendedResourceClaimStatus?.resourceClaimName];
}

function addContainer({ secrets, configmaps }: Names, { env = [], envFrom = [] }: Container): void {
  for (const { valueFrom } of env) {
    secrets.push(valueFrom?.secretKeyRef?.name);
    configmaps.push(valueFrom?.configMapKeyRef?.name);
  }
  for (const { secretRef, configMapRef } of envFrom) {
    secrets.push(secretRef?.name);
    configmaps.push(configMapRef?.name);
  }
}

function addVolume({ secrets, configmaps, persistentvolumeclaims }: Names, volume: Volume, pod: string): void {
  const { cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos } = volume;
  for (const source of [cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos]) {
    secrets.push(source?.secretRef?.name);
  }
  secrets.push(volume.secret?.secretName, volume.azureFile?.secretName, volume.csi?.nodePublishSecretRef?.name);
  configmaps.push(volume.configMap?.name);
  for (const { secret, configMap } of volume.projected?.sources ?? []) {
    secrets.push(secret?.name);
    configmaps.push(configMap?.name);
  }
  persistentvolumeclaims.push(volume.persistentVolumeClaim?.claimName);
  if (volume.ephemeral) persistentvolumeclaims.push(`${pod}-${volume.name}`);
}
