/**
 * namespace-controller (upstream `pkg/controller/namespace/deletion`): a namespace being deleted is emptied, pods
 * first, and then let go.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import type { Namespace } from '../../kube/types.ts';
import { contentFailure, deletionConditions } from './namespace/conditions.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import type { Content, View } from './runtime/view/view.ts';

const FINALIZER = 'kubernetes';

export const namespaceController = defineController({
  name: 'namespace-controller',
  for: 'namespaces',
  filter: ({ after }) => after?.deleting ?? false,
  watches: [{ resource: '*', map: terminatingNamespace }],
  reconcile,
});

/** An object left a namespace that is being deleted, or came into it. */
function terminatingNamespace({ key }: ObjectChange, view: View): Key[] {
  const { namespace } = parseKey(key);
  if (namespace === '') return [];
  const namespaceKey = keyOf('namespaces', '', namespace);
  return view.projection(namespaceKey)?.deleting ? [namespaceKey] : [];
}

function reconcile(key: Key, view: View, now: number): Plan {
  const { name } = parseKey(key);
  const namespace = view.get<Namespace>('namespaces', '', name);
  const finalizers = namespace?.spec?.finalizers ?? [];
  if (!namespace?.metadata.deletionTimestamp || finalizers.length === 0) return { actions: [] };
  const contents = view.contents(name);
  if (contents.length === 0) {
    const rest = finalizers.filter((finalizer) => finalizer !== FINALIZER);
    if (rest.length === finalizers.length) return { actions: [] };
    const object = { ...namespace, spec: { ...namespace.spec, finalizers: rest } } as unknown as KubeObject;
    return {
      actions: [
        { do: 'delete-collection', resource: 'events', namespace: name },
        { do: 'finalize-namespace', object },
      ],
    };
  }
  const deletes = deleteContents(namespace, contents, now);
  if (deletes.length > 0) return { actions: deletes, parallel: true };
  // All content is being deleted: the conditions name the remaining.
  return { actions: statusActions(namespace, contents, now) };
}

/** Deletes collections that are not being deleted yet. Pods go alone, before objects that they may need to end well. */
function deleteContents(namespace: Namespace, contents: readonly Content[], now: number): Action[] {
  const pods = contents.filter(({ resource }) => resource === 'pods');
  const next = pods.length > 0 ? pods : [...contents].sort((a, b) => (a.resource < b.resource ? -1 : 1));
  const onRefused = {
    condition: {
      resource: 'namespaces',
      object: withConditions(namespace, contents, now),
      condition: contentFailure(now),
    },
  };
  return next
    .filter(({ count, terminating }) => count > terminating.length)
    .map(({ resource }) => ({
      do: 'delete-collection',
      resource,
      namespace: namespace.metadata.name ?? '',
      onRefused,
    }));
}

function statusActions(namespace: Namespace, contents: readonly Content[], now: number): Action[] {
  const object = withConditions(namespace, contents, now);
  if (object.status === namespace.status) return [];
  return [{ do: 'update-status', resource: 'namespaces', object }];
}

/** The namespace with its conditions as they should be; with the very same status when they are so already. */
function withConditions(namespace: Namespace, contents: readonly Content[], now: number): KubeObject {
  const conditions = deletionConditions(namespace.status?.conditions ?? [], contents, now);
  const status = conditions ? { ...namespace.status, conditions } : namespace.status;
  return { ...namespace, status } as unknown as KubeObject;
}
