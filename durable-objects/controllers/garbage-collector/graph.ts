/** Owners and dependents as the garbage collector sees them (upstream `pkg/controller/garbagecollector/graph.go`). */
import type { OwnerReference } from '../../../kube/machinery/object.ts';
import type { Projection } from '../runtime/view/projection.ts';
import type { View } from '../runtime/view/view.ts';

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

export function isDeletingDependents(object: Projection): boolean {
  return object.deleting && object.finalizers.includes(FOREGROUND);
}

export function isOrphaning(object: Projection): boolean {
  return object.deleting && object.finalizers.includes(ORPHAN);
}

/** An owner reference, and the state its owner is in. */
export interface ResolvedOwner {
  reference: OwnerReference;
  /**
   * `solid` keeps the dependent; `dangling` does not exist; `waiting` is being deleted once its dependents are;
   * `unresolved` names a kind that is not served, or lies in a namespace while its dependent lies in none: whether
   * it exists cannot be decided, and the dependent is left as it is (upstream `isDangling` answers an error).
   */
  state: 'solid' | 'dangling' | 'waiting' | 'unresolved';
  /** The owner lies in another namespace: such a reference is never valid. */
  isForeign: boolean;
}

/** An owner is absent when there is none of the reference's kind, name and uid in the dependent's namespace. */
export function resolveOwner(dependent: Projection, reference: OwnerReference, view: View): ResolvedOwner {
  const isNamespaced = view.isNamespaced(reference);
  if (isNamespaced === undefined) return { reference, state: 'unresolved', isForeign: false };
  const owner = view.owner(reference, dependent.namespace);
  if (isNamespaced && dependent.namespace === '')
    return { reference, state: 'unresolved', isForeign: owner !== undefined };
  const isForeign = owner !== undefined && owner.namespace !== '' && owner.namespace !== dependent.namespace;
  if (!owner || isForeign) return { reference, state: 'dangling', isForeign };
  return { reference, state: isDeletingDependents(owner) ? 'waiting' : 'solid', isForeign };
}

/** Dependents that the owner's deletion has to wait for. One that owns itself does not wait for itself. */
export function blockers(owner: Projection, view: View): Projection[] {
  return view
    .dependents(owner.uid)
    .filter(
      (dependent) =>
        dependent.uid !== owner.uid &&
        dependent.owners.some(({ uid, blockOwnerDeletion }) => uid === owner.uid && blockOwnerDeletion),
    );
}

/**
 * Whether the owner waits for itself, through others that wait as it does, and for nothing else. Several owners that were
 * deleted in the foreground at once may be such a circle, which upstream breaks only where it sees one of them first.
 */
export function waitsForItself(owner: Projection, view: View): boolean {
  const seen = new Set<Projection>();
  let isCircle = false;
  for (const next = [owner]; next.length > 0; ) {
    const awaited = blockers(next.pop() ?? owner, view);
    if (awaited.length === 0 || !awaited.every(isDeletingDependents)) return false;
    for (const one of awaited) {
      if (one.uid === owner.uid) isCircle = true;
      else if (!seen.has(one)) next.push(one);
      seen.add(one);
    }
  }
  return isCircle;
}
