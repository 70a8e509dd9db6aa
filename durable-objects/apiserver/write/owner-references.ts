/** Owner references that are sent twice (apiserver `pkg/endpoints/handlers/rest.go` dedupOwnerReferences). */
import type { KubeObject, OwnerReference } from '../../../kube/machinery/object.ts';

/** Leaves each once, and warns. A patch is only looked at after mutating plugins. */
export function dedupOwnerReferences({ metadata }: KubeObject, warnings: string[], isAfterMutation: boolean): void {
  const { ownerReferences } = metadata;
  if (!ownerReferences || ownerReferences.length < 2) return;
  const left = new Map<string, OwnerReference>();
  const repeated: string[] = [];
  for (const reference of ownerReferences) {
    const text = textOf(reference);
    if (left.has(text)) repeated.push(reference.uid);
    else left.set(text, reference);
  }
  if (repeated.length === 0) return;
  metadata.ownerReferences = [...left.values()];
  warnings.push(
    `.metadata.ownerReferences contains duplicate entries${isAfterMutation ? ' after mutating admission happens' : ''}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${repeated.join(', ')}`,
  );
}

/** The same for references that are the same: an object may have many thousands of them. */
function textOf({ apiVersion, kind, name, uid, controller, blockOwnerDeletion }: OwnerReference): string {
  return JSON.stringify([apiVersion, kind, name, uid, controller, blockOwnerDeletion]);
}
