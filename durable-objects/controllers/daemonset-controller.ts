/** daemonset-controller (upstream `pkg/controller/daemon/daemon_controller.go`): a pod on each node that fits. */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import { type Selector, selectorFromObject } from '../../kube/machinery/selectors/labels.ts';
import type { ControllerRevision, DaemonSet } from '../../kube/types.ts';
import { adoptersOf, claim, eventAbout } from './common/controller-ref.ts';
import { orphanRevisions, REVISIONS, revisionLabels } from './common/controller-revisions.ts';
import { isNode, nodeFacts, nodeLabels } from './common/nodes.ts';
import { createPod, deletePod } from './common/pod-control.ts';
import { isPod, orphanPods, type PodProjection, podFacts, podLabels } from './common/pods.ts';
import { daemonSetSelector } from './common/selectors.ts';
import { same } from './common/values.ts';
import { FailedPodsBackOff } from './daemonset/back-off.ts';
import { cleanUp, type History, historyOf } from './daemonset/history.ts';
import { manage } from './daemonset/manage.ts';
import { concerns, daemonTemplate, forNode, placementsOf } from './daemonset/placement.ts';
import { rollingUpdate } from './daemonset/rolling-update.ts';
import { countStatus } from './daemonset/status.ts';
import { type Changes, podsByNode, type Sync } from './daemonset/sync.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import { defineIndex } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

const DAEMON_SETS = 'daemonsets.apps';
/** upstream's BurstReplicas: pods created, and pods deleted, in one run */
const BURST = 250;

const ALL = '';
const allDaemonSets = defineIndex({ name: 'DaemonSets', resource: DAEMON_SETS, values: () => [ALL] });

const adopters = adoptersOf(DAEMON_SETS);

export const daemonSetController = defineController({
  // The name of its service account, whose role it has; its events are by another.
  name: 'daemon-set-controller',
  eventSource: 'daemonset-controller',
  for: DAEMON_SETS,
  owns: ['pods'],
  projections: [daemonSetSelector, podFacts, podLabels, nodeFacts, nodeLabels, revisionLabels],
  indexes: [orphanPods, orphanRevisions, allDaemonSets],
  watches: [
    { resource: 'pods', map: adopters },
    { resource: REVISIONS, map: ofRevision },
    { resource: 'nodes', map: ofNode },
  ],
  reconcile,
});

/** A revision that is made for a DaemonSet asks for nothing, as upstream; a change of it, or its end, does. */
function ofRevision(change: ObjectChange, view: View): Key[] {
  const { before, after } = change;
  const keys = new Set(adopters(change, view));
  for (const projection of change.change === 'create' ? [] : [before, after]) {
    if (projection?.owner?.kind !== 'DaemonSet') continue;
    const owner = view.owner(projection.owner, projection.namespace);
    if (owner?.resource === DAEMON_SETS) keys.add(owner.key);
  }
  return [...keys];
}

/** The labels and taints of a node decide which daemon pods run on it. */
function ofNode({ change, before, after }: ObjectChange, view: View): Key[] {
  const [old, now] = [before, after].map((node) => (isNode(node) ? node : undefined));
  if (old && now && old.labels === now.labels && old.node.taints === now.node.taints) return [];
  // A change whose earlier state is not known may have been any.
  const isUnknown = change !== 'create' && !old;
  return [...view.index(allDaemonSets, ALL)].flatMap(({ key, namespace, name }) => {
    if (isUnknown) return [key];
    const daemonSet = view.get<DaemonSet>(DAEMON_SETS, namespace, name);
    return daemonSet && concerns(daemonSet, old, now) ? [key] : [];
  });
}

