/**
 * namespace-controller (upstream `pkg/controller/namespace`): a namespace that is being deleted is emptied after a few
 * seconds, pods first, and then let go; it is kept while an API server that cannot be asked may have more in it.
 */
import { API_SERVICES } from '../../kube/kinds/apiregistration/local.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import { timeOf } from '../../kube/machinery/time.ts';
import type { Namespace, Pod } from '../../kube/types.ts';
import { contentFailure, deletionConditions, type Findings, saysPodsAreLate } from './namespace/conditions.ts';
import { unavailable, unavailableVersions } from './namespace/unavailable.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import type { Content, View } from './runtime/view/view.ts';

const FINALIZER = 'kubernetes';
/**
 * Upstream's namespaceDeletionGracePeriod: whatever deletes a namespace and then the objects in it, as `kubectl delete -f`
 * does, finds them. `deletionTimestamp` is cut to the second, which counts as over.
 */
const GRACE_MS = 5_000 + 1_000;

export const namespaceController = defineController({
  name: 'namespace-controller',
  for: 'namespaces',
  filter: ({ after }) => after?.deleting ?? false,
  watches: [
    { resource: '*', map: terminatingNamespace },
    { resource: API_SERVICES, map: allTerminating },
  ],
  projections: [unavailable],
  reconcile,
});

/** An object left a namespace that is being deleted, or came into it. */
function terminatingNamespace({ key }: ObjectChange, view: View): Key[] {
  const { namespace } = parseKey(key);
  if (namespace === '') return [];
  const namespaceKey = keyOf('namespaces', '', namespace);
  return view.projection(namespaceKey)?.deleting ? [namespaceKey] : [];
}

/** An API became available or unavailable. */
function allTerminating({ before, after }: ObjectChange, view: View): Key[] {
  if (unavailable.of(before) === unavailable.of(after)) return [];
  return [...view.projections('namespaces', '')].filter(({ deleting }) => deleting).map(({ key }) => key);
}

function reconcile(key: Key, view: View, now: number, memo?: string): Plan {
  const { name } = parseKey(key);
  const namespace = view.get<Namespace>('namespaces', '', name);
  const finalizers = namespace?.spec?.finalizers ?? [];
  if (!namespace?.metadata.deletionTimestamp || finalizers.length === 0) return { actions: [] };
  const wait = timeOf(namespace.metadata.deletionTimestamp) + GRACE_MS - now;
  if (wait > 0) return { actions: [], requeueAfter: wait };
  const contents = view.contents(name);
  const pods = contents.filter(({ resource }) => resource === 'pods');
  const found: Findings = {
    // Upstream deletes the pods first, and counts no other content before they are gone.
    contents: pods.length > 0 ? [] : contents,
    unavailable: unavailableVersions(view),
  };
  const deletes = deleteContents(namespace, pods.length > 0 ? pods : contents, found, now);
  if (deletes.length > 0) return { actions: deletes, parallel: true };
  if (pods.length > 0) return awaitPods(namespace, pods, found, view, now, memo);
  const status = statusActions(namespace, found, now);
  const rest = finalizers.filter((finalizer) => finalizer !== FINALIZER);
  if (contents.length > 0 || found.unavailable.length > 0 || rest.length === finalizers.length) {
    return { actions: status };
  }
  const object = { ...namespace, spec: { ...namespace.spec, finalizers: rest } } as unknown as KubeObject;
  return {
    actions: [
      { do: 'delete-collection', resource: 'events', namespace: name },
      ...status,
      { do: 'finalize-namespace', object },
    ],
  };
}

/** Deletes the collections of which an object is not being deleted yet. */
function deleteContents(namespace: Namespace, contents: readonly Content[], found: Findings, now: number): Action[] {
  const onRefused = {
    condition: {
      resource: 'namespaces',
      object: withConditions(namespace, found, now),
      condition: contentFailure(now),
    },
  };
  return [...contents]
    .sort((a, b) => (a.resource < b.resource ? -1 : 1))
    .filter(({ count, terminating }) => count > terminating.length)
    .map(({ resource }) => ({
      do: 'delete-collection',
      resource,
      namespace: namespace.metadata.name ?? '',
      onRefused,
    }));
}

/**
 * Waits for the pods' grace periods; pods that remain without finalizers are an error. `memo`: the end of those
 * periods.
 */
function awaitPods(
  namespace: Namespace,
  pods: readonly Content[],
  found: Findings,
  view: View,
  now: number,
  memo?: string,
): Plan {
  if (pods.some(({ terminating }) => terminating.some(({ finalizers }) => finalizers.length > 0))) {
    return { actions: statusActions(namespace, found, now) };
  }
  const deadline = saysPodsAreLate(namespace) ? 0 : Number(memo ?? podsDeadline(namespace, view));
  const isLate = now >= deadline;
  const actions = statusActions(namespace, { ...found, arePodsLate: isLate }, now);
  return isLate ? { actions } : { actions, requeueAfter: deadline - now, memo: String(deadline) };
}

function statusActions(namespace: Namespace, found: Findings, now: number): Action[] {
  const object = withConditions(namespace, found, now);
  if (object.status === namespace.status) return [];
  return [{ do: 'update-status', resource: 'namespaces', object }];
}

/** The namespace with its conditions as they should be; with the very same status when they are so already. */
function withConditions(namespace: Namespace, found: Findings, now: number): KubeObject {
  const conditions = deletionConditions(namespace, found, now);
  const status = conditions ? { ...namespace.status, conditions } : namespace.status;
  return { ...namespace, status } as unknown as KubeObject;
}

/**
 * The time by which the pods should have ended, in milliseconds since the epoch: the namespace's deletion, and the longest
 * grace period of a pod that has not ended (upstream `namespace/deletion`, estimateGracefulTermination).
 */
function podsDeadline({ metadata }: Namespace, view: View): number {
  let longest = 0;
  for (const { spec, status } of view.list<Pod>('pods', metadata.name)) {
    if (status?.phase === 'Succeeded' || status?.phase === 'Failed') continue;
    longest = Math.max(longest, spec?.terminationGracePeriodSeconds ?? 0);
  }
  return timeOf(metadata.deletionTimestamp) + longest * 1000;
}
