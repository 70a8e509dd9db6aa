/**
 * taint-eviction-controller (upstream `pkg/controller/tainteviction`): pods that do not tolerate a node's NoExecute
 * taints leave, at once or after their `tolerationSeconds`.
 */

import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import { timeOf } from '../../kube/machinery/time.ts';
import { type Measurement, measure } from '../../kube/metrics/registry.ts';
import { tolerates } from '../../kube/scheduling/tolerations.ts';
import type { Node, Pod, PodCondition, Taint } from '../../kube/types.ts';
import { nodeFacts } from './common/nodes.ts';
import { disruptionPatch, isPod, podFacts, podsByNode } from './common/pods.ts';
import { NODE_HEALTH } from './common/taints.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, EventDecision, Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';

const CANCELLED = 'Cancelling deletion of Pod';
/** The reason of an evicted pod's condition DisruptionTarget. */
const EVICTED = 'DeletionByTaintManager';

export const taintEvictionController = defineController({
  name: 'taint-eviction-controller',
  actsAs: 'node-controller',
  for: 'nodes',
  filter: ({ before, after }) => (nodeFacts.of(before)?.evicts ?? false) || (nodeFacts.of(after)?.evicts ?? false),
  watches: [{ resource: 'pods', map: onTainted, events: goneBefore }],
  projections: [nodeFacts, podFacts],
  indexes: [podsByNode],
  reconcile,
});

/** A pod on a node with such a taint: it came there, or tolerates more than before. */
function onTainted({ after }: ObjectChange, view: View): Key[] {
  if (!isPod(after) || after.deleting || after.pod.node === '') return [];
  const key = keyOf('nodes', '', after.pod.node);
  return nodeFacts.of(view.projection(key))?.evicts ? [key] : [];
}

/** A pod that waited for its eviction is gone: by another's deletion, as it does not say that it was evicted. */
function goneBefore({ change, object }: ObjectChange, view: View): EventDecision[] {
  if (change !== 'delete') return [];
  const pod = object as unknown as Pod;
  const name = pod.spec?.nodeName ?? '';
  if (name === '' || !nodeFacts.of(view.projection(keyOf('nodes', '', name)))?.evicts) return [];
  if (isEvicted(pod)) return [];
  const taints = noExecute(view.get<Node>('nodes', '', name));
  return (evictionTime(pod, taints, {}, Number.POSITIVE_INFINITY) ?? 0) > 0 ? [toldOf(pod, CANCELLED)] : [];
}

function isEvicted({ status }: Pod): boolean {
  return status?.conditions?.some(({ reason }) => reason === EVICTED) ?? false;
}

