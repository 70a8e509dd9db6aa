/**
 * taint-eviction-controller (upstream `pkg/controller/tainteviction`): pods that do not tolerate a node's NoExecute
 * taints leave, at once or after their `tolerationSeconds`, counted from when the taint was added.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import { rfc3339 } from '../../kube/machinery/time.ts';
import type { Node, Pod, Taint } from '../../kube/types.ts';
import { eventAbout } from './common/controller-ref.ts';
import { nodeFacts } from './common/nodes.ts';
import { isPod, podFacts, podsByNode } from './common/pods.ts';
import { staysFor } from './common/taints.ts';
import { timeOf } from './common/values.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import type { View } from './runtime/view.ts';

export const taintEvictionController = defineController({
  name: 'taint-eviction-controller',
  for: 'nodes',
  filter: ({ before, after }) => (nodeFacts.of(before)?.evicts ?? false) || (nodeFacts.of(after)?.evicts ?? false),
  watches: [{ resource: 'pods', map: onTainted }],
  projections: [nodeFacts, podFacts],
  indexes: [podsByNode],
  reconcile,
});

/** A pod that came to a node with such a taint. */
function onTainted({ before, after }: ObjectChange, view: View): Key[] {
  if (!isPod(after) || after.pod.node === '' || (isPod(before) && before.pod.node === after.pod.node)) return [];
  const key = keyOf('nodes', '', after.pod.node);
  return nodeFacts.of(view.projection(key))?.evicts ? [key] : [];
}

function reconcile(key: Key, view: View, now: number): Plan {
  const { name } = parseKey(key);
  const node = view.get<Node>('nodes', '', name);
  const taints = (node?.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
  if (taints.length === 0) return { actions: [] };
  const actions: Action[] = [];
  let next: number | undefined;
  for (const object of view.index(podsByNode, name)) {
    if (object.deleting) continue;
    const pod = view.get<Pod>('pods', object.namespace, object.name);
    const seconds = pod && staysFor(pod.spec?.tolerations ?? [], taints);
    if (!pod || seconds === undefined) continue;
    const left = startOf(taints, object.created) + seconds * 1000 - now;
    if (seconds > 0 && left > 0) next = Math.min(next ?? left, left);
    else actions.push(...evict(pod, now));
  }
  return next === undefined ? { actions } : { actions, requeueAfter: next };
}

/** The later of the newest taint and the pod itself. */
function startOf(taints: readonly Taint[], created: number): number {
  return Math.max(created, ...taints.map(({ timeAdded }) => timeOf(timeAdded as unknown as string | undefined)));
}

function evict(pod: Pod, now: number): Action[] {
  const { namespace = '', name = '', uid } = pod.metadata;
  const target = { resource: 'pods', namespace, name, uid };
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
    lastTransitionTime: rfc3339(now),
  };
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== condition.type);
  const message = `Marking for deletion Pod ${namespace}/${name}`;
  return [
    { do: 'event', event: eventAbout(pod as unknown as KubeObject, 'Normal', 'TaintManagerEviction', message) },
    {
      do: 'patch',
      target: { ...target, resourceVersion: pod.metadata.resourceVersion },
      patch: { status: { conditions: [...others, condition] } },
      subresource: 'status',
    },
    { do: 'delete', target },
  ];
}
