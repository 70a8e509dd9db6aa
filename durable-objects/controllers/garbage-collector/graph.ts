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

/** A reference to an owner, and what became of that. */
export interface Tie {
  reference: OwnerReference;
  /** `solid` keeps the dependent, `dangling` is gone, `waiting` is being deleted once its dependents are. */
  state: 'solid' | 'dangling' | 'waiting';
  /** The owner lies in another namespace, or in one at all while its dependent doesn't: never valid. */
  isForeign: boolean;
}

/** An owner is absent when there is none of the reference's kind, name and uid; a foreign one holds nothing. */
export function tieOf(dependent: Projection, reference: OwnerReference, view: View): Tie {
  const owner = view.owner(reference, dependent.namespace);
  const isForeign = owner !== undefined && owner.namespace !== '' && owner.namespace !== dependent.namespace;
  // As upstream, which cannot tell in what namespace to look: such an object is never collected.
  const isUnresolvable = dependent.namespace === '' && view.isNamespaced(reference) !== false;
  const isAbsent = !isUnresolvable && (!owner || isForeign);
  const state = isAbsent ? 'dangling' : owner && !isForeign && isDeletingDependents(owner) ? 'waiting' : 'solid';
  return { reference, state, isForeign };
}

/** Dependents that the owner's deletion has to wait for. */
export function blockers(owner: Projection, view: View): Projection[] {
  return view
    .dependents(owner.uid)
    .filter((dependent) =>
      dependent.owners.some(({ uid, blockOwnerDeletion }) => uid === owner.uid && blockOwnerDeletion),
    );
}
