/** The PersistentVolumeClaims of a pod. */
import { type Key, keyOf } from '../../../kube/machinery/resource.ts';
import type { PersistentVolumeClaim, Pod } from '../../../kube/types.ts';

export interface PodClaim {
  name: string;
  /** Made for this pod, and named after it. */
  ephemeral: boolean;
  /** Undefined when no claim has that name. */
  claim: PersistentVolumeClaim | undefined;
}

export function claimNames(pod: Pod): { name: string; ephemeral: boolean }[] {
  const names: { name: string; ephemeral: boolean }[] = [];
  for (const { name, persistentVolumeClaim, ephemeral } of pod.spec?.volumes ?? []) {
    if (persistentVolumeClaim) names.push({ name: persistentVolumeClaim.claimName, ephemeral: false });
    else if (ephemeral) names.push({ name: `${pod.metadata.name}-${name}`, ephemeral: true });
  }
  return names;
}

interface Reader {
  lookup(key: Key): unknown;
}

export function claimNamed(namespace: string, name: string, { lookup }: Reader): PersistentVolumeClaim | undefined {
  return lookup(keyOf('persistentvolumeclaims', namespace, name)) as PersistentVolumeClaim | undefined;
}

export function claimsOf(pod: Pod, snapshot: Reader): PodClaim[] {
  return claimNames(pod).map(({ name, ephemeral }) => ({
    name,
    ephemeral,
    claim: claimNamed(pod.metadata.namespace ?? '', name, snapshot),
  }));
}
