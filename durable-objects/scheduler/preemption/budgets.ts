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
  const allowed = new Map<Budget, number>();
  const violating: PodInfo[] = [];
  const nonViolating: PodInfo[] = [];
  for (const pod of pods) {
    let violates = false;
    for (const budget of budgets.get(pod.namespace) ?? []) {
      if (!budget.covers(pod)) continue;
      const left = (allowed.get(budget) ?? budget.allowed) - 1;
      allowed.set(budget, left);
      if (left < 0) violates = true;
    }
    (violates ? violating : nonViolating).push(pod);
  }
  return { violating, nonViolating };
}

interface Budget {
  namespace: string;
  allowed: number;
  /** Of pods of its namespace. */
  covers(pod: PodInfo): boolean;
}

const byList = new WeakMap<object, ReadonlyMap<string, readonly Budget[]>>();

/** By namespace. Those of a list are read once, since every node is asked what it would take to make room there. */
function budgetsOf({ list }: Snapshot): ReadonlyMap<string, readonly Budget[]> {
  const all = list(`${BUDGETS}/`);
  const known = byList.get(all) ?? Map.groupBy(all.map(budgetOf), ({ namespace }) => namespace);
  byList.set(all, known);
  return known;
}

function budgetOf(object: object): Budget {
  const { metadata, spec, status } = object as PodDisruptionBudget;
  const selector = selectorFromObject(spec?.selector as LabelSelectorObject | undefined);
  const disrupted = status?.disruptedPods ?? {};
  return {
    namespace: metadata.namespace ?? '',
    allowed: status?.disruptionsAllowed ?? 0,
    covers: ({ key, labels }) =>
      Object.keys(labels).length > 0 &&
      // A pod without labels and an empty selector match nothing here, and a pod whose eviction is under way is counted already.
      selector.requirements.length > 0 &&
      selector.matches(labels) &&
      !Object.hasOwn(disrupted, key.slice(key.lastIndexOf('/') + 1)),
  };
}
