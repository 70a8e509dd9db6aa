/**
 * pod-garbage-collector (upstream `pkg/controller/podgc/gc_controller.go`): pods bound to a node that does not exist, and
 * the oldest of very many that have ended. Upstream waits 40 s because its caches may lag; here only young pods wait,
 * whose node may be about to join.
 */
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import { rfc3339 } from '../../kube/machinery/time.ts';
import type { Pod } from '../../kube/types.ts';
import { isPod, isTerminal, podFacts, podsByNode } from './common/pods.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import type { Projection } from './runtime/projection.ts';
import { READ, rule } from './runtime/rules.ts';
import type { View } from './runtime/view.ts';

const QUARANTINE_MS = 40_000;
/** `--terminated-pod-gc-threshold` */
const MAX_TERMINATED = 12_500;
const TERMINATED_PODS = keyOf('pods', '', '');

export const podGarbageCollector = defineController({
  name: 'pod-garbage-collector',
  for: 'nodes',
  rules: [rule(READ, [''], 'nodes'), rule([...READ, 'delete'], [''], 'pods'), rule(['patch'], [''], 'pods/status')],
  filter: ({ change }) => change === 'delete',
  watches: [
    { resource: 'pods', map: onNoNode },
    { resource: 'pods', map: ended },
  ],
  projections: [podFacts],
  indexes: [podsByNode],
  reconcile,
});

function onNoNode({ before, after }: ObjectChange, view: View): Key[] {
  if (!isPod(after) || after.pod.node === '' || (isPod(before) && before.pod.node === after.pod.node)) return [];
  const key = keyOf('nodes', '', after.pod.node);
  return view.projection(key) ? [] : [key];
}

function ended({ before, after }: ObjectChange): Key[] {
  return isPod(after) && isTerminal(after) && !(isPod(before) && isTerminal(before)) ? [TERMINATED_PODS] : [];
}

function reconcile(key: Key, view: View, now: number): Plan {
  if (key === TERMINATED_PODS) return collectTerminated(view);
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

/** `gcTerminated`: beyond the threshold the oldest go. */
function collectTerminated(view: View): Plan {
  if (view.count('pods') <= MAX_TERMINATED) return { actions: [] };
  const terminated: Projection[] = [];
  for (const { name: namespace } of view.projections('namespaces', '')) {
    for (const pod of view.projections('pods', namespace)) if (isPod(pod) && isTerminal(pod)) terminated.push(pod);
  }
  const excess = terminated
    .sort((a, b) => a.created - b.created)
    .slice(0, Math.max(0, terminated.length - MAX_TERMINATED));
  const actions = excess.map(
    ({ namespace, name, uid }): Action => ({
      do: 'delete',
      target: { resource: 'pods', namespace, name, uid },
      gracePeriodSeconds: 0,
    }),
  );
  return { actions, parallel: true };
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
