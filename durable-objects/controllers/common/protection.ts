/** Objects that stay while they are in use, by a finalizer (upstream `pkg/controller/util/protectionutil`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { type Key, parseKey } from '../../../kube/machinery/resource.ts';
import type { ObjectChange } from '../runtime/controller.ts';
import type { Plan } from '../runtime/plan.ts';
import type { View } from '../runtime/view/view.ts';

/** A change after which the finalizer is to be added, or perhaps removed. */
export function concernsProtection(finalizer: string): (change: ObjectChange) => boolean {
  return ({ after }) => after !== undefined && after.deleting === after.finalizers.includes(finalizer);
}

/** `isUsed` is asked only of an object that is being deleted. */
export function protect<T extends KubeObject>(
  view: View,
  key: Key,
  finalizer: string,
  isUsed: (object: T) => boolean,
): Plan {
  const { resource, namespace, name } = parseKey(key);
  const object = view.get<T>(resource, namespace, name);
  if (!object) return { actions: [] };
  const { metadata } = object;
  const present = metadata.finalizers ?? [];
  const isProtected = present.includes(finalizer);
  if (isProtected !== (metadata.deletionTimestamp !== undefined)) return { actions: [] };
  if (isProtected && isUsed(object)) return { actions: [] };
  const finalizers = isProtected ? present.filter((other) => other !== finalizer) : [...present, finalizer];
  return { actions: [{ do: 'update', resource, object: { ...object, metadata: { ...metadata, finalizers } } }] };
}
