import { type LabelSelectorObject, selectorFromObject } from '../../../kube/machinery/selectors/labels.ts';
import type { PodDisruptionBudget } from '../../../kube/types.ts';
import type { PodInfo } from '../cache/projections.ts';
import type { Snapshot } from '../cache/snapshot.ts';

export const BUDGETS = 'poddisruptionbudgets.policy';

/**
 * Pods that a preemption of all of them could not spare without violating a PodDisruptionBudget, and those it could
 * (`filterPodsWithPDBViolation`). Both keep their order, in which the pods draw on the budgets.
 */
export function splitByBudgets(
  pods: readonly PodInfo[],
  snapshot: Snapshot,
): { violating: PodInfo[]; nonViolating: PodInfo[] } {
  const budgets = budgetsOf(snapshot);
  const violating: PodInfo[] = [];
  const nonViolating: PodInfo[] = [];
  for (const pod of pods) {
    let violates = false;
    for (const budget of budgets) {
      if (!budget.covers(pod)) continue;
      budget.allowed--;
      if (budget.allowed < 0) violates = true;
    }
    (violates ? violating : nonViolating).push(pod);
  }
  return { violating, nonViolating };
}

function budgetsOf(snapshot: Snapshot): { allowed: number; covers(pod: PodInfo): boolean }[] {
  return snapshot.list(`${BUDGETS}/`).map((object) => {
    const { metadata, spec, status } = object as unknown as PodDisruptionBudget;
    const selector = selectorFromObject(spec?.selector as LabelSelectorObject | undefined);
    const disrupted = status?.disruptedPods ?? {};
    return {
      allowed: status?.disruptionsAllowed ?? 0,
      covers: ({ key, namespace, labels }) =>
        namespace === metadata.namespace &&
        Object.keys(labels).length > 0 &&
        // A pod without labels and an empty selector match nothing here, and a pod whose eviction is under way is counted already.
        selector.requirements.length > 0 &&
        selector.matches(labels) &&
        !Object.hasOwn(disrupted, key.slice(key.lastIndexOf('/') + 1)),
    };
  });
}
