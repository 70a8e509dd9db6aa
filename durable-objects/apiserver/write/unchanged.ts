/** Whether an update changes anything. */
import { sameJson } from '../../../kube/machinery/equality.ts';
import type { KubeObject, ManagedFieldsEntry } from '../../../kube/machinery/object.ts';

/** Upstream writes nothing when only the times of managedFields would change. */
export function isUnchanged(next: KubeObject, old: KubeObject): boolean {
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
