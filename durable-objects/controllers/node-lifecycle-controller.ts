/**
 * node-lifecycle-controller (upstream `pkg/controller/nodelifecycle`): a node's conditions become taints, and the pods
 * of a node that is not ready are not ready either; events tell of nodes that come and go. `nodes/liveness.ts` turns
 * the conditions of a node that went silent to Unknown.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import { rfc3339 } from '../../kube/machinery/time.ts';
import type { Node, Pod, Taint } from '../../kube/types.ts';
import { eventAbout } from './common/controller-ref.ts';
import { isPod, isTerminal, podFacts, podsByNode } from './common/pods.ts';
import { NODE_HEALTH, NOT_READY, UNREACHABLE } from './common/taints.ts';
import { healthFacts, isNotReady, judgeEviction, notReadyNodes, type Verdict } from './node-lifecycle/disruption.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, EventDecision, Plan } from './runtime/plan.ts';
import { READ, rule } from './runtime/rules.ts';
import type { View } from './runtime/view.ts';

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

export const nodeLifecycleController = defineController({
  name: 'node-lifecycle-controller',
  eventSource: 'node-controller',
  for: 'nodes',
  rules: [
    rule([...READ, 'update', 'patch'], [''], 'nodes'),
    rule([...READ, 'update'], [''], 'pods'),
    rule(['update', 'patch'], [''], 'nodes/status', 'pods/status'),
  ],
  watches: [
    { resource: 'pods', map: nodeOfReadyPod },
    { resource: 'nodes', map: otherNotReadyNodes, events: registrationEvents },
  ],
  projections: [healthFacts, podFacts],
  indexes: [podsByNode, notReadyNodes],
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
  const regarding = { apiVersion: 'v1', kind: 'Node', namespace: '', name, uid: object.metadata.uid ?? '' };
  return [{ type: 'Normal', reason, message: `Node ${name} event: ${what}`, regarding, once: true }];
}

/** Whether a notReady node is evicted depends on how many others are. */
function otherNotReadyNodes({ before, after }: ObjectChange, view: View): Key[] {
  const [old, now] = [healthFacts.of(before), healthFacts.of(after)];
  if (old && now && old.ready === now.ready && old.zone === now.zone && old.excluded === now.excluded) return [];
  const notReady = new Set<Key>();
  for (const facts of [old, now]) {
    if (facts) for (const { key } of view.index(notReadyNodes, String(facts.simulated))) notReady.add(key);
  }
  return [...notReady];
}

/** A pod that says it is ready on a node that isn't. */
function nodeOfReadyPod({ after }: ObjectChange, view: View): Key[] {
  if (!isPod(after) || !after.pod.ready || after.pod.node === '') return [];
  const key = keyOf('nodes', '', after.pod.node);
  return isNotReady(healthFacts.of(view.projection(key))?.ready) ? [key] : [];
}

function reconcile(key: Key, view: View, now: number): Plan {
  const { name } = parseKey(key);
  const node = view.get<Node>('nodes', '', name);
  if (!node || node.metadata.deletionTimestamp) return { actions: [] };
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
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
    });
    if (isNotReady(ready) && !present.some((taint) => NODE_HEALTH.has(taint.key))) {
      const message = `Node ${name} status is now: NodeNotReady`;
      actions.push({
        do: 'event',
        event: eventAbout(node as unknown as KubeObject, 'Normal', 'NodeNotReady', message),
      });
    }
  }
  if (isNotReady(ready)) actions.push(...podsNotReady(name, view, now));
  const requeueAfter = verdict.evict === 'later' ? verdict.after : undefined;
  return requeueAfter === undefined ? { actions } : { actions, requeueAfter };
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

/** `MarkPodsNotReady` */
function podsNotReady(node: string, view: View, now: number): Action[] {
  const actions: Action[] = [];
  for (const object of view.index(podsByNode, node)) {
    if (!isPod(object) || !object.pod.ready || isTerminal(object)) continue;
    const pod = view.get<Pod>('pods', object.namespace, object.name);
    if (!pod) continue;
    const conditions = pod.status?.conditions?.map((condition) =>
      condition.type === 'Ready' && condition.status !== 'False'
        ? { ...condition, status: 'False', lastTransitionTime: rfc3339(now) }
        : condition,
    );
    const { namespace = '', name = '', uid, resourceVersion } = pod.metadata;
    actions.push({
      do: 'patch',
      target: { resource: 'pods', namespace, name, uid, resourceVersion },
      patch: { status: { conditions } },
      subresource: 'status',
    });
    const event = eventAbout(pod as unknown as KubeObject, 'Warning', 'NodeNotReady', 'Node is not ready');
    actions.push({ do: 'event', event });
  }
  return actions;
}
