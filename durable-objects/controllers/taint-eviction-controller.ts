/**
 * taint-eviction-controller (upstream `pkg/controller/tainteviction`): pods that do not tolerate a node's NoExecute
 * taints leave, at once or after their `tolerationSeconds`.
 */

import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import { timeOf } from '../../kube/machinery/time.ts';
import { tolerates } from '../../kube/scheduling/tolerations.ts';
import type { Node, Pod, PodCondition, Taint } from '../../kube/types.ts';
import { nodeFacts } from './common/nodes.ts';
import { disruptionPatch, isPod, podFacts, podsByNode } from './common/pods.ts';
import { NODE_HEALTH } from './common/taints.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';

export const taintEvictionController = defineController({
  name: 'taint-eviction-controller',
  actsAs: 'node-controller',
  for: 'nodes',
  filter: ({ before, after }) => (nodeFacts.of(before)?.evicts ?? false) || (nodeFacts.of(after)?.evicts ?? false),
  watches: [{ resource: 'pods', map: onTainted }],
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

function reconcile(key: Key, view: View, now: number, memo?: string): Plan {
  const { name } = parseKey(key);
  const node = view.get<Node>('nodes', '', name);
  const taints = (node?.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
  const kept: Memory | undefined = memo === undefined ? undefined : JSON.parse(memo);
  if (taints.length === 0) return { actions: node && kept?.taints ? cancelled(name, kept, view, now) : [] };
  const noticed = noticedAt(taints, kept?.noticed, now);
  const apart: Action[][] = [];
  let next: number | undefined;
  for (const object of view.index(podsByNode, name)) {
    if (object.deleting) continue;
    const pod = view.get<Pod>('pods', object.namespace, object.name);
    const due = pod && evictionTime(pod, taints, noticed);
    if (!pod || due === undefined) continue;
    if (due > now) next = Math.min(next ?? due, due);
    else apart.push(evict(pod, now));
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

/** The node evicts no longer, which an event tells of each pod that waited for it. */
function cancelled(node: string, { noticed, taints }: Memory, view: View, now: number): Action[] {
  return [...view.index(podsByNode, node)].flatMap(({ namespace, name, deleting }): Action[] => {
    const pod = deleting ? undefined : view.get<Pod>('pods', namespace, name);
    if (!pod || (evictionTime(pod, taints, noticed) ?? 0) <= now) return [];
    return [told(pod, 'Cancelling deletion of Pod')];
  });
}

/** An event of upstream's, which names no uid. */
function told({ metadata: { namespace = '', name = '' } }: Pod, what: string): Action {
  const regarding = { apiVersion: 'v1', kind: 'Pod', namespace, name, uid: '' };
  const message = `${what} ${namespace}/${name}`;
  return { do: 'event', event: { type: 'Normal', reason: 'TaintManagerEviction', message, regarding } };
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
      return [id, before?.[id] ?? (added > 0 && added < now ? added : now)];
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
function evictionTime(pod: Pod, taints: readonly Taint[], noticed: Noticed): number | undefined {
  const arrived = timeOf(
    pod.status?.conditions?.find(isScheduled)?.lastTransitionTime ?? pod.metadata.creationTimestamp,
  );
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

function evict(pod: Pod, now: number): Action[] {
  const { namespace = '', name = '', uid } = pod.metadata;
  const target = { resource: 'pods', namespace, name, uid };
  const status = disruptionPatch(pod, 'DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint', now);
  return [
    told(pod, 'Marking for deletion Pod'),
    { do: 'patch', target, patch: { status }, type: 'strategic', subresource: 'status' },
    { do: 'delete', target },
  ];
}
