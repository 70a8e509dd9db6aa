/** The consumers of a claim (`syncClaim`): those that are done are taken out, and with the last of them the allocation. */
import { FINALIZER, isPodDone } from '../../../kube/devices/claims.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Pod, ResourceClaim } from '../../../kube/types.ts';
import type { Action, Plan } from '../runtime/plan.ts';
import type { View } from '../runtime/view/view.ts';
import { CLAIMS } from './facts.ts';

export function syncClaim(claim: ResourceClaim, view: View): Plan {
  const { namespace = '' } = claim.metadata;
  const podOf = (name: string) => view.get<Pod>('pods', namespace, name);
  const before = claim.status?.reservedFor ?? [];
  const remaining = before.filter(({ apiGroup, resource, name, uid }) => {
    if (apiGroup || resource !== 'pods') return true;
    const pod = podOf(name);
    return pod?.metadata.uid === uid && !isPodDone(pod);
  });
  const actions = release(claim, remaining);
  if (remaining.length > 0) return { actions };
  const owner = claim.metadata.ownerReferences?.find(
    ({ controller, apiVersion, kind }) => controller && apiVersion === 'v1' && kind === 'Pod',
  );
  // The garbage collector sees to claims of pods that are gone.
  const pod = owner && podOf(owner.name);
  if (pod && (pod.metadata.uid !== owner.uid || isPodDone(pod))) {
    const { name = '', uid } = claim.metadata;
    actions.push({ do: 'delete', target: { resource: CLAIMS, namespace, name, uid } });
  }
  return { actions };
}

type Consumers = NonNullable<NonNullable<ResourceClaim['status']>['reservedFor']>;

function release(claim: ResourceClaim, remaining: Consumers): Action[] {
  const { metadata, status } = claim;
  const isProtected = metadata.finalizers?.includes(FINALIZER) ?? false;
  const isShorter = remaining.length < (status?.reservedFor?.length ?? 0);
  const isFree = remaining.length === 0 && isProtected;
  if (!isShorter && !(isFree && metadata.deletionTimestamp)) return [];
  const { allocation, reservedFor: _, ...others } = status ?? {};
  const kept = isFree || !allocation ? others : { ...others, allocation };
  const actions: Action[] = [];
  if (isShorter || (isFree && allocation)) {
    const reservedFor = remaining.length > 0 ? { reservedFor: remaining } : {};
    actions.push(write('update-status', { ...claim, status: { ...kept, ...reservedFor } }));
  }
  if (isProtected && !('allocation' in kept)) {
    const finalizers = metadata.finalizers?.filter((name) => name !== FINALIZER) ?? [];
    actions.push(write('update', { ...claim, metadata: { ...metadata, finalizers } }));
  }
  return actions;
}

function write(what: 'update' | 'update-status', claim: ResourceClaim): Action {
  return { do: what, resource: CLAIMS, object: claim as unknown as KubeObject };
}
