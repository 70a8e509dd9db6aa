/** statefulset-controller (upstream `pkg/controller/statefulset`): pods with names, in order, with claims of their own. */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import { selectorFromObject } from '../../kube/machinery/selectors/labels.ts';
import type { ControllerRevision, StatefulSet } from '../../kube/types.ts';
import { adoptersOf, claim } from './common/controller-ref.ts';
import { orphanRevisions, REVISIONS, revisionLabels } from './common/controller-revisions.ts';
import { isPod, orphanPods, podFacts, podLabels } from './common/pods.ts';
import { statefulSetSelector } from './common/selectors.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';
import { CLAIMS } from './statefulset/claims.ts';
import { ordinalOf } from './statefulset/pod.ts';
import { revisionsOf, truncated } from './statefulset/revisions.ts';
import { countStatus, isSame } from './statefulset/status.ts';
import { nextStep, type Step } from './statefulset/step.ts';

const STATEFUL_SETS = 'statefulsets.apps';

export const statefulSetController = defineController({
  name: 'statefulset-controller',
  for: STATEFUL_SETS,
  owns: ['pods'],
  projections: [statefulSetSelector, podFacts, podLabels, revisionLabels],
  indexes: [orphanPods, orphanRevisions],
  watches: [
    { resource: 'pods', map: adoptersOf(STATEFUL_SETS) },
    { resource: CLAIMS, keysOnly: true, map: ofClaim },
  ],
  reconcile,
});

/** A claim that is gone is made again for the pod that waits for it: `data-web-0` is of the set `web`. */
function ofClaim({ key, change }: ObjectChange, view: View): Key[] {
  if (change !== 'delete') return [];
  const { namespace, name } = parseKey(key);
  const parts = name.replace(/-[0-9]+$/, '').split('-');
  return parts
    .map((_, at) => keyOf(STATEFUL_SETS, namespace, parts.slice(at).join('-')))
    .filter((candidate) => view.projection(candidate) !== undefined);
}

function reconcile(key: Key, view: View, now: number): Plan {
  const { namespace, name } = parseKey(key);
  const set = view.get<StatefulSet>(STATEFUL_SETS, namespace, name);
  if (!set) return { actions: [] };
  const selector = selectorFromObject(set.spec?.selector as never);
  const owner = set as unknown as KubeObject;
  const dependents = view.dependents(set.metadata.uid ?? '');
  const revisions = claim(
    owner,
    dependents.filter((object) => object.resource === REVISIONS && selector.matches(object.labels)),
    view.index(orphanRevisions, namespace),
    (object) => selector.matches(object.labels),
  );
  // No change of a revision brings the set back, and what comes next needs the adopted ones as they are then.
  if (revisions.actions.length > 0) return { actions: revisions.actions, parallel: true, requeueAfter: 0 };
  const claimed = claim(
    owner,
    dependents.filter(isPod),
    view.index(orphanPods, namespace),
    (object) => selector.matches(object.labels) && ordinalOf(set, object.name) !== undefined,
  );
  const pods = claimed.claimed.filter(isPod);
  const history = revisions.claimed.flatMap(
    (object) => view.get<ControllerRevision>(REVISIONS, namespace, object.name) ?? [],
  );
  const found = revisionsOf(set, history, view);
  const isGoing = set.metadata.deletionTimestamp !== undefined;
  const step: Step = isGoing ? { actions: [], replaced: 0 } : nextStep(set, found, pods, view, now);
  const { status, nextAvailable } = countStatus(set, found, pods, step.replaced, now);
  const update: Action = { do: 'update-status', resource: STATEFUL_SETS, object: { ...owner, status } };
  return {
    // The status is told whether or not a pod is refused.
    apart: isSame(set, status) ? [] : [[update]],
    actions: [...claimed.actions, ...found.actions, ...step.actions, ...truncated(set, history, found, pods)],
    parallel: set.spec?.podManagementPolicy === 'Parallel',
    ...(nextAvailable === undefined ? {} : { requeueAfter: nextAvailable }),
  };
}
