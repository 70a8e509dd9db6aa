/** How a change of an object leads to its owner. */
import { type GroupResource, keyOf, parseKey } from '../../../kube/machinery/resource.ts';
import type { Watch } from './controller.ts';

/** The key of the controlling owner, before and after (an object that changes hands concerns both). */
export function ownerRoute(resource: GroupResource): NonNullable<Watch['map']> {
  return ({ key, before, after }, view) => {
    const { namespace } = parseKey(key);
    const keys: string[] = [];
    for (const owner of [before?.owner, after?.owner]) {
      if (!owner) continue;
      const ownerKey = keyOf(resource, namespace, owner.name);
      if (view.projection(ownerKey)?.uid === owner.uid && !keys.includes(ownerKey)) keys.push(ownerKey);
    }
    return keys;
  };
}
