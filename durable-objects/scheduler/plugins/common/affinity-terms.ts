/** The pods and namespaces that inter-pod affinity terms are about. */
import { keyOf } from '../../../../kube/machinery/resource.ts';
import type { Labels } from '../../../../kube/machinery/selectors/labels.ts';
import type { Term } from '../../cache/affinity-terms.ts';
import type { PodInfo } from '../../cache/projections.ts';
import type { Snapshot } from '../../cache/snapshot.ts';

function namespaceLabels(snapshot: Snapshot, namespace: string): Labels {
  return snapshot.lookup(keyOf('namespaces', '', namespace))?.metadata.labels ?? {};
}

export function includesNamespace(term: Term, namespace: string, snapshot: Snapshot): boolean {
  if (term.namespaces.includes(namespace)) return true;
  return term.namespaceSelector?.matches(namespaceLabels(snapshot, namespace)) ?? false;
}

export function matchesPod(term: Term, pod: PodInfo, snapshot: Snapshot): boolean {
  return term.selector.matches(pod.labels) && includesNamespace(term, pod.namespace, snapshot);
}

/** The namespaces that a term looks into. */
export function namespacesOf(term: Term, snapshot: Snapshot): readonly string[] {
  if (!term.namespaceSelector) return term.namespaces;
  const names = new Set(term.namespaces);
  for (const namespace of snapshot.list('namespaces/')) {
    if (term.namespaceSelector.matches(namespace.metadata.labels)) names.add(namespace.metadata.name ?? '');
  }
  return [...names];
}
