/**
 * generic-garbage-collector (upstream `pkg/controller/garbagecollector/garbagecollector.go`): an object whose
 * owners are all gone is deleted; an owner deleted in the foreground waits for its dependents; one that orphans them is
 * taken out of their references.
 *
 * Upstream keeps a graph of everything from watches and asks the API before it believes it. Here the view, which has
 * taken in the whole log, knows the dependents of each object; owners are looked up in the store.
 */
import type { OwnerReference } from '../../kube/machinery/object.ts';
import { type GroupResource, type Key, parseKey } from '../../kube/machinery/resource.ts';
import {
  blockers,
  FOREGROUND,
  isDeletingDependents,
  isOrphaning,
  ORPHAN,
  type ResolvedOwner,
  resolveOwner,
  waitsForItself,
} from './garbage-collector/graph.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import type { Projection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

export const garbageCollector = defineController({
  name: 'generic-garbage-collector',
  eventSource: 'garbage-collector-controller',
  for: '*',
  watches: [
    { resource: '*', map: touched },
    // The object may die before it is told that a kind is served: the log outlasts it.
    {
      resource: DEFINITIONS,
      concerns: ({ change }) => change === 'create',
      map: ({ key }, view) => ofServed(parseKey(key).name, view),
    },
  ],
  served: ofServed,
  reconcile,
});

/** Whether an owner of a kind that is served now exists can be told now. */
function ofServed(resource: GroupResource, view: View): Key[] {
  const keys: Key[] = [];
  for (const object of view.owned()) {
    if (!object.deleting && object.owners.some((owner) => view.resourceOf(owner) === resource)) keys.push(object.key);
  }
  return keys;
}

function touched(change: ObjectChange, view: View): Key[] {
  const { before, after } = change;
  const keys: Key[] = [];
  if (!after) {
    for (const dependent of view.dependents(before?.uid ?? change.object.metadata.uid ?? '')) keys.push(dependent.key);
  } else if (isDeletingDependents(after) || isOrphaning(after)) {
    keys.push(after.key);
    if (isDeletingDependents(after)) keys.push(...view.dependents(after.uid).map((dependent) => dependent.key));
  } else if (after.owners.length > 0 && !after.deleting && before?.owners !== after.owners) {
    const owners = after.owners.map((reference) => resolveOwner(after, reference, view));
    const isWorthALook = ({ state, isForeign }: ResolvedOwner) =>
      isForeign || state === 'dangling' || state === 'waiting';
    if (owners.some(isWorthALook)) keys.push(after.key);
  }
  // An owner that waits for this dependent to go, or to drop its reference.
  if (before && before.owners !== after?.owners) {
    for (const { uid } of before.owners) {
      const owner = view.terminating(uid);
      if (owner && (isDeletingDependents(owner) || isOrphaning(owner))) keys.push(owner.key);
    }
  }
  return keys;
}

function reconcile(key: Key, view: View): Plan {
  const object = view.projection(key);
  if (!object) return { actions: [] };
  if (isOrphaning(object)) return orphan(object, view);
  if (isDeletingDependents(object)) return awaitDependents(object, view);
  if (object.deleting || object.owners.length === 0) return { actions: [] };
  return collect(object, view);
}

/** `attemptToDeleteItem` */
function collect(object: Projection, view: View): Plan {
  const owners = object.owners.map((reference) => resolveOwner(object, reference, view));
  const actions = owners.filter(({ isForeign }) => isForeign).map((owner) => invalidNamespace(object, owner, view));
  if (owners.some(({ state }) => state === 'unresolved')) return { actions };
  const solid = owners.filter(({ state }) => state === 'solid').map(({ reference }) => reference);
  if (solid.length > 0) {
    if (solid.length < object.owners.length) actions.push(patch(object, { ownerReferences: solid }));
    return { actions };
  }
  const dependents = view.dependents(object.uid);
  if (owners.some(({ state }) => state === 'waiting') && dependents.length > 0) {
    // In a circle of owners that wait for each other, none waits for this one any more.
    if (dependents.some(isDeletingDependents)) {
      const unblocked = object.owners.map((reference) => ({ ...reference, blockOwnerDeletion: false }));
      actions.push(patch(object, { ownerReferences: unblocked }));
    }
    return { actions: [...actions, remove(object, 'Foreground')] };
  }
  const { finalizers } = object;
  const policy = finalizers.includes(ORPHAN) ? 'Orphan' : finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background';
  return { actions: [...actions, remove(object, policy)] };
}

/** `processDeletingDependentsItem`: dependents are deleted by their own keys. */
function awaitDependents(object: Projection, view: View): Plan {
  if (blockers(object, view).length > 0 && !waitsForItself(object, view)) return { actions: [] };
  return { actions: [patch(object, { finalizers: object.finalizers.filter((name) => name !== FOREGROUND) })] };
}

/** `orphanDependents`; the finalizer goes when no object refers to the owner any more. */
function orphan(object: Projection, view: View): Plan {
  const dependents = view.dependents(object.uid);
  if (dependents.length === 0) {
    return { actions: [patch(object, { finalizers: object.finalizers.filter((name) => name !== ORPHAN) })] };
  }
  const actions = dependents.map((dependent) =>
    patch(dependent, { ownerReferences: dependent.owners.filter(({ uid }) => uid !== object.uid) }),
  );
  return { actions, parallel: true };
}

function invalidNamespace(object: Projection, { reference }: ResolvedOwner, view: View): Action {
  const { resource, namespace, name, uid } = object;
  const { apiVersion = '', kind = '' } = view.get(resource, namespace, name) ?? {};
  const text = `[${reference.apiVersion}/${reference.kind}, namespace: ${namespace}, name: ${reference.name}, uid: ${reference.uid}]`;
  return {
    do: 'event',
    event: {
      type: 'Warning',
      reason: 'OwnerRefInvalidNamespace',
      message: `ownerRef ${text} does not exist in namespace "${namespace}"`,
      regarding: { apiVersion, kind, namespace, name, uid },
    },
  };
}

function patch(object: Projection, metadata: { ownerReferences?: OwnerReference[]; finalizers?: string[] }): Action {
  const { resource, namespace, name, uid, revision } = object;
  const emptied = Object.fromEntries(
    Object.entries(metadata).map(([field, list]) => [field, list.length > 0 ? list : null]),
  );
  return {
    do: 'patch',
    target: { resource, namespace, name, uid, resourceVersion: String(revision) },
    patch: { metadata: emptied },
  };
}

function remove(object: Projection, propagationPolicy: 'Background' | 'Foreground' | 'Orphan'): Action {
  const { resource, namespace, name, uid, revision } = object;
  return {
    do: 'delete',
    target: { resource, namespace, name, uid, resourceVersion: String(revision) },
    propagationPolicy,
  };
}
