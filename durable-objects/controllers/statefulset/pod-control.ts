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
  const claims = createClaims(set, pod.metadata.name ?? '', present);
  if (claims.isBlocked) return claims;
  const { name = '' } = pod.metadata;
  return {
    actions: [
      ...claims.actions,
      { do: 'create', resource: 'pods', object: pod as unknown as KubeObject, ...eventsOf(set, 'Create', name) },
      ...ownClaims(set, claimant, present),
    ],
    isBlocked: false,
  };
}

export function deletePod(set: StatefulSet, { namespace, name, uid }: PodProjection): Action {
  return { do: 'delete', target: { resource: 'pods', namespace, name, uid }, ...eventsOf(set, 'Delete', name) };
}

/** The claims that are missing. One that is being deleted blocks its pod. */
export function createClaims(set: StatefulSet, pod: string, present: readonly Present[]): PodActions {
  const going = present.find(({ claim }) => claim?.metadata.deletionTimestamp);
  if (going) {
    const why = `pvc ${going.wanted.metadata.name} is being deleted`;
    const message = `Create Pod ${pod} in StatefulSet ${set.metadata.name} failed error: ${why}`;
    return { actions: [{ do: 'event', event: about(set, 'Warning', 'FailedCreate', message) }], isBlocked: true };
  }
  const actions = present.filter(({ claim }) => !claim).map(({ wanted }) => createClaim(set, pod, wanted));
  return { actions, isBlocked: false };
}

function createClaim(set: StatefulSet, pod: string, claim: PersistentVolumeClaim): Action {
  const { name } = claim.metadata;
  const failed = `Create Claim ${name} for Pod ${pod} in StatefulSet ${set.metadata.name} failed error: `;
  const done = `Create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success`;
  return {
    do: 'create',
    resource: CLAIMS,
    object: claim as unknown as KubeObject,
    onDone: { event: about(set, 'Normal', 'SuccessfulCreate', done) },
    onRefused: { event: about(set, 'Warning', 'FailedCreate', failed) },
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
  const claims = isStored ? { actions: [], isBlocked: false } : createClaims(set, pod.name, present);
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
