/** The PersistentVolumeClaims of a pod. */
import { type Key, keyOf, keyPrefix } from '../../../kube/machinery/resource.ts';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../../kube/types.ts';
import type { ObservedEvent, WaitingPod } from '../queue/observed-events.ts';

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

/** Whether a change of a claim, or any other object, may concern a pod: a claim does where it is the pod's. */
export function concernsClaims({ info }: WaitingPod, { key = '' }: ObservedEvent): boolean {
  if (!key.startsWith(CLAIM_PREFIX)) return true;
  const [, namespace, name = ''] = key.split('/');
  return namespace === info.namespace && (info.claims?.includes(name) ?? false);
}

/** As {@link concernsClaims}; a volume that is kept for a claim concerns the claim's pods alone, and one that went none. */
export function concernsVolumes(waiting: WaitingPod, observed: ObservedEvent, snapshot: Reader): boolean {
  const { key = '' } = observed;
  if (!key.startsWith(VOLUME_PREFIX)) return concernsClaims(waiting, observed);
  const volume = snapshot.lookup(key) as PersistentVolume | undefined;
  const { claimRef } = volume?.spec ?? {};
  if (!volume || !claimRef) return volume !== undefined;
  const { info } = waiting;
  return claimRef.namespace === info.namespace && (info.claims?.includes(claimRef.name ?? '') ?? false);
}

const CLAIM_PREFIX = keyPrefix('persistentvolumeclaims');
const VOLUME_PREFIX = keyPrefix('persistentvolumes');

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
