/**
 * Takes back the condition DisruptionTarget of pods that were not deleted after all, two minutes later (upstream
 * `syncStalePodDisruption` of the disruption controller).
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import { rfc3339 } from '../../kube/machinery/time.ts';
import type { Pod } from '../../kube/types.ts';
import { isActive, isPod, podFacts } from './common/pods.ts';
import { defineController } from './runtime/controller.ts';
import type { Plan } from './runtime/plan.ts';
import type { Projection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

/** upstream's stalePodDisruptionTimeout, in milliseconds */
const STALE_AFTER = 120_000;
const CONDITION = 'DisruptionTarget';

export const staleDisruptionController = defineController({
  name: 'stale-disruption-controller',
  actsAs: 'disruption-controller',
  for: 'pods',
  filter: ({ after }) => disruptedAt(after) !== undefined,
  projections: [podFacts],
  reconcile,
});

/** undefined of pods that go, or are over. */
function disruptedAt(pod: Projection | undefined): number | undefined {
  return isPod(pod) && isActive(pod) ? pod.pod.disrupted : undefined;
}

function reconcile(key: Key, view: View, now: number): Plan {
  const since = disruptedAt(view.projection(key));
  if (since === undefined) return { actions: [] };
  const wait = since + STALE_AFTER - now;
  if (wait > 0) return { actions: [], requeueAfter: wait };
  const { namespace, name } = parseKey(key);
  const pod = view.get<Pod>('pods', namespace, name);
  if (!pod) return { actions: [] };
  const { generation } = pod.metadata;
  const stale = {
    type: CONDITION,
    status: 'False',
    lastTransitionTime: rfc3339(now),
    ...(generation ? { observedGeneration: generation } : {}),
  };
  const conditions = (pod.status?.conditions ?? []).map((each) => (each.type === CONDITION ? stale : each));
  const object = { ...pod, status: { ...pod.status, conditions } } as unknown as KubeObject;
  return { actions: [{ do: 'update-status', resource: 'pods', object }] };
}