function reconcile(key: Key, view: View, now: number, memo?: string): Plan {
  const { namespace, name } = parseKey(key);
  const daemonSet = view.get<DaemonSet>(DAEMON_SETS, namespace, name);
  if (!daemonSet) return { actions: [] };
  const selector = selectorFromObject(daemonSet.spec?.selector as never);
  if (selector.requirements.length === 0) return selectsAll(daemonSet);
  // Its history may be gone before its pods are, so that a status could not be told.
  if (daemonSet.metadata.deletionTimestamp) return { actions: [] };

  const revisions = claimed(daemonSet, REVISIONS, selector, view);
  if (revisions.actions.length > 0) return { actions: revisions.actions, parallel: true };
  const pods = claimed(daemonSet, 'pods', selector, view);
  const own = pods.claimed.filter(isPod);
  const history = historyOf(
    daemonSet,
    revisions.claimed.flatMap((object) => view.get<ControllerRevision>(REVISIONS, namespace, object.name) ?? []),
    own,
    view,
  );
  if ('first' in history) return { actions: [...pods.actions, ...history.first], parallel: true };
  const nodes = [...view.projections('nodes', '')].filter(isNode).sort((a, b) => (a.name < b.name ? -1 : 1));
  const sync = {
    daemonSet,
    hash: history.hash,
    placements: placementsOf(daemonSet, nodes),
    pods: podsByNode(own),
    now,
  };
  const plan = sweep(sync, history, own, memo);
  return { ...plan, actions: [...pods.actions, ...plan.actions] };
}

/** The objects of a resource that are the DaemonSet's, with the actions that adopt and release. */
function claimed(daemonSet: DaemonSet, resource: string, selector: Selector, view: View) {
  const orphans = resource === 'pods' ? orphanPods : orphanRevisions;
  return claim(
    daemonSet as unknown as KubeObject,
    view.dependents(daemonSet.metadata.uid ?? '').filter((object) => object.resource === resource),
    view.index(orphans, daemonSet.metadata.namespace ?? ''),
    (object) => selector.matches(object.labels),
  );
}

/** Nodes get what they lack first; pods of the present template replace others once every node has what it should. */
function sweep(sync: Sync, history: History, own: readonly PodProjection[], memo: string | undefined): Plan {
  const { daemonSet } = sync;
  const owner = daemonSet as unknown as KubeObject;
  const backOff = new FailedPodsBackOff(memo, daemonSet.status?.observedGeneration ?? 0, sync.now);
  const managed = manage(sync, backOff);
  const isSettled = managed.creates.length === 0 && managed.deletes.length === 0;
  const rolls = isSettled && daemonSet.spec?.updateStrategy?.type === 'RollingUpdate';
  const changes = rolls ? rollingUpdate(sync) : managed;
  const { status, nextAvailable } = countStatus(sync);
  const isSame = same('io.k8s.api.apps.v1.DaemonSetStatus', daemonSet.status, status);
  const object = { ...daemonSet, status } as unknown as KubeObject;
  const waits = [nextAvailable, backOff.plan?.requeueAfter].filter((wait) => wait !== undefined);
  return {
    // The status is told whether or not the pods are refused.
    apart: isSame ? [] : [[{ do: 'update-status', resource: DAEMON_SETS, object }]],
    actions: [
      ...managed.events.map((event): Action => ({ do: 'event', event })),
      ...history.actions,
      ...podActions(owner, sync, changes),
      ...cleanUp(daemonSet, history.old, own),
    ],
    parallel: true,
    ...(waits.length > 0 ? { requeueAfter: Math.min(...waits) } : {}),
    ...(backOff.plan ? { memo: backOff.plan.memo } : {}),
  };
}

function podActions(owner: KubeObject, { daemonSet, hash }: Sync, { creates, deletes }: Changes): Action[] {
  const template = daemonTemplate(daemonSet, hash);
  return [
    ...creates.slice(0, BURST).map((node) => createPod(owner, forNode(template, node))),
    ...deletes.slice(0, BURST).map((pod) => deletePod(owner, pod)),
  ];
}

function selectsAll(daemonSet: DaemonSet): Plan {
  const message = 'This daemon set is selecting all pods. A non-empty selector is required.';
  const event = eventAbout(daemonSet as unknown as KubeObject, 'Warning', 'SelectingAll', message);
  return { actions: [{ do: 'event', event }] };
}
