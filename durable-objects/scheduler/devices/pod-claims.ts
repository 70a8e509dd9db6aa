/** The ResourceClaims that a pod names, all of which have to be there (`foreachPodResourceClaim`). */
import { claimName, notForPod } from '../../../kube/devices/claims.ts';
import type { Allocation, ClaimSpec } from '../../../kube/devices/types.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { type Key, keyOf } from '../../../kube/machinery/resource.ts';
import type { Pod, ResourceClaim } from '../../../kube/types.ts';
import { CLAIMS } from './claim-tracker.ts';

/** A claim as the scheduler reads and writes it. */
export interface DeviceClaim extends KubeObject {
  spec?: ClaimSpec;
  status?: {
    allocation?: Allocation;
    reservedFor?: { apiGroup?: string; resource: string; name: string; uid: string }[];
    devices?: DeviceStatus[];
  };
}

export interface DeviceStatus {
  driver: string;
  pool: string;
  device: string;
  conditions?: { type: string; status: string; reason?: string; message?: string }[];
}

export interface Lookup {
  lookup(key: Key): KubeObject | undefined;
}

/** A text is the reason why the pod cannot be scheduled. */
export function claimsOfPod(pod: Pod, { lookup }: Lookup): DeviceClaim[] | string {
  const claims: DeviceClaim[] = [];
  for (const entry of pod.spec?.resourceClaims ?? []) {
    const known = claimName(pod, entry);
    if ('error' in known) return known.error;
    if (known.name === undefined) continue;
    const claim = lookup(keyOf(CLAIMS, pod.metadata.namespace ?? '', known.name)) as DeviceClaim | undefined;
    if (!claim) return 'object not found';
    if (claim.metadata.deletionTimestamp) return `resourceclaim ${JSON.stringify(known.name)} is being deleted`;
    const why = known.isGenerated ? notForPod(pod, claim as unknown as ResourceClaim) : undefined;
    if (why !== undefined) return why;
    claims.push(claim);
  }
  return claims;
}

/** The keys of the claims that a pod names, as far as it knows them. */
export function claimKeys(pod: Pod): Key[] {
  return (pod.spec?.resourceClaims ?? []).flatMap((entry) => {
    const known = claimName(pod, entry);
    return 'error' in known || known.name === undefined
      ? []
      : [keyOf(CLAIMS, pod.metadata.namespace ?? '', known.name)];
  });
}

export function isReserved({ status }: DeviceClaim, { metadata }: Pod): boolean {
  return status?.reservedFor?.some(({ uid }) => uid === metadata.uid) ?? false;
}
