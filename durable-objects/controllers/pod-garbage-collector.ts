/**
 * pod-garbage-collector (upstream `pkg/controller/podgc/gc_controller.go`): pods bound to a node that does not exist.
 * Upstream waits 40 s because its caches may lag; here only young pods wait, whose node may be about to join.
 */
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import { rfc3339 } from '../../kube/machinery/time.ts';
import type { Pod } from '../../kube/types.ts';
import { isPod, isTerminal, podFacts, podsByNode } from './common/pods.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import type { View } from './runtime/view.ts';

const QUARANTINE_MS = 40_000;

export const podGarbageCollector = defineController({
  name: 'pod-garbage-collector',
  for: 'nodes',
  filter: ({ change }) => change === 'delete',
  watches: [{ resource: 'pods', map: onNoNode }],
  projections: [podFacts],
  indexes: [podsByNode],
  reconcile,
});

function onNoNode({ before, after }: ObjectChange, view: View): Key[] {
  if (!isPod(after) || after.pod.node === '' || (isPod(before) && before.pod.node === after.pod.node)) return [];
  const key = keyOf('nodes', '', after.pod.node);
  return view.projection(key) ? [] : [key];
}

function reconcile(key: Key, view: View, now: number): Plan {
  const { name } = parseKey(key);
  if (view.projection(key)) return { actions: [] };
  const actions: Action[] = [];
  let next: number | undefined;
  for (const object of view.index(podsByNode, name)) {
    const wait = object.created + QUARANTINE_MS - now;
    if (wait > 0) next = Math.min(next ?? wait, wait);
    else if (isPod(object))
      actions.push(...collect(view.get<Pod>('pods', object.namespace, object.name), isTerminal(object), now));
  }
  return next === undefined ? { actions } : { actions, requeueAfter: next };
}

function collect(pod: Pod | undefined, isOver: boolean, now: number): Action[] {
  if (!pod) return [];
  const { namespace = '', name = '', uid, resourceVersion } = pod.metadata;
  const target = { resource: 'pods', namespace, name, uid };
  const remove: Action = { do: 'delete', target, gracePeriodSeconds: 0 };
  if (isOver) return [remove];
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByPodGC',
    message: 'PodGC: node no longer exists',
    lastTransitionTime: rfc3339(now),
  };
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== condition.type);
  const patch = { status: { phase: 'Failed', conditions: [...others, condition] } };
  return [{ do: 'patch', target: { ...target, resourceVersion }, patch, subresource: 'status' }, remove];
}
