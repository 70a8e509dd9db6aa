/**
 * node-lifecycle-controller (upstream `pkg/controller/nodelifecycle`): a node's conditions become taints, and the pods
 * of a node that went silent are not ready any more; events tell of nodes that come and go. `nodes/liveness.ts` turns
 * the conditions of a node that went silent to Unknown.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import { rfc3339, timeOf } from '../../kube/machinery/time.ts';
import type { Node, NodeCondition, Pod, Taint } from '../../kube/types.ts';
import { eventAbout } from './common/controller-ref.ts';
import { isPod, podFacts, podsByNode } from './common/pods.ts';
import { NODE_HEALTH, NOT_READY, UNREACHABLE } from './common/taints.ts';
import { healthFacts, isNotReady, judgeEviction, notReadyNodes, type Verdict } from './node-lifecycle/disruption.ts';
import { evictions, zoneGauges } from './node-lifecycle/metrics.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, EventDecision, Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';

/** The reason of a condition that no kubelet ever wrote. */
const NEVER_UPDATED = 'NodeStatusNeverUpdated';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
/** Conditions that are bad when True. */
const PRESSURES: Record<string, string> = {
  MemoryPressure: 'node.kubernetes.io/memory-pressure',
  DiskPressure: 'node.kubernetes.io/disk-pressure',
  NetworkUnavailable: 'node.kubernetes.io/network-unavailable',
  PIDPressure: 'node.kubernetes.io/pid-pressure',
};
/** Taints that only this controller puts and takes. */
const MANAGED: ReadonlySet<string> = new Set([NOT_READY, UNREACHABLE, UNSCHEDULABLE, ...Object.values(PRESSURES)]);
/** `labelReconcileInfo` */
const LABELS = [
  ['kubernetes.io/os', 'beta.kubernetes.io/os'],
  ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
] as const;

export const nodeLifecycleController = defineController({
  name: 'node-lifecycle-controller',
  actsAs: 'node-controller',
  eventSource: 'node-controller',
  for: 'nodes',
  watches: [{ resource: 'nodes', map: otherNotReadyNodes, events: registrationEvents }],
  projections: [healthFacts, podFacts],
  indexes: [podsByNode, notReadyNodes],
  gauges: zoneGauges,
  reconcile,
});

/** A node that came or went gets one event (monitorNodeHealth, which knows each node from when it first saw it). */
function registrationEvents({ key, change, object }: ObjectChange): EventDecision[] {
  if (change === 'update') return [];
  const { name } = parseKey(key);
  const [reason, what] =
    change === 'create'
      ? ['RegisteredNode', `Registered Node ${name} in Controller`]
      : ['RemovingNode', `Removing Node ${name} from Controller`];
  const regarding = regardingNode(name, object.metadata.uid);
  return [{ type: 'Normal', reason, message: `Node ${name} event: ${what}`, regarding, once: true }];
}

/** Whether a node that is not ready is evicted depends on the number of others. */
function otherNotReadyNodes({ before, after }: ObjectChange, view: View): Key[] {
  const [old, now] = [healthFacts.of(before), healthFacts.of(after)];
  if (old && now && old.ready === now.ready && old.zone === now.zone && old.excluded === now.excluded) return [];
  const notReady = new Set<Key>();
  for (const facts of [old, now]) {
    if (facts) for (const { key } of view.index(notReadyNodes, String(facts.simulated))) notReady.add(key);
  }
  return [...notReady];
}

function reconcile(key: Key, view: View, now: number): Plan {
  const { name } = parseKey(key);
  const node = view.get<Node>('nodes', '', name);
  if (!node || node.metadata.deletionTimestamp) return { actions: [] };
  const condition = node.status?.conditions?.find(({ type }) => type === 'Ready');
  const ready = condition?.status;
  const present = node.spec?.taints ?? [];
  const verdict = evictionVerdict(key, node, ready, view, now);
  const taints = taintsFor(node, ready, present, verdict.evict === 'now', now);
  const actions: Action[] = [];
  if (present.map(taintId).join() !== taints.map(taintId).join()) {
    const { uid, resourceVersion } = node.metadata;
    actions.push({
      do: 'patch',
      target: { resource: 'nodes', namespace: '', name, uid, resourceVersion },
      patch: { spec: { taints: taints.length > 0 ? taints : null } },
      metrics: { done: evictions(node, taints) },
    });
  }
  const since = silentSince(condition);
  const labels = labelsToUpdate(node);
  if (labels) {
    const target = { resource: 'nodes', namespace: '', name, uid: node.metadata.uid };
    actions.push({ do: 'patch', target, patch: { metadata: { labels } }, type: 'strategic' });
  }
  const isNew = since !== undefined && !present.some((taint) => NODE_HEALTH.has(taint.key));
  if (isNew) actions.push({ do: 'event', event: notReadyEvent(node) });
  const until = isNew ? Number.POSITIVE_INFINITY : since;
  const requeueAfter = verdict.evict === 'later' ? verdict.after : undefined;
  return {
    actions,
    ...(until === undefined ? {} : { apart: podsNotReady(name, until, view, now) }),
    ...(requeueAfter === undefined ? {} : { requeueAfter }),
  };
}

