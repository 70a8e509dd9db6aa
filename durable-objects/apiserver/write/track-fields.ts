/** The managers of an object's fields, as a request changes them. */
import {
  type OwnedVersions,
  type Tracking,
  updateManagedFields,
} from '../../../kube/machinery/apply/managed-fields.ts';
import type { KubeObject, ManagedFieldsEntry } from '../../../kube/machinery/object.ts';
import type { StructSchema } from '../../../kube/machinery/schema/schema.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import { type Call, managerOf } from '../call.ts';
import type { Decodable } from './decode.ts';

/** `old` is undefined for a create. Changes neither. */
export function trackFields(
  call: Call,
  old: KubeObject | undefined,
  next: KubeObject,
): ManagedFieldsEntry[] | undefined {
  return updateManagedFields({ ...trackingOf(call), before: old, after: next });
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
function versionsOf({ server, kind, storage, conversion }: Call): OwnedVersions {
  return (apiVersion) => {
    const found = server.kinds.findKind(apiVersion, kind.kind);
    if (!found || found.storage !== storage) return undefined;
    const { conversion: other } = found;
    const into = (object: KubeObject) => (conversion ? conversion.toStored(object) : object);
    const from = (object: KubeObject) => (conversion ? conversion.fromStored(object) : object);
    return {
      schema: found.kind.schema as StructSchema,
      convert: (object) => (other ? other.fromStored(into(object)) : into(object)),
      restore: (object) => from(other ? other.toStored(object) : object),
    };
  };
}
