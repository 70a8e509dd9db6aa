/**
 * namespace-controller (upstream `pkg/controller/namespace`): a namespace that is being deleted is emptied after a few
 * seconds, pods first, then what aggregated APIs keep in it, and let go; it is kept while one of those cannot be asked.
 */

import { availableCondition, isServedHere } from '../../kube/kinds/apiregistration/conditions.ts';
import { API_SERVICES } from '../../kube/kinds/apiregistration/local.ts';
import type { RemoteVersion } from '../../kube/machinery/discovery/remote.ts';
import { sameJson } from '../../kube/machinery/equality.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import { timeOf } from '../../kube/machinery/time.ts';
import type { APIService, Namespace, Pod } from '../../kube/types.ts';
import { contentFailure, type Findings, remainingOf, saysPodsAreLate } from './namespace/conditions.ts';
import { DELETE_REMOTE_CONTENT } from './namespace/effects.ts';
import { FINALIZER, finish, statusActions, withConditions } from './namespace/finish.ts';
import { mayKeepContent } from './namespace/remote-content.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import { defineProjection } from './runtime/view/projection.ts';
import type { Content, View } from './runtime/view/view.ts';

/**
 * Upstream's namespaceDeletionGracePeriod: whatever deletes a namespace and then the objects in it, as `kubectl delete -f`
 * does, finds them. `deletionTimestamp` is cut to the second, which counts as over.
 */
const GRACE_MS = 5_000 + 1_000;

/** Upstream comes back after this while finalizers hold content; no aggregated API is asked more often. */
const FIRST_ASK_MS = 8_000;
const LONGEST_ASK_MS = 10 * 60_000;

/** Of an APIService of another server: its group version, and whether it is available. */
const remoteApi = defineProjection<{ version: string; isAvailable: boolean }>({
  field: 'remoteApi',
  resource: API_SERVICES,
  compute: (object) => {
    const service = object as unknown as APIService;
    if (isServedHere(service)) return undefined;
    const isAvailable = availableCondition(service)?.status === 'True';
    return { version: `${service.spec?.group}/${service.spec?.version}`, isAvailable };
  },
});

export const namespaceController = (versions: () => readonly RemoteVersion[]) =>
  defineController({
    name: 'namespace-controller',
    for: 'namespaces',
    filter: ({ after }) => after?.deleting ?? false,
    watches: [
      { resource: '*', map: terminatingNamespace },
      { resource: API_SERVICES, map: allTerminating },
    ],
    projections: [remoteApi],
    reconcile: (key, view, now, memo) => reconcile(key, { view, now, memo }, versions()),
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
  if (sameJson(remoteApi.of(before), remoteApi.of(after))) return [];
  return [...view.projections('namespaces', '')].filter(({ deleting }) => deleting).map(({ key }) => key);
}

/** A run of the controller for one namespace. */
interface Run {
  view: View;
  /** Milliseconds since the epoch. */
  now: number;
  /** The memo of the Plan before. */
  memo: string | undefined;
}

function reconcile(key: Key, run: Run, versions: readonly RemoteVersion[]): Plan {
  const { view, now } = run;
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
    contents: pods.length > 0 ? [] : contents.map((one) => remainingOf(one.resource, one.count, one.terminating)),
    unavailable: unavailableVersions(versions),
  };
  const deletes = deleteContents(namespace, pods.length > 0 ? pods : contents, found, now);
  if (deletes.length > 0) return { actions: deletes, parallel: true };
  if (pods.length > 0) return awaitPods(namespace, pods, found, run);
  // A namespace without its own finalizer has been emptied already, and waits for other finalizers.
  const asks = finalizers.includes(FINALIZER) && mayKeepContent(versions);
  return asks ? deleteThroughApis(namespace, found, run) : { actions: finish(namespace, found, now) };
}

/**
 * Deletes through the aggregated APIs, ever more rarely until the namespace is gone. The memo: the number of times, and
 * the last time, in milliseconds since the epoch.
 */
function deleteThroughApis(namespace: Namespace, known: Findings, { now, memo }: Run): Plan {
  const [, asked = '0', last = '0'] = /^asked (\d+) (\d+)$/.exec(memo ?? '') ?? [];
  const early = Number(last) + FIRST_ASK_MS - now;
  if (early > 0) return { actions: [], requeueAfter: early, memo };
  const tries = Number(asked);
  const object = namespace as unknown as KubeObject;
  return {
    actions: [{ do: 'effect', effect: DELETE_REMOTE_CONTENT, object, known }],
    requeueAfter: Math.min(FIRST_ASK_MS * 2 ** tries, LONGEST_ASK_MS),
    memo: `asked ${tries + 1} ${now}`,
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

/** Waits for the pods' grace periods; pods that remain without finalizers are an error. The memo: the periods' end. */
function awaitPods(namespace: Namespace, pods: readonly Content[], found: Findings, { view, now, memo }: Run): Plan {
  if (pods.some(({ terminating }) => terminating.some(({ finalizers }) => finalizers.length > 0))) {
    return { actions: statusActions(namespace, found, now) };
  }
  const [, known] = /^pods until (\d+)$/.exec(memo ?? '') ?? [];
  const deadline = saysPodsAreLate(namespace) ? 0 : Number(known ?? podsDeadline(namespace, view));
  const isLate = now >= deadline;
  const actions = statusActions(namespace, { ...found, arePodsLate: isLate }, now);
  return isLate ? { actions } : { actions, requeueAfter: deadline - now, memo: `pods until ${deadline}` };
}

/**
 * The time by which the pods should have ended, in milliseconds since the epoch: the namespace's deletion, and the longest
 * grace period of a pod that has not ended (upstream `namespace/deletion`, estimateGracefulTermination).
 */
function podsDeadline({ metadata }: Namespace, view: View): number {
  let longest = 0;
  for (const { spec, status } of view.list<Pod>('pods', metadata.name)) {
    if (status?.phase === 'Succeeded' || status?.phase === 'Failed') continue;
    longest = Math.max(longest, Number(spec?.terminationGracePeriodSeconds ?? 0));
  }
  return timeOf(metadata.deletionTimestamp) + longest * 1000;
}

/** The group versions that are not available, sorted as upstream prints them. */
function unavailableVersions(versions: readonly RemoteVersion[]): string[] {
  return versions.flatMap(({ group, version, isCurrent }) => (isCurrent ? [] : [`${group}/${version}`])).sort();
}
