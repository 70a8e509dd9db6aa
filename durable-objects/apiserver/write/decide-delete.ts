/**
 * The effect of a delete on an object: gone, marked, or left (apiserver `pkg/registry/rest/delete.go` and
 * `pkg/registry/generic/registry/store.go`).
 */
import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Namespace } from '../../../kube/types.ts';
import { conflict } from '../errors.ts';

import type { DeleteOptions, Propagation } from './options.ts';

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
  if (kind.resource === 'namespaces') return deleteNamespace(object as unknown as Namespace, options, now);
  checkPreconditions(kind, object, options);
  const { metadata } = object;
  if (!metadata.deletionTimestamp && kind.strategy.beginDelete) {
    kind.strategy.beginDelete(object, rfc3339(now));
    return 'update';
  }
  const grace = beforeDelete(kind, object, options, now);
  // Finalizers cannot be changed any more either.
  if (grace === 'pending') return 'unchanged';
  const hasNewFinalizers = finalizersFor(object, policyOf(kind, object, options));
  const { finalizers } = metadata;
  if (grace !== 'none') return grace > 0 || finalizers?.length ? 'update' : 'delete';
  if (!finalizers?.length) return 'delete';
  return markAsDeleting(object, now) || hasNewFinalizers ? 'update' : 'unchanged';
}

/**
 * The grace that a delete gives (`BeforeDelete`): seconds; `none` where the object goes at once, or as soon as its
 * finalizers are gone; `pending` where it goes anyway, and no later than was asked for.
 */
function beforeDelete(
  { strategy }: KindDescriptor,
  object: KubeObject,
  options: DeleteOptions,
  now: number,
): number | 'none' | 'pending' {
  if (!strategy.checkGracefulDelete) return 'none';
  const { metadata } = object;
  const { gracePeriodSeconds } = options;
  const requested = gracePeriodSeconds !== undefined && gracePeriodSeconds < 0 ? 1 : gracePeriodSeconds;
  if (!metadata.deletionTimestamp) {
    const grace = strategy.checkGracefulDelete(object, requested);
    metadata.deletionTimestamp = rfc3339(now + durationOf(grace));
    metadata.deletionGracePeriodSeconds = grace;
    if (metadata.generation) metadata.generation++;
    return grace;
  }
  const given = metadata.deletionGracePeriodSeconds;
  if (!given) return 'none';
  if (requested === undefined || requested >= given) return 'pending';
  const moved = Date.parse(metadata.deletionTimestamp) - durationOf(given) + durationOf(requested);
  // Where the shorter time is over already, the kubelet still has a second to end the pod.
  const grace = moved < now && requested !== 0 ? 1 : requested;
  metadata.deletionTimestamp = rfc3339(Math.max(moved, now));
  metadata.deletionGracePeriodSeconds = grace;
  return grace;
}

/** Milliseconds. A Go duration has 64 bits of nanoseconds, and overflows as upstream's does. */
function durationOf(seconds: number): number {
  if (seconds > -(2 ** 31) && seconds < 2 ** 31) return Number(seconds) * 1000;
  return Number(BigInt.asIntN(64, BigInt(seconds) * 1_000_000_000n) / 1_000_000n);
}

/** The object waits for its finalizers alone; true when something changed. */
export function markAsDeleting({ metadata }: KubeObject, now: number): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  if (!deletionTimestamp && metadata.generation) metadata.generation++;
  if (!deletionTimestamp || Date.parse(deletionTimestamp) > now) metadata.deletionTimestamp = rfc3339(now);
  metadata.deletionGracePeriodSeconds = 0;
  return metadata.deletionTimestamp !== deletionTimestamp || deletionGracePeriodSeconds !== 0;
}

/** The policy for dependents; undefined leaves the finalizers as they are (`shouldOrphanDependents`). */
function policyOf(
  { defaultGarbageCollectionPolicy }: KindDescriptor,
  { metadata }: KubeObject,
  { propagation }: DeleteOptions,
): Propagation | undefined {
  if (defaultGarbageCollectionPolicy === 'Unsupported') return undefined;
  if (propagation !== undefined || defaultGarbageCollectionPolicy === 'DeleteDependents') return propagation;
  return metadata.finalizers?.includes(FOREGROUND) ? undefined : 'Orphan';
}

/** Upstream names the kind by the group that it is stored in. */
function checkPreconditions(
  { kind, resource, storedAs }: KindDescriptor,
  { metadata }: KubeObject,
  options: DeleteOptions,
): void {
  const stored = storedAs?.resource ?? resource;
  const what = stored.includes('.') ? kind + stored.slice(stored.indexOf('.')) : kind;
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

/** Sets the garbage collector's finalizers as the policy wants them; true when something changed. */
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
  for (const [field, wanted, found] of [
    ['UID', options.uid, metadata.uid],
    ['ResourceVersion', options.resourceVersion, metadata.resourceVersion],
  ]) {
    if (wanted === undefined || wanted === found) continue;
    const why = `Precondition failed: ${field} in precondition: ${wanted}, ${field} in object meta: ${found}`;
    throw conflict('namespaces', metadata.name ?? '', why);
  }
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
