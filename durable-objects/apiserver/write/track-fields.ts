/** The managers of an object's fields, as a request changes them. */

import { convertedBy } from '../../../kube/kinds/custom/conversion-webhook.ts';
import { inVersion, type ServedKind } from '../../../kube/kinds/registry.ts';
import {
  type OwnedVersions,
  type Tracking,
  updateManagedFields,
} from '../../../kube/machinery/apply/managed-fields.ts';
import type { KubeObject, ManagedFieldsEntry } from '../../../kube/machinery/object.ts';
import { checkObject } from '../../../kube/machinery/schema/check.ts';
import type { Schema, StructSchema } from '../../../kube/machinery/schema/schema.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
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

/** The versions in which the kind is served. Others, which an upgrade may have ended, own nothing any more. */
function versionsOf(call: Call): OwnedVersions {
  const { server, kind, storage, conversion } = call;
  return (apiVersion) => {
    const found = server.kinds.findKind(apiVersion, kind.kind);
    // Upstream converts within a group alone: Events have two.
    if (!found || found.storage !== storage || found.kind.group !== kind.group) return undefined;
    const own: Version = { kind, conversion };
    const other: Version = found;
    return {
      schema: other.kind.schema as StructSchema,
      convert: (object) => converted(call, object, own, other),
      restore: (object) => converted(call, object, other, own),
    };
  };
}

type Version = Pick<ServedKind, 'kind' | 'conversion'>;

function converted({ answers }: Call, object: KubeObject, from: Version, to: Version): KubeObject {
  const { apiVersion, schema } = to.kind;
  // No manager owns fields that the schemas of a custom resource's versions drop or default.
  const remote = to.conversion?.remote;
  if (remote) return convertedBy(remote.webhook, object, apiVersion, answers);
  if ((schema as StructSchema).structural) return { ...object, apiVersion };
  return inVersion(typed(from.kind.schema, object), from, to);
}

/** A merged object may hold nulls, and lack what has been pruned: conversions take what a client could have sent. */
function typed(schema: Schema, object: KubeObject): KubeObject {
  const copy = structuredClone(object);
  return checkObject(schema as StructSchema, copy, { directive: 'Ignore' }).object as KubeObject;
}