/** `reconcileNodeLabels`: the labels of old follow those that replaced them; undefined where they do. */
function labelsToUpdate({ metadata: { labels = {} } }: Node): Record<string, string> | undefined {
  const stale = LABELS.filter(([stable, beta]) => labels[stable] !== undefined && labels[beta] !== labels[stable]);
  if (stale.length === 0) return undefined;
  return Object.fromEntries(stale.map(([stable, beta]) => [beta, labels[stable] ?? '']));
}

/**
 * The time at which a node turned Unknown, in milliseconds; undefined for all others. A node that itself says that it
 * is not ready has a kubelet, which knows best how its pods are, and so has a pod that turned ready after that time:
 * two writers that do not agree on a condition would write it in turn for ever.
 */
function silentSince(ready: NodeCondition | undefined): number | undefined {
  if (ready?.status !== 'Unknown' || ready.reason === NEVER_UPDATED) return undefined;
  return timeOf(ready.lastTransitionTime);
}

/** As all that this controller says of a node, it names no revision. */
function notReadyEvent({ metadata: { name, uid } }: Node): EventDecision {
  const message = `Node ${name} status is now: NodeNotReady`;
  return { type: 'Normal', reason: 'NodeNotReady', message, regarding: regardingNode(name, uid) };
}

function regardingNode(name = '', uid = ''): EventDecision['regarding'] {
  return { apiVersion: 'v1', kind: 'Node', namespace: '', name, uid };
}

/** Whether the node shall have a NoExecute taint: a tainted node keeps it, with another key where that is due. */
function evictionVerdict(key: Key, node: Node, ready: string | undefined, view: View, now: number): Verdict {
  const projection = view.projection(key);
  if (!isNotReady(ready) || !projection) return { evict: 'none' };
  const verdict = judgeEviction(projection, view.projections('nodes', ''), now);
  const isTainted = node.spec?.taints?.some((taint) => NODE_HEALTH.has(taint.key) && taint.effect === 'NoExecute');
  return isTainted && verdict.evict === 'later' ? { evict: 'now' } : verdict;
}

/** The taints of others stay as they are, in their order; those of this controller follow the conditions. */
function taintsFor(
  node: Node,
  ready: string | undefined,
  present: readonly Taint[],
  evicts: boolean,
  now: number,
): Taint[] {
  const wanted: Taint[] = [];
  const want = (key: string, effect: string) =>
    wanted.push({ key, effect, timeAdded: rfc3339(now) } as unknown as Taint);
  if (ready === 'False') want(NOT_READY, 'NoSchedule');
  if (ready === 'Unknown') want(UNREACHABLE, 'NoSchedule');
  for (const { type, status } of node.status?.conditions ?? []) {
    const key = Object.hasOwn(PRESSURES, type) ? PRESSURES[type] : undefined;
    if (key && status === 'True') want(key, 'NoSchedule');
  }
  if (node.spec?.unschedulable) want(UNSCHEDULABLE, 'NoSchedule');
  if (ready === 'False' && evicts) want(NOT_READY, 'NoExecute');
  if (ready === 'Unknown' && evicts) want(UNREACHABLE, 'NoExecute');
  const ids = new Set(wanted.map(taintId));
  const kept = present.filter((taint) => ids.has(taintId(taint)) || !isOurs(taint));
  const had = new Set(kept.map(taintId));
  return [...kept, ...wanted.filter((taint) => !had.has(taintId(taint)))];
}

function isOurs({ key, effect }: Taint): boolean {
  if (effect === 'NoExecute') return NODE_HEALTH.has(key);
  return effect === 'NoSchedule' && MANAGED.has(key);
}

function taintId({ key, effect }: Taint): string {
  return `${key}:${effect}`;
}

/** `MarkPodsNotReady`, of pods that turned ready before a time. A status that was refused is tried again. */
function podsNotReady(node: string, until: number, view: View, now: number): Action[][] {
  const runs: Action[][] = [];
  for (const object of view.index(podsByNode, node)) {
    if (!isPod(object) || !object.pod.ready || object.pod.readySince >= until) continue;
    const pod = view.get<Pod>('pods', object.namespace, object.name);
    if (!pod) continue;
    const { namespace = '', name = '', uid } = pod.metadata;
    const condition = { type: 'Ready', status: 'False', lastTransitionTime: rfc3339(now) };
    const event = eventAbout(pod as unknown as KubeObject, 'Warning', 'NodeNotReady', 'Node is not ready');
    runs.push([
      {
        do: 'patch',
        // Nothing else writes this condition while the kubelet is silent, so what else changed does not matter.
        target: { resource: 'pods', namespace, name, uid },
        patch: { status: { conditions: [condition] } },
        type: 'strategic',
        subresource: 'status',
        onDone: { event },
      },
    ]);
  }
  return runs;
}
