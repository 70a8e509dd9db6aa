/**
 * What a delete does to an object: gone, marked, or left (apiserver `pkg/registry/rest/delete.go` and
 * `pkg/registry/generic/registry/store.go`).
 */
import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Namespace } from '../../../kube/types.ts';
import { conflict } from '../errors.ts';

import type { DeleteOptions, Propagation } from './delete-options.ts';

export type DeleteDecision = 'delete' | 'update' | 'unchanged';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** May change `object`, a private copy. Throws 409 when a precondition fails. */
export function decideDelete(
  kind: KindDescriptor,
  object: KubeObject,
  options: DeleteOptions,
  now: number,
): DeleteDecision {
  checkPreconditions(kind, object, options);
  if (kind.resource === 'namespaces') return deleteNamespace(object as unknown as Namespace, options, now);
  const { metadata } = object;
  const grace = graceOf(kind, object, options);
  let changed = false;
  if (grace !== undefined) {
    if (metadata.deletionTimestamp && metadata.deletionGracePeriodSeconds !== undefined) {
      const given = options.gracePeriodSeconds;
      // A delete under way can only be made shorter.
      if (given === undefined || given >= metadata.deletionGracePeriodSeconds) {
        return finalizersFor(object, options.propagation) ? 'update' : 'unchanged';
      }
      const started = Date.parse(metadata.deletionTimestamp) - metadata.deletionGracePeriodSeconds * 1000;
      metadata.deletionTimestamp = rfc3339(started + grace * 1000);
    } else {
      metadata.deletionTimestamp ??= rfc3339(now + grace * 1000);
      if (metadata.generation) metadata.generation++;
    }
    metadata.deletionGracePeriodSeconds = grace;
    changed = true;
  }
  if (finalizersFor(object, policyOf(kind, object, options))) changed = true;
  if (metadata.finalizers?.length) {
    if (!metadata.deletionTimestamp) {
      metadata.deletionTimestamp = rfc3339(now);
      metadata.deletionGracePeriodSeconds = 0;
      if (metadata.generation) metadata.generation++;
      changed = true;
    }
    return changed ? 'update' : 'unchanged';
  }
  return grace === undefined || grace === 0 ? 'delete' : 'update';
}

/** What becomes of dependents; undefined leaves the finalizers as they are (`shouldOrphanDependents`). */
function policyOf(
  { defaultGarbageCollectionPolicy }: KindDescriptor,
  { metadata }: KubeObject,
  { propagation }: DeleteOptions,
): Propagation | undefined {
  if (defaultGarbageCollectionPolicy === 'Unsupported') return undefined;
  if (propagation !== undefined || defaultGarbageCollectionPolicy === 'DeleteDependents') return propagation;
  return metadata.finalizers?.includes(FOREGROUND) ? undefined : 'Orphan';
}

function checkPreconditions({ kind, group }: KindDescriptor, { metadata }: KubeObject, options: DeleteOptions): void {
  const what = group === '' ? kind : `${kind}.${group}`;
  const { uid, resourceVersion } = options;
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`;
    throw conflict(what, metadata.name ?? '', why);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`;
    throw conflict(what, metadata.name ?? '', why);
  }
}

/** Seconds, for kinds that are deleted gracefully; undefined for the others. */
function graceOf({ strategy }: KindDescriptor, object: KubeObject, options: DeleteOptions): number | undefined {
  return strategy.checkGracefulDelete?.(object, options.gracePeriodSeconds);
}

/** Sets the garbage collector's finalizers as the policy wants them; true when that changed something. */
function finalizersFor({ metadata }: KubeObject, policy: Propagation | undefined): boolean {
  if (policy === undefined) return false;
  const before = metadata.finalizers ?? [];
  const after = before.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  if (policy === 'Orphan') after.push(ORPHAN);
  if (policy === 'Foreground') after.push(FOREGROUND);
  const known = new Set(before);
  if (after.length === before.length && after.every((finalizer) => known.has(finalizer))) return false;
  metadata.finalizers = after;
  return true;
}

/** A namespace goes when the namespace controller has emptied it (`pkg/registry/core/namespace/storage`). */
function deleteNamespace(namespace: Namespace, options: DeleteOptions, now: number): DeleteDecision {
  const { metadata } = namespace;
  let changed = finalizersFor(namespace as unknown as KubeObject, options.propagation);
  if (!metadata.deletionTimestamp) {
    metadata.deletionTimestamp = rfc3339(now);
    changed = true;
  }
  if (namespace.status?.phase !== 'Terminating') {
    namespace.status = { ...namespace.status, phase: 'Terminating' };
    changed = true;
  }
  if (!namespace.spec?.finalizers?.length && !metadata.finalizers?.length) return 'delete';
  return changed ? 'update' : 'unchanged';
}

/** An update can be the last step of a delete (`ShouldDeleteDuringUpdate`). */
export function isDeletedByUpdate(kind: KindDescriptor, object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (!deletionTimestamp || deletionGracePeriodSeconds || finalizers?.length) return false;
  return kind.resource !== 'namespaces' || !(object as unknown as Namespace).spec?.finalizers?.length;
}
