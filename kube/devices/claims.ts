/** The ResourceClaims of a pod (`k8s.io/dynamic-resource-allocation/resourceclaim`). */
import type { Pod, ResourceClaim } from '../types.ts';

/** Of a claim that the scheduler has allocated: it stays until it is deallocated (`resourceapi.Finalizer`). */
export const FINALIZER = 'resource.kubernetes.io/delete-protection';
/** Names the entry of `spec.resourceClaims` that a claim was made for. */
export const POD_CLAIM_NAME = 'resource.kubernetes.io/pod-claim-name';

export type PodResourceClaim = NonNullable<NonNullable<Pod['spec']>['resourceClaims']>[number];
export type Consumer = NonNullable<NonNullable<ResourceClaim['status']>['reservedFor']>[number];

/** `name` is undefined where none is made of the template. `isGenerated`: it has to be the pod's own. */
export type ClaimName = { name: string | undefined; isGenerated: boolean } | { error: string };

/** `resourceclaim.Name` */
export function claimName({ metadata, status }: Pod, claim: PodResourceClaim): ClaimName {
  if (claim.resourceClaimName !== undefined) return { name: claim.resourceClaimName, isGenerated: false };
  const pod = `pod "${metadata.namespace}/${metadata.name}"`;
  if (claim.resourceClaimTemplateName === undefined) {
    return { error: `${pod}, spec.resourceClaim ${JSON.stringify(claim.name)}: none of the supported fields are set` };
  }
  const known = status?.resourceClaimStatuses?.find(({ name }) => name === claim.name);
  if (!known) return { error: `${pod}: ResourceClaim not created yet` };
  return { name: known.resourceClaimName, isGenerated: true };
}

/** Why a claim is not the one that was made for the pod; undefined where it is (`resourceclaim.IsForPod`). */
export function notForPod(pod: Pod, { metadata }: ResourceClaim): string | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (owner?.uid === pod.metadata.uid) return undefined;
  const { namespace, name } = pod.metadata;
  const what = `ResourceClaim ${metadata.namespace}/${metadata.name} was not created for Pod ${namespace}/${name}`;
  return `${what} (Pod is not owner)`;
}

export function isReservedFor(pod: Pod, { status }: ResourceClaim): boolean {
  return status?.reservedFor?.some(({ uid }) => uid === pod.metadata.uid) ?? false;
}

export function consumerOf({ metadata }: Pod): Consumer {
  return { resource: 'pods', name: metadata.name ?? '', uid: metadata.uid ?? '' };
}

/** No container of the pod runs, and none ever will. */
export function isPodDone({ metadata, spec, status }: Pod): boolean {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return true;
  return metadata.deletionTimestamp !== undefined && !spec?.nodeName;
}

/** Annotates the claim that stands for a pod's extended resources. */
export const EXTENDED_RESOURCE_CLAIM = 'resource.kubernetes.io/extended-resource-claim';
