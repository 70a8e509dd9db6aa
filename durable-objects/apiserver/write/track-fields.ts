/** The managers of an object's fields, as a request changes them. */

import { convertedBy } from '../../../kube/kinds/custom/conversion-webhook.ts';
import { inVersion, type ServedKind } from '../../../kube/kinds/registry.ts';
import { droppedPartsFit } from '../../../kube/machinery/apply/dropped-parts.ts';
import { NO_RESETS, type Tracking, updateManagedFields } from '../../../kube/machinery/apply/managed-fields.ts';
import { type OwnedVersions, UnfitVersion } from '../../../kube/machinery/apply/owned-version.ts';
import { fitsSchema } from '../../../kube/machinery/apply/typed/check-config.ts';
import { copyJson } from '../../../kube/machinery/copy.ts';
import type { KubeObject, ManagedFieldsEntry } from '../../../kube/machinery/object.ts';
import { checkObject } from '../../../kube/machinery/schema/check.ts';
import type { Schema, StructSchema } from '../../../kube/machinery/schema/schema.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Stored } from '../../store/store.ts';
import { type Call, managerOf } from '../call.ts';
import type { Decodable } from './decode.ts';

/** `old` is undefined for a create. Changes neither. `shown`: see {@link trackingOf}. */
export function trackFields(
  call: Call,
  old: KubeObject | undefined,
  next: KubeObject,
  shown?: Decodable,
): ManagedFieldsEntry[] | undefined {
  return updateManagedFields({ ...trackingOf(call, shown), before: old, after: next });
}

/**
 * `next` is the object as the client has sent it, `current` as it is stored. False where a part does not fit that the
 * endpoint drops ({@link droppedPartsFit}), or what is stored, as after a change of the schema.
 */
export function canBeTracked(call: Call, old: KubeObject | undefined, next: KubeObject, current?: Stored): boolean {
  const { kind, conversion } = call;
  if (!droppedPartsFit({ ...trackingOf(call), before: old, after: next })) return false;
  if (!kind.custom || !conversion || !current) return true;
  const mayDiffer = conversion.apiVersion !== kind.apiVersion || conversion.isStored?.(current.text) === false;
  return !mayDiffer || fitsSchema(kind.schema, old);
}

/** `shown`: the kind that the endpoint has, where it is not the resource's own. */
export function trackingOf(call: Call, shown?: Decodable): Tracking {
  const { kind, info, now } = call;
  const { subresource } = info;
  const { schema, apiVersion } = shown ?? kind;
  return {
    schema: schema as StructSchema,
    apiVersion,
    manager: managerOf(call),
    time: rfc3339(now),
    subresource,
    ...(!shown && { resets: kind.resetFields[subresource], versions: versionsOf(call) }),
  };
}

function versionsOf(call: Call): OwnedVersions {
  return call.kind.custom ? customVersions(call) : builtInVersions(call);
}

/** All versions that the definition has, served or not (apiextensions `pkg/apiserver/conversion/converter.go`). */
function customVersions({ kind, conversion, answers, info }: Call): OwnedVersions {
  const webhook = conversion?.remote?.webhook;
  const inVersionOf = (object: KubeObject, apiVersion: string): KubeObject =>
    webhook ? convertedBy(webhook, object, apiVersion, answers) : { ...object, apiVersion };
  return (apiVersion) => {
    const schema = kind.custom?.schemaIn(apiVersion);
    if (!schema) throw new UnfitVersion(`request to convert CR to an invalid group/version: ${apiVersion}`);
    return {
      schema,
      // Upstream tells the object's endpoint what its own version drops alone, and that of the status what all drop.
      ...(info.subresource !== 'status' && { resets: NO_RESETS }),
      convert: (object) => inVersionOf(object, apiVersion),
      restore: (object) => inVersionOf(object, kind.apiVersion),
    };
  };
}

/** The versions in which the kind is served. Others, which an upgrade may have ended, own nothing any more. */
function builtInVersions({ server, kind, storage, conversion }: Call): OwnedVersions {
  return (apiVersion) => {
    const found = server.kinds.findKind(apiVersion, kind.kind);
    // Upstream converts within a group alone: Events have two.
    if (!found || found.storage !== storage || found.kind.group !== kind.group) return undefined;
    const own: Version = { kind, conversion };
    const other: Version = found;
    return {
      schema: other.kind.schema as StructSchema,
      convert: (object) => inVersion(typed(own.kind.schema, object), own, other),
      restore: (object) => inVersion(typed(other.kind.schema, object), other, own),
    };
  };
}

type Version = Pick<ServedKind, 'kind' | 'conversion'>;

/** A merged object may hold nulls, and lack what has been pruned: conversions take what a client could have sent. */
function typed(schema: Schema, object: KubeObject): KubeObject {
  const copy = copyJson(object);
  return checkObject(schema as StructSchema, copy, { directive: 'Ignore' }).object as KubeObject;
}
