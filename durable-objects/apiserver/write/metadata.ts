/**
 * The server's own fields of `metadata` (apiserver `pkg/registry/rest/create.go`, `update.go`), and its agreement
 * with the path (`pkg/endpoints/handlers/rest.go` checkName).
 * The rules that clients must keep to are in `kube/kinds/metadata.ts`.
 */
import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import { sameJson, sameJsonBut } from '../../../kube/machinery/equality.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { hasEmpties } from '../../../kube/machinery/schema/empties.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import { type Call, namespaceOf } from '../call.ts';
import { badRequest } from '../errors.ts';

export function hasStatus(kind: KindDescriptor): boolean {
  return kind.subresources.status === true;
}

/**
 * A new object keeps nothing of what only the server may say (`WipeObjectMetaSystemFields`). To the rules of kinds, an
 * object with a resourceVersion is a stored one.
 */
export function wipeMetadata({ metadata }: KubeObject, isUpdate: boolean): void {
  // Upstream's store does not wipe these fields where an update creates the object.
  if (!isUpdate) {
    delete metadata.deletionTimestamp;
    delete metadata.deletionGracePeriodSeconds;
  }
  delete metadata.resourceVersion;
}

/** `metadata` of a new object: the fields that a client may not choose are set here. `isUpdate`: as in {@link wipeMetadata}. */
export function fillNewMetadata(
  kind: KindDescriptor,
  object: KubeObject,
  { uid, now, isUpdate }: { uid: string; now: number; isUpdate: boolean },
): void {
  const { metadata } = object;
  metadata.uid = uid;
  metadata.creationTimestamp = rfc3339(now);
  // A plugin may have set them anew.
  wipeMetadata(object, isUpdate);
  if (kind.generation) {
    // A kind that does not set it keeps what the client says.
    if (kind.generation.initial) metadata.generation = kind.generation.initial;
  }
  if (hasStatus(kind) && !kind.keepStatusOnCreate) {
    const status = kind.schema.type === 'struct' ? kind.schema.fields.get('status') : undefined;
    // Go holds most statuses by value, and prints an empty one.
    if (status?.always) object.status = {};
    else delete object.status;
  }
}

/**
 * An update keeps these fields as they were (`BeforeUpdate`). Call {@link bumpGeneration} once the object is complete.
 */
export function keepMetadata(object: KubeObject, old: KubeObject): void {
  const [next, before] = [object.metadata, old.metadata];
  next.uid ||= before.uid;
  // Nothing is stored of it, so it must not count as a change (`PrepareObjectForStorage`).
  delete (next as { selfLink?: string }).selfLink;
  // A key without a value would count as a change to managedFields.
  if (before.creationTimestamp) next.creationTimestamp = before.creationTimestamp;
  if (before.generation !== undefined) next.generation = before.generation;
  else delete next.generation;
  if (before.deletionTimestamp) next.deletionTimestamp = before.deletionTimestamp;
  if (before.deletionGracePeriodSeconds !== undefined) {
    next.deletionGracePeriodSeconds ??= before.deletionGracePeriodSeconds;
  }
}

const METADATA = ['metadata'];
const METADATA_AND_STATUS = ['metadata', 'status'];

export function bumpGeneration(kind: KindDescriptor, object: KubeObject, old: KubeObject): void {
  const { generation } = kind;
  if (!generation) return;
  // All but metadata, and but the status where that is a subresource.
  const apart = hasStatus(kind) ? METADATA_AND_STATUS : METADATA;
  const changed = generation.raisedBy.some((part) =>
    part === 'content'
      ? (generation.exact && hasEmpties(object)) || !sameJsonBut(apart, object, old)
      : !sameJson(object.metadata[part] ?? {}, old.metadata[part] ?? {}),
  );
  // One of more than 53 bits is a BigInt, to which no number is added.
  let next = old.metadata.generation ?? 0;
  if (changed) next++;
  if (next > 0) object.metadata.generation = next;
}

export const OTHER_NAMESPACE = 'the namespace of the provided object does not match the namespace sent on the request';

/** Fills in the namespace of the path. Throws 400 for another. */
export function matchNamespace(call: Call, { metadata }: KubeObject): void {
  const expected = namespaceOf(call);
  const given = metadata.namespace ?? '';
  if (expected === '') delete metadata.namespace;
  else if (given === '') metadata.namespace = expected;
  else if (given !== expected) {
    throw badRequest(OTHER_NAMESPACE);
  }
}

/** On update and patch, which name the object in the path. */
export function matchName(call: Call, object: KubeObject): void {
  matchNamespace(call, object);
  const { info } = call;
  const { name = '' } = object.metadata;
  if (name === '') {
    throw badRequest(`the name of the object (${info.name} based on URL) was undeterminable: name must be provided`);
  }
  if (name !== info.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`);
  }
}
