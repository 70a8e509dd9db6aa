/** The actions by which a namespace's deletion goes on, once it is known what remains in it. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Namespace } from '../../../kube/types.ts';
import type { Action } from '../runtime/plan.ts';
import { deletionConditions, type Findings } from './conditions.ts';

export const FINALIZER = 'kubernetes';

/** The conditions, and the end of a namespace in which nothing is left. */
export function finish(namespace: Namespace, found: Findings, now: number): Action[] {
  const { contents, unavailable, failures = [] } = found;
  const finalizers = namespace.spec?.finalizers ?? [];
  const status = statusActions(namespace, found, now);
  const rest = finalizers.filter((finalizer) => finalizer !== FINALIZER);
  const isEmpty = contents.length === 0 && unavailable.length === 0 && failures.length === 0;
  if (!isEmpty || rest.length === finalizers.length) return status;
  const object = { ...namespace, spec: { ...namespace.spec, finalizers: rest } } as unknown as KubeObject;
  return [
    { do: 'delete-collection', resource: 'events', namespace: namespace.metadata.name ?? '' },
    ...status,
    { do: 'finalize-namespace', object },
  ];
}

export function statusActions(namespace: Namespace, found: Findings, now: number): Action[] {
  const object = withConditions(namespace, found, now);
  if (object.status === namespace.status) return [];
  return [{ do: 'update-status', resource: 'namespaces', object }];
}

/** The namespace with its conditions as they should be; with the very same status when they are so already. */
export function withConditions(namespace: Namespace, found: Findings, now: number): KubeObject {
  const conditions = deletionConditions(namespace, found, now);
  const status = conditions ? { ...namespace.status, conditions } : namespace.status;
  return { ...namespace, status } as unknown as KubeObject;
}
