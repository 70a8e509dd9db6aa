/** An update of an object, or of a part of it (apiserver `pkg/registry/rest/update.go` BeforeUpdate). */

import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import { ownObject } from '../../../kube/kinds/registry.ts';
import { isEmptyValue } from '../../../kube/machinery/apply/typed/shape.ts';
import { setOwn } from '../../../kube/machinery/entries.ts';
import { sameJson, sameJsonBut } from '../../../kube/machinery/equality.ts';
import { parseExact } from '../../../kube/machinery/exact-json.ts';
import { fieldError } from '../../../kube/machinery/field-error.ts';
import type { KubeObject, ManagedFieldsEntry, ObjectMeta } from '../../../kube/machinery/object.ts';
import type { Stored } from '../../store/store.ts';
import { Attributes } from '../admission/attributes.ts';
import { checkParamAccess } from '../authz/policy-params.ts';
import { checkEscalation } from '../authz/rbac/escalation.ts';
import type { Call } from '../call.ts';
import { conflict, invalid, MODIFIED, otherUid } from '../errors.ts';
import type { Claims } from '../services/allocator.ts';
import { addressWrites } from '../services/ip-addresses.ts';
import type { Proposal } from './commit.ts';
import { isDeletedByUpdate } from './decide-delete.ts';
import { hasStatus, keepMetadata } from './metadata.ts';
import type { WriteOptions } from './options.ts';
import { dedupOwnerReferences } from './owner-references.ts';
import { dropManagers, printObject } from './print.ts';
import { canBeTracked, trackFields } from './track-fields.ts';
import { checkUpdate, prepareUpdate } from './update-strategy.ts';

export interface Update {
  call: Call;
  options: WriteOptions;
  claims?: Claims;
  /** The object was made from the stored one: a uid in it is a change, not a condition. */
  isPatch?: boolean;
  /** The managers are known already, and are those that the object has. */
  isTracked?: boolean;
}

/** The stored object in the version of the request; a private copy. */
export function readStored(call: Call, text: string): KubeObject {
  return ownObject(call.conversion, text, call.answers);
}

/** `object` is decoded, defaulted and not used again by the caller; `current` is what it replaces. */
export function proposeUpdate(update: Update, object: KubeObject, current: Stored, old: KubeObject): Proposal {
  const { call, options, claims, isPatch, isTracked } = update;
  const { kind, info, conversion, warnings } = call;
  const { subresource } = info;
  checkPreconditions(update, object, current, old);
  if (!isPatch) dedupOwnerReferences(object, warnings, false);
  keepMetadata(object, old);
  object.metadata.resourceVersion = old.metadata.resourceVersion;
  const isFit = isTracked || canBeTracked(call, old, object, current);
  const next = subresource === 'status' ? withStatusOf(kind, object, old) : object;
  if (subresource === '') keepStatus(kind, next, old);
  if (!isTracked) next.metadata.managedFields = isFit ? trackFields(call, old, next) : undefined;
  const attributes = new Attributes(call, { operation: 'UPDATE', object: next, oldObject: old, options });
  return {
    attributes,
    settle() {
      // Plugins may have changed what this endpoint does not.
      if (subresource === '') keepStatus(kind, next, old);
      else if (subresource === 'status') keepAllButStatus(kind, next, old);
      checkEscalation(call, next, old);
      dedupOwnerReferences(next, warnings, true);
      prepareUpdate(call, next, old, claims, options.dryRun);
      checkUpdate(call, next, old);
      checkParamAccess(call, next, old);
    },
    next({ revision, reader }) {
      const isDeleted = isDeletedByUpdate(kind, next);
      const stored = (): KubeObject => (conversion ? conversion.toStored(next, call.answers) : next);
      // A text that an older schema or another version has stored may differ from today's, and is stored anew then.
      const isSame = (): boolean =>
        !isDeleted && isUnchanged(next, old) && (!conversion || isUnchanged(stored(), parseExact(current.text)));
      const print = (): string => printObject(stored(), revision);
      if (isSame()) return 'unchanged';
      let text = print();
      if (!isDeleted && !isTracked && !options.dryRun && dropManagers(text, next)) {
        if (isSame()) return 'unchanged';
        text = print();
      }
      const others = addressWrites(call, reader, old, isDeleted ? undefined : next);
      call.removed = isDeleted ? printObject(next, current.revision) : undefined;
      return isDeleted ? { delete: text, with: others } : { text, with: others };
    },
  };
}

function checkPreconditions(
  { call: { kind }, isPatch, options: { dryRun } }: Update,
  { metadata }: KubeObject,
  current: Stored,
  old: KubeObject,
): void {
  const name = old.metadata.name ?? '';
  if (!isPatch && metadata.uid && metadata.uid !== old.metadata.uid) {
    const { namespace = '', uid: found = '' } = old.metadata;
    throw otherUid(kind, { namespace, name, wanted: metadata.uid, found, dryRun });
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
function withStatusOf({ statusKeeps }: KindDescriptor, object: KubeObject, old: KubeObject): KubeObject {
  const metadata = { ...object.metadata };
  for (const part of statusKeeps) {
    if (old.metadata[part] === undefined) delete metadata[part];
    else Object.assign(metadata, { [part]: old.metadata[part] });
  }
  const next: KubeObject = { ...old, metadata };
  if (object.status === undefined) delete next.status;
  else next.status = object.status;
  return next;
}

function keepStatus(kind: KindDescriptor, next: KubeObject, old: KubeObject): void {
  if (!hasStatus(kind)) return;
  if (old.status === undefined) delete next.status;
  else next.status = old.status;
}

/** As {@link withStatusOf}, in place. */
function keepAllButStatus({ statusKeeps }: KindDescriptor, next: KubeObject, old: KubeObject): void {
  const kept = (name: string): boolean => name === 'metadata' || name === 'status';
  for (const name in next) if (!kept(name) && !Object.hasOwn(old, name)) delete next[name];
  for (const name in old) if (!kept(name)) setOwn<unknown>(next, name, old[name]);
  for (const part of statusKeeps) {
    if (old.metadata[part] === undefined) delete next.metadata[part];
    else Object.assign(next.metadata, { [part]: old.metadata[part] });
  }
}

/** Upstream writes nothing when only the times of managedFields would change. */
function isUnchanged(next: KubeObject, old: KubeObject): boolean {
  if ((next.metadata.generation ?? 0) !== (old.metadata.generation ?? 0)) return false;
  if (!sameJsonBut(['metadata'], next, old) || !isSameMetadata(next.metadata, old.metadata)) return false;
  return sameJson(timeless(next.metadata.managedFields), timeless(old.metadata.managedFields));
}

/** Empty maps and lists are not printed. Managers are compared apart. */
function isSameMetadata(a: ObjectMeta, b: ObjectMeta): boolean {
  const printed = (value: unknown): unknown => (isEmptyValue(value) ? undefined : value);
  const names = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof ObjectMeta>;
  names.delete('managedFields');
  for (const name of names) if (!sameJson(printed(a[name]), printed(b[name]))) return false;
  return true;
}

function timeless(entries: readonly ManagedFieldsEntry[] = []): unknown[] {
  return entries.map(({ time: _, ...rest }) => rest);
}
