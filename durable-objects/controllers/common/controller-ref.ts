/** Ownership by `controller: true` (upstream `pkg/controller/controller_ref_manager.go`). */
import type { KubeObject, OwnerReference } from '../../../kube/machinery/object.ts';
import type { GroupResource, Key } from '../../../kube/machinery/resource.ts';
import type { ObjectChange } from '../runtime/controller.ts';
import type { Action, EventDecision } from '../runtime/plan.ts';
import type { Projection } from '../runtime/view/projection.ts';
import type { View } from '../runtime/view/view.ts';

export function controllerRef(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name ?? '',
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** An object without a controller concerns every object of the resource that would select it. */
export function adoptersOf(resource: GroupResource): (change: ObjectChange, view: View) => Key[] {
  return ({ before, after }, view) => {
    if (!after || after.owner || after.deleting) return [];
    if (before && !before.owner && before.labels === after.labels) return [];
    const keys: Key[] = [];
    for (const { key, selector } of view.projections(resource, after.namespace)) {
      if (selector?.matches(after.labels)) keys.push(key);
    }
    return keys;
  };
}

export interface Claims {
  /** The controller's objects, the adopted ones included. */
  claimed: Projection[];
  /** Patches that adopt and release. */
  actions: Action[];
}

/**
 * Claims the controller's objects: its own that still match are kept, its own that no longer match are released,
 * orphans that match are adopted. A controller being deleted neither adopts nor releases. An object gets
 * the finalizer as it is adopted, and loses it as it is released.
 */
export function claim(
  owner: KubeObject,
  owned: Iterable<Projection>,
  orphans: Iterable<Projection>,
  matches: (object: Projection) => boolean,
  finalizer?: string,
): Claims {
  const claimed: Projection[] = [];
  const actions: Action[] = [];
  const ending = owner.metadata.deletionTimestamp !== undefined;
  for (const object of owned) {
    if (object.owner?.uid !== owner.metadata.uid) continue;
    if (matches(object)) claimed.push(object);
    else if (!ending) {
      const ownerReferences = object.owners.filter((reference) => reference.uid !== owner.metadata.uid);
      actions.push(patchOwners(object, ownerReferences, without(object, finalizer)));
    }
  }
  if (ending) return { claimed, actions };
  for (const object of orphans) {
    if (object.owner || object.deleting || !matches(object)) continue;
    const others = object.owners.filter((reference) => reference.uid !== owner.metadata.uid);
    const finalizers = finalizer && [...(without(object, finalizer) ?? object.finalizers), finalizer];
    actions.push(patchOwners(object, [...others, controllerRef(owner)], finalizers || undefined));
    claimed.push(object);
  }
  return { claimed, actions };
}

/** The object's other finalizers; undefined where it does not have this one. */
function without({ finalizers }: Projection, finalizer: string | undefined): string[] | undefined {
  if (finalizer === undefined || !finalizers.includes(finalizer)) return undefined;
  return finalizers.filter((other) => other !== finalizer);
}

/** `finalizers`: left as they are where undefined. */
function patchOwners(
  { resource, namespace, name, uid, revision }: Projection,
  owners: OwnerReference[],
  finalizers: string[] | undefined,
): Action {
  return {
    do: 'patch',
    target: { resource, namespace, name, uid, resourceVersion: String(revision) },
    patch: { metadata: { ownerReferences: owners.length > 0 ? owners : null, ...(finalizers ? { finalizers } : {}) } },
  };
}

function regarding(object: KubeObject): EventDecision['regarding'] {
  const { apiVersion, kind, metadata } = object;
  return {
    apiVersion,
    kind,
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    ...(metadata.resourceVersion ? { resourceVersion: metadata.resourceVersion } : {}),
  };
}

export function eventAbout(
  object: KubeObject,
  type: EventDecision['type'],
  reason: string,
  message: string,
): EventDecision {
  return { type, reason, message, regarding: regarding(object) };
}
