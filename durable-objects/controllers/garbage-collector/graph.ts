/** Owners and dependents as the garbage collector sees them (upstream `pkg/controller/garbagecollector/graph.go`). */
import type { OwnerReference } from '../../../kube/machinery/object.ts';
import type { Projection, View } from '../runtime/view.ts';

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

export function isDeletingDependents(object: Projection): boolean {
  return object.deleting && object.finalizers.includes(FOREGROUND);
}

export function isOrphaning(object: Projection): boolean {
  return object.deleting && object.finalizers.includes(ORPHAN);
}

/** `solid` keeps the dependent, `dangling` is gone, `waiting` is being deleted once its dependents are. */
export type OwnerState = 'solid' | 'dangling' | 'waiting';

/**
 * Every object of the cluster is in the view, so an owner is absent when no object has its uid. A reference whose uid
 * is another object's, or whose object lies in another namespace, refers to nothing.
 */
export function ownerState(dependent: Projection, reference: OwnerReference, view: View): OwnerState {
  const owner = view.byUid(reference.uid);
  if (owner && dependent.namespace === '' && owner.namespace !== '') return 'solid';
  if (!owner || isForeign(dependent, owner) || !isNamed(owner, reference)) return 'dangling';
  return isDeletingDependents(owner) ? 'waiting' : 'solid';
}

/** A reference across namespaces, or from a cluster-scoped object into one: never valid. */
export function isForeign(dependent: Projection, owner: Projection): boolean {
  return owner.namespace !== '' && owner.namespace !== dependent.namespace;
}

function isNamed(owner: Projection, reference: OwnerReference): boolean {
  return owner.name === reference.name && owner.kind === reference.kind && group(owner) === group(reference);
}

function group({ apiVersion }: { apiVersion: string }): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** Dependents that the owner's deletion has to wait for. */
export function blockers(owner: Projection, view: View): Projection[] {
  return view
    .dependents(owner.uid)
    .filter((dependent) =>
      dependent.owners.some(({ uid, blockOwnerDeletion }) => uid === owner.uid && blockOwnerDeletion),
    );
}
