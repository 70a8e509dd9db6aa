/** Owner references that are sent twice (apiserver `pkg/endpoints/handlers/rest.go` dedupOwnerReferences). */
import { sameJson } from '../../../kube/machinery/equality.ts';
import type { KubeObject, OwnerReference } from '../../../kube/machinery/object.ts';

/** Leaves each once, and warns. A patch is only looked at after mutating plugins. */
export function dedupOwnerReferences({ metadata }: KubeObject, warnings: string[], isAfterMutation: boolean): void {
  const { ownerReferences } = metadata;
  if (!ownerReferences || ownerReferences.length < 2) return;
  const known = new Map<string, OwnerReference[]>();
  const repeated: string[] = [];
  const left = ownerReferences.filter((reference) => {
    const same = known.get(reference.uid) ?? [];
    if (same.some((one) => sameJson(one, reference))) {
      repeated.push(reference.uid);
      return false;
    }
    known.set(reference.uid, [...same, reference]);
    return true;
  });
  if (repeated.length === 0) return;
  metadata.ownerReferences = left;
  warnings.push(
    `.metadata.ownerReferences contains duplicate entries${isAfterMutation ? ' after mutating admission happens' : ''}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${repeated.join(', ')}`,
  );
}
