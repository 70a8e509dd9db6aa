/**
 * replicaset-controller (upstream `pkg/controller/replicaset/replica_set.go`): as many pods as asked for.
 *
 * Upstream remembers what it has asked for ("expectations"), because its caches lag behind its own writes. Here a key
 * runs only when the view has taken in the whole log, its own last run included, so counting pods is enough.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type GroupResource, type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import { selectorFromObject } from '../../kube/machinery/selectors/labels.ts';
import { rfc3339 } from '../../kube/machinery/time.ts';
import type { ReplicaSet } from '../../kube/types.ts';
import { adoptersOf, claim } from './common/controller-ref.ts';
import { createPod, deletePod } from './common/pod-control.ts';
import { isActive, isPod, orphanPods, type PodProjection, podFacts, podLabels } from './common/pods.ts';
import { deletionOrder } from './common/ranking.ts';
import { replicaSetLabels } from './common/replica-sets.ts';
import { replicaSetSelector, replicationControllerSelector } from './common/selectors.ts';
import { same } from './common/values.ts';
import { allowance } from './replicaset/back-off.ts';
import { countStatus, type ReplicaSetStatus } from './replicaset/status.ts';
import { type Controller, defineController } from './runtime/controller.ts';
import type { Action, OnRefused, Plan } from './runtime/plan.ts';
import type { ProjectionDefinition } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

/** upstream's BurstReplicas: pods created or deleted in one run */
const BURST = 500;

export const replicaSetController = setController('replicaset-controller', 'replicasets.apps', [
  replicaSetSelector,
  replicaSetLabels,
]);

/** As upstream, one controller for both: a ReplicationController is a ReplicaSet with a plainer selector. */
export const replicationController = setController('replication-controller', 'replicationcontrollers', [
  replicationControllerSelector,
]);

function setController(
  name: string,
  resource: GroupResource,
  projections: readonly ProjectionDefinition[],
): Controller {
  return defineController({
    name,
    for: resource,
    owns: ['pods'],
    projections: [...projections, podFacts, podLabels],
    indexes: [orphanPods],
    watches: [{ resource: 'pods', map: adoptersOf(resource) }],
    reconcile: (key, view, now) => reconcile(resource, key, view, now),
  });
}

function reconcile(resource: GroupResource, key: Key, view: View, now: number): Plan {
  const { namespace, name } = parseKey(key);
  const set = view.get<ReplicaSet>(resource, namespace, name);
  if (!set) return { actions: [] };
  const selector = view.projection(key)?.selector ?? selectorFromObject(set.spec?.selector as never);
  const { claimed, actions } = claim(
    set as unknown as KubeObject,
    view.dependents(set.metadata.uid ?? '').filter(isPod),
    view.index(orphanPods, namespace),
    (object) => isPod(object) && selector.matches(object.labels) && (object.owner !== undefined || isActive(object)),
  );
  const pods = claimed.filter(isPod);
  const active = pods.filter(isActive);
  const { status, nextAvailable } = countStatus(set, active, pods, now);
  const missing = (set.spec?.replicas ?? 1) - active.length;
  const { limit, wait } = missing > 0 ? allowance(pods, set.spec?.replicas ?? 1, now) : { limit: 0 };
  const change = Math.min(missing, limit, BURST);
  if (!set.metadata.deletionTimestamp) actions.push(...manage(set, active, change, view, status, now));
  if (!same('io.k8s.api.apps.v1.ReplicaSetStatus', set.status, status)) actions.push(statusAction(set, status));
  const again = [nextAvailable, wait].filter((ms) => ms !== undefined);
  return { actions, parallel: true, ...(again.length === 0 ? {} : { requeueAfter: Math.min(...again) }) };
}

/** `change`: the number of pods to create, or, when negative, to delete. */
function manage(
  set: ReplicaSet,
  active: readonly PodProjection[],
  change: number,
  view: View,
  status: ReplicaSetStatus,
  now: number,
): Action[] {
  const owner = set as unknown as KubeObject;
  if (change > 0) {
    const create = createPod(owner, set.spec?.template, { condition: failure(set, status, 'FailedCreate', now) });
    return Array.from({ length: change }, () => create);
  }
  if (change === 0) return [];
  const condition = failure(set, status, 'FailedDelete', now);
  return deletionOrder(active, related(set, active, view), now)
    .slice(0, Math.min(-change, BURST))
    .map((pod) => deletePod(owner, pod, condition));
}

/** Active pods of every set of the same owner (`getIndirectlyRelatedPods`). */
function related(set: ReplicaSet, active: readonly PodProjection[], view: View): PodProjection[] {
  const owner = set.metadata.ownerReferences?.find((reference) => reference.controller);
  if (!owner) return [...active];
  const resource = resourceOf(set);
  const own = keyOf(resource, set.metadata.namespace ?? '', set.metadata.name ?? '');
  return view
    .dependents(owner.uid)
    .filter((other) => other.resource === resource && other.owner?.uid === owner.uid)
    .flatMap((other) => (other.key === own ? active : view.dependents(other.uid).filter(isPod).filter(isActive)));
}

/** The condition ReplicaFailure, as upstream. */
function failure(
  set: ReplicaSet,
  status: ReplicaSetStatus,
  reason: 'FailedCreate' | 'FailedDelete',
  now: number,
): OnRefused['condition'] {
  const object = { ...set, status: { ...status, conditions: set.status?.conditions } } as unknown as KubeObject;
  const condition = { type: 'ReplicaFailure', status: 'True', reason, message: '', lastTransitionTime: rfc3339(now) };
  return { resource: resourceOf(set), object, condition };
}

function statusAction(set: ReplicaSet, status: ReplicaSetStatus): Action {
  return { do: 'update-status', resource: resourceOf(set), object: { ...set, status } as unknown as KubeObject };
}

function resourceOf({ kind }: ReplicaSet): GroupResource {
  return (kind as string) === 'ReplicationController' ? 'replicationcontrollers' : 'replicasets.apps';
}
