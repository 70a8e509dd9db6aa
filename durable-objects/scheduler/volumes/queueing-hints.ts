/** Queueing hints of the plugins of volumes: the events that may concern a pod by its claims. */
import { keyPrefix } from '../../../kube/machinery/resource.ts';
import type { PersistentVolume } from '../../../kube/types.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import type { ObservedEvent, WaitingPod } from '../queue/observed-events.ts';

const CLAIM_PREFIX = keyPrefix('persistentvolumeclaims');
const VOLUME_PREFIX = keyPrefix('persistentvolumes');

/** Whether a change of a claim, or any other object, may concern a pod: a claim does where it is the pod's. */
export function concernsClaims({ info }: WaitingPod, { key = '' }: ObservedEvent): boolean {
  if (!key.startsWith(CLAIM_PREFIX)) return true;
  const [, namespace, name = ''] = key.split('/');
  return namespace === info.namespace && (info.claims?.includes(name) ?? false);
}

/** As {@link concernsClaims}; a volume that is kept for a claim concerns the claim's pods alone, and one that went none. */
export function concernsVolumes(waiting: WaitingPod, observed: ObservedEvent, snapshot: Snapshot): boolean {
  const { key = '' } = observed;
  if (!key.startsWith(VOLUME_PREFIX)) return concernsClaims(waiting, observed);
  const volume = snapshot.lookup(key) as unknown as PersistentVolume | undefined;
  const { claimRef } = volume?.spec ?? {};
  if (!volume || !claimRef) return volume !== undefined;
  const { info } = waiting;
  return claimRef.namespace === info.namespace && (info.claims?.includes(claimRef.name ?? '') ?? false);
}