function noExecute(node: Node | undefined): Taint[] {
  return (node?.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
}

function reconcile(key: Key, view: View, now: number, memo?: string): Plan {
  const { name } = parseKey(key);
  const node = view.get<Node>('nodes', '', name);
  const taints = noExecute(node);
  const kept: Memory | undefined = memo === undefined ? undefined : JSON.parse(memo);
  if (taints.length === 0) return { actions: node && kept?.taints ? cancelled(name, kept, view, now) : [] };
  const noticed = noticedAt(taints, kept?.noticed, now);
  const apart: Action[][] = [];
  let next: number | undefined;
  for (const object of view.index(podsByNode, name)) {
    const pod = view.get<Pod>('pods', object.namespace, object.name);
    // One that another deletes is evicted, too, and says so while it ends.
    if (!pod || (object.deleting && isEvicted(pod))) continue;
    const due = evictionTime(pod, taints, noticed, now);
    const isOver = (due ?? 0) <= now && kept !== undefined && waits(pod, kept, now);
    const cancelled = isOver ? [told(pod, CANCELLED)] : [];
    if (due !== undefined && due > now) next = Math.min(next ?? due, due);
    else if (due !== undefined) apart.push([...cancelled, ...evict(pod, due, now)]);
    else if (isOver) apart.push(cancelled);
  }
  const plan = { actions: [], apart };
  return next === undefined
    ? plan
    : { ...plan, requeueAfter: next - now, memo: JSON.stringify({ noticed, taints } satisfies Memory) };
}

/** The time at which each taint was first seen, by {@link taintId}. */
type Noticed = Readonly<Record<string, number>>;

/** Kept while a pod waits. */
interface Memory {
  noticed: Noticed;
  taints: readonly Taint[];
}

function waits(pod: Pod, { noticed, taints }: Memory, now: number): boolean {
  return (evictionTime(pod, taints, noticed, now) ?? 0) > now;
}

/** The node evicts no longer, which an event tells of each pod that waited for it. */
function cancelled(node: string, kept: Memory, view: View, now: number): Action[] {
  return [...view.index(podsByNode, node)].flatMap(({ namespace, name }): Action[] => {
    const pod = view.get<Pod>('pods', namespace, name);
    return pod && !isEvicted(pod) && waits(pod, kept, now) ? [told(pod, CANCELLED)] : [];
  });
}

/** An event of upstream's, which names no uid. */
function toldOf({ metadata: { namespace = '', name = '' } }: Pod, what: string): EventDecision {
  const regarding = { apiVersion: 'v1', kind: 'Pod', namespace, name, uid: '' };
  const message = `${what} ${namespace}/${name}`;
  return { type: 'Normal', reason: 'TaintManagerEviction', message, regarding };
}

function told(pod: Pod, what: string): Action {
  return { do: 'event', event: toldOf(pod, what) };
}

/**
 * Tolerations are counted from the time at which a taint was noticed, as upstream: `kubectl taint` sets no
 * `timeAdded`. The times of earlier runs are in the memo, for as long as a pod waits.
 */
function noticedAt(taints: readonly Taint[], before: Noticed | undefined, now: number): Noticed {
  return Object.fromEntries(
    taints.map((taint) => {
      const id = taintId(taint);
      const added = timeOf(taint.timeAdded as unknown as string | undefined);
      // A clock that was set back leaves times that lie ahead.
      return [id, Math.min(now, before?.[id] ?? (added > 0 ? added : now))];
    }),
  );
}

/** A node that turns from not ready to unreachable swaps its taint, and evicts no later for it. */
function taintId({ key, value = '' }: Taint): string {
  return NODE_HEALTH.has(key) ? 'health' : `${key}=${value}`;
}

/**
 * The time at which the pod has to leave, in milliseconds since the epoch; undefined when it may stay. Of the
 * tolerations of a taint the first counts (`GetMatchingTolerations`).
 */
function evictionTime(pod: Pod, taints: readonly Taint[], noticed: Noticed, now: number): number | undefined {
  const scheduled = timeOf(
    pod.status?.conditions?.find(isScheduled)?.lastTransitionTime ?? pod.metadata.creationTimestamp,
  );
  const arrived = scheduled <= now ? scheduled : 0;
  let earliest: number | undefined;
  for (const taint of taints) {
    const toleration = pod.spec?.tolerations?.find((one) => tolerates(one, taint));
    if (!toleration) return 0;
    const { tolerationSeconds } = toleration;
    if (tolerationSeconds === undefined || tolerationSeconds === null) continue;
    const since = Math.max(arrived, noticed[taintId(taint)] ?? 0);
    const due = tolerationSeconds <= 0 ? 0 : since + Number(tolerationSeconds) * 1000;
    earliest = Math.min(earliest ?? due, due);
  }
  return earliest;
}

function isScheduled({ type, status }: PodCondition): boolean {
  return type === 'PodScheduled' && status === 'True';
}

/** `due`: 0 for at once. */
function evict(pod: Pod, due: number, now: number): Action[] {
  const { namespace = '', name = '', uid } = pod.metadata;
  const target = { resource: 'pods', namespace, name, uid };
  const status = disruptionPatch(pod, EVICTED, 'Taint manager: deleting due to NoExecute taint', now);
  return [
    told(pod, 'Marking for deletion Pod'),
    { do: 'patch', target, patch: { status }, type: 'strategic', subresource: 'status' },
    { do: 'delete', target, metrics: { done: deleted(due === 0 ? 0 : now - due) } },
  ];
}

/** `late`: milliseconds. */
function deleted(late: number): Measurement[] {
  return [
    measure('taint_eviction_controller_pod_deletions_total', 1),
    measure('taint_eviction_controller_pod_deletion_duration_seconds', late / 1000),
  ];
}
