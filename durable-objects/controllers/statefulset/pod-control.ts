/** The actions about one pod of a StatefulSet, with their events (upstream `statefulset/stateful_pod_control.go`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { PersistentVolumeClaim, Pod, StatefulSet } from '../../../kube/types.ts';
import { eventAbout } from '../common/controller-ref.ts';
import type { PodProjection } from '../common/pods.ts';
import type { Action, OnDone, OnRefused } from '../runtime/plan.ts';
import type { View } from '../runtime/view/view.ts';
import { CLAIMS, type Claimant, hasConflict, isStale, type Present, presentClaims, withOwners } from './claims.ts';
import { hasIdentity, hasStorage, withIdentity, withStorage } from './pod.ts';

/** Actions about one pod. `isBlocked`: it waits for something that is told of by an event, or none. */
export interface PodActions {
  actions: Action[];
  isBlocked: boolean;
}

/** The pod with its claims before it. */
export function createPod(set: StatefulSet, pod: Pod, claimant: Claimant, present: readonly Present[]): PodActions {
  if (present.some(({ claim }) => claim && isStale(set, claim, claimant))) {
    return { actions: [], isBlocked: true };
  }
  const claims = createClaims(set, pod.metadata.name ?? '', present, 'Create');
  if (claims.isBlocked) return claims;
  const { name = '' } = pod.metadata;
  const create: Action = {
    do: 'create',
    resource: 'pods',
    object: pod as unknown as KubeObject,
    ...eventsOf(set, 'Create', name),
  };
  const actions = [...claims.actions, create, ...ownClaims(set, claimant, present)];
  return { actions: actions.length > 1 ? [{ do: 'sequence', actions }] : actions, isBlocked: false };
}

export function deletePod(set: StatefulSet, { namespace, name, uid }: PodProjection): Action {
  return { do: 'delete', target: { resource: 'pods', namespace, name, uid }, ...eventsOf(set, 'Delete', name) };
}

/**
 * The claims that are missing. Those that are being deleted block their pod, which is told of where it is about to be
 * created or updated.
 */
export function createClaims(
  set: StatefulSet,
  pod: string,
  present: readonly Present[],
  verb?: 'Create' | 'Update',
): PodActions {
  const actions = present.filter(({ claim }) => !claim).map(({ wanted }) => createClaim(set, pod, wanted, verb));
  const going = present.filter(({ claim }) => claim?.metadata.deletionTimestamp);
  if (going.length === 0) return { actions, isBlocked: false };
  const reasons = going.map(({ wanted }) => `pvc ${wanted.metadata.name} is being deleted`);
  const why = reasons.length > 1 ? `[${reasons.join(', ')}]` : reasons[0];
  const message = `${verb} Pod ${pod} in StatefulSet ${set.metadata.name} failed error: ${why}`;
  if (verb) actions.push({ do: 'event', event: about(set, 'Warning', `Failed${verb}`, message) });
  return { actions, isBlocked: true };
}

function createClaim(set: StatefulSet, pod: string, claim: PersistentVolumeClaim, verb?: 'Create' | 'Update'): Action {
  const { name } = claim.metadata;
  const failed = `Create Claim ${name} for Pod ${pod} in StatefulSet ${set.metadata.name} failed error: `;
  const done = `Create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success`;
  const ofPod = `${verb} Pod ${pod} in StatefulSet ${set.metadata.name} failed error: failed to create PVC ${name}: `;
  return {
    do: 'create',
    resource: CLAIMS,
    object: claim as unknown as KubeObject,
    onDone: { event: about(set, 'Normal', 'SuccessfulCreate', done) },
    onRefused: {
      event: about(set, 'Warning', 'FailedCreate', failed),
      ...(verb ? { alsoEvent: about(set, 'Warning', `Failed${verb}`, ofPod) } : {}),
    },
    ignore: ['AlreadyExists'],
  };
}

/** The claims that are there get the owners that the policy asks for. */
export function ownClaims(set: StatefulSet, claimant: Claimant, present: readonly Present[]): Action[] {
  return present.flatMap(({ claim }): Action[] => {
    if (!claim) return [];
    const owned = withOwners(set, claim, claimant);
    const actions: Action[] = hasConflict(set, claim, claimant) ? [{ do: 'event', event: conflict(set, claim) }] : [];
    if (owned) actions.push({ do: 'update', resource: CLAIMS, object: owned as unknown as KubeObject });
    return actions;
  });
}

function conflict(set: StatefulSet, { metadata }: PersistentVolumeClaim) {
  const message = `PersistentVolumeClaim ${metadata.name} has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim`;
  return about(set, 'Warning', 'ConflictingController', message);
}

/** Gives a pod what it lost of its identity and storage, and its claims their owners (`UpdateStatefulPod`). */
export function updatePod(set: StatefulSet, pod: PodProjection, ordinal: number, view: View): Action[] {
  const claimant = { ordinal, uid: pod.uid };
  const hasTemplates = (set.spec?.volumeClaimTemplates?.length ?? 0) > 0;
  if (hasIdentity(pod) && !hasTemplates) return [];
  const whole = view.get<Pod>('pods', pod.namespace, pod.name);
  if (!whole) return [];
  const isStored = hasStorage(set, whole, ordinal);
  const present = presentClaims(set, ordinal, view);
  const owners = present.filter(({ claim }) => claim && withOwners(set, claim, claimant));
  if (hasIdentity(pod) && isStored && owners.length === 0) return [];
  const claims = isStored ? { actions: [], isBlocked: false } : createClaims(set, pod.name, present, 'Update');
  if (claims.isBlocked) return claims.actions;
  const mended = withStorage(set, withIdentity(set, whole, ordinal), ordinal);
  return [
    ...claims.actions,
    ...(owners.length > 0 ? ownClaims(set, claimant, present) : []),
    { do: 'update', resource: 'pods', object: mended as unknown as KubeObject, ...eventsOf(set, 'Update', pod.name) },
  ];
}

/** The events of an action about a pod. */
function eventsOf(set: StatefulSet, verb: string, pod: string): { onDone: OnDone; onRefused: OnRefused } {
  const message = `${verb} Pod ${pod} in StatefulSet ${set.metadata.name}`;
  return {
    onDone: { event: about(set, 'Normal', `Successful${verb}`, `${message} successful`) },
    onRefused: { event: about(set, 'Warning', `Failed${verb}`, `${message} failed error: `) },
  };
}

function about(set: StatefulSet, type: 'Normal' | 'Warning', reason: string, message: string) {
  return eventAbout(set as unknown as KubeObject, type, reason, message);
}
