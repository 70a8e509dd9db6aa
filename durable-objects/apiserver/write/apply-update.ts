/**
 * The decision of every update: what the object becomes. Runs inside the store's transaction, on the state that is
 * current there, so that two writers cannot pass each other (apiserver `pkg/registry/generic/registry/store.go` Update).
 */
import { validateMetadataUpdate } from '../../../kube/kinds/metadata.ts';
import { updateManagedFields } from '../../../kube/machinery/apply/managed-fields.ts';
import { sameJson } from '../../../kube/machinery/equality.ts';
import { type FieldError, fieldError } from '../../../kube/machinery/field-error.ts';
import type { KubeObject, ManagedFieldsEntry } from '../../../kube/machinery/object.ts';
import type { StructSchema } from '../../../kube/machinery/schema/schema.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Next, Stored, WriteContext } from '../../store/store.ts';
import { mutate, validate } from '../admission/index.ts';
import type { Admission } from '../admission/plugin.ts';
import { conflict, invalid, MODIFIED, qualifiedKind } from '../errors.ts';
import { type Call, writerOf } from '../server.ts';
import { allocateService } from '../services/allocate.ts';
import type { Claims } from '../services/allocator.ts';
import { isDeletedByUpdate } from './decide-delete.ts';
import { bumpGeneration, hasStatus, keepMetadata } from './metadata.ts';
import { printObject } from './print.ts';

export interface UpdateRequest {
  call: Call;
  manager: string;
  /** '' for the object itself; `status`; others act on the object as their verb shaped it. */
  subresource: string;
  claims?: Claims;
  /** The object was made from the stored one: a uid in it is a change, not a condition. */
  isPatch?: boolean;
}

/** The stored object in the version of the request; a private copy. */
export function readStored(call: Call, text: string): KubeObject {
  const object = JSON.parse(text) as KubeObject;
  return call.conversion ? call.conversion.fromStored(object) : object;
}

/** `object` is decoded, defaulted and the caller's to give; `current` is what it replaces. */
export function applyUpdate(
  request: UpdateRequest,
  object: KubeObject,
  current: Stored,
  old: KubeObject,
  context: WriteContext,
): Next {
  const { call, manager, subresource } = request;
  const { kind } = call;
  checkPreconditions(request, object, current, old);
  keepMetadata(object, old);
  object.metadata.resourceVersion = old.metadata.resourceVersion;
  const next = subresource === 'status' ? withStatusOf(object, old) : object;
  if (subresource === '' && hasStatus(kind)) {
    if (old.status === undefined) delete next.status;
    else next.status = old.status;
  }
  // Upstream never begins to track what was created with nothing to track.
  const isTracked = !!old.metadata.managedFields?.length;
  const trackChanges = () =>
    updateManagedFields({
      schema: kind.schema as StructSchema,
      before: old,
      after: next,
      manager,
      time: rfc3339(call.now),
      subresource,
      ignore:
        subresource === '' && hasStatus(kind) ? ['status'] : kind.strategy.subresources?.[subresource]?.resetFields,
    });
  next.metadata.managedFields = isTracked ? trackChanges() : undefined;
  const admission: Admission = {
    call,
    operation: 'UPDATE',
    namespace: old.metadata.namespace ?? '',
    name: old.metadata.name ?? '',
    subresource,
    object: next,
    old,
    reader: context.reader,
  };
  mutate(admission);
  shape(request, next, old);
  check(call, next, old, subresource);
  validate(admission);
  if (sameButForTimes(next, old)) return 'unchanged';
  const stored = call.conversion ? call.conversion.toStored(next) : next;
  const text = printObject(stored, context.revision);
  return subresource !== 'status' && isDeletedByUpdate(kind, next) ? { delete: text } : { text };
}

function checkPreconditions(
  { call: { kind }, isPatch }: UpdateRequest,
  { metadata }: KubeObject,
  current: Stored,
  old: KubeObject,
): void {
  const name = old.metadata.name ?? '';
  if (!isPatch && metadata.uid && metadata.uid !== old.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${old.metadata.uid}`;
    throw conflict(kind.resource, name, why);
  }
  const given = metadata.resourceVersion;
  if (!given || given === '0') {
    if (kind.allowUnconditionalUpdate) return;
    const why = 'must be specified for an update';
    // Upstream names the resource here, not the kind.
    throw invalid(kind.resource, name, [fieldError.invalid('metadata.resourceVersion', 0, why)]);
  }
  if (given !== String(current.revision)) throw conflict(kind.resource, name, MODIFIED);
}

/** Only the status counts, and of metadata what upstream's strategies let through. */
function withStatusOf(object: KubeObject, old: KubeObject): KubeObject {
  const next: KubeObject = { ...old, metadata: object.metadata };
  const { ownerReferences } = old.metadata;
  if (ownerReferences) next.metadata.ownerReferences = ownerReferences;
  else delete next.metadata.ownerReferences;
  if (object.status === undefined) delete next.status;
  else next.status = object.status;
  return next;
}

function shape({ call, subresource, claims }: UpdateRequest, next: KubeObject, old: KubeObject): void {
  const { kind } = call;
  const { strategy } = kind;
  if (subresource === 'status') {
    strategy.prepareForStatusUpdate?.(next, old, writerOf(call));
    return;
  }
  const own = strategy.subresources?.[subresource];
  if (own) {
    own.prepareForUpdate(next, old, writerOf(call));
    return;
  }
  // The one endpoint that may touch a namespace's own finalizers, which every other update keeps.
  if (subresource === 'finalize') return;
  strategy.prepareForUpdate?.(next, old);
  bumpGeneration(kind, next, old);
  if (claims) allocateService(next, old, claims);
}

function check(call: Call, next: KubeObject, old: KubeObject, subresource: string): void {
  const { kind, warnings } = call;
  const errors: FieldError[] = validateMetadataUpdate(next.metadata, old.metadata, kind);
  const { strategy } = kind;
  const own = strategy.subresources?.[subresource];
  if (own) errors.push(...own.validateUpdate(next, old));
  else if (subresource === 'status') errors.push(...(strategy.validateStatusUpdate?.(next, old) ?? []));
  else errors.push(...(strategy.validate?.(next) ?? []), ...(strategy.validateUpdate?.(next, old) ?? []));
  if (errors.length > 0) throw invalid(qualifiedKind(kind), next.metadata.name ?? '', errors);
  if (subresource === '') warnings.push(...(strategy.warnings?.(next, old) ?? []));
}

/** Upstream writes nothing when only the times of managedFields would change. */
function sameButForTimes(next: KubeObject, old: KubeObject): boolean {
  const { metadata: a, ...restA } = next;
  const { metadata: b, ...restB } = old;
  if (!sameJson(restA, restB)) return false;
  const { managedFields: fieldsA = [], ...metaA } = a;
  const { managedFields: fieldsB = [], ...metaB } = b;
  return sameJson(withoutEmpty(metaA), withoutEmpty(metaB)) && sameJson(timeless(fieldsA), timeless(fieldsB));
}

function timeless(entries: readonly ManagedFieldsEntry[]): unknown[] {
  return entries.map(({ time: _, ...rest }) => rest);
}

/** Empty maps and lists of metadata are not printed. */
function withoutEmpty(metadata: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(metadata).filter(
      ([, value]) => typeof value !== 'object' || (value && Object.keys(value).length > 0),
    ),
  );
}
