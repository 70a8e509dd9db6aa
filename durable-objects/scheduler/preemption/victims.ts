import type { NodeInfo } from '../cache/node-info.ts';
import type { PodInfo } from '../cache/projections.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import { addPod, removePod, runFilters } from '../framework/filters.ts';
import { PluginError } from '../framework/interface.ts';
import { type Rejection, unresolvable } from '../framework/rejection.ts';
import { splitByBudgets } from './budgets.ts';
import type { Candidate } from './candidate.ts';

/**
 * The fewest pods to delete from a node so that the pod fits there, or why it never does (`SelectVictimsOnNode`).
 * `cycle` and `node` are clones, and changed.
 */
export function selectVictims(cycle: CycleState, node: NodeInfo): Candidate | Rejection {
  const potential = [...node.pods.values()].filter(({ priority }) => priority < cycle.info.priority);
  if (potential.length === 0) return unresolvable('No preemption victims found for incoming pod');
  for (const pod of potential) removePod(cycle, pod, node);
  const rejected = runFilters(cycle, node);
  if (rejected) return rejected.rejection;
  // As many as possible are spared: first those that their budgets protect, and of those the most important.
  const { violating, nonViolating } = splitByBudgets(potential.sort(moreImportant), cycle.snapshot);
  const victims: PodInfo[] = [];
  const spare = (pod: PodInfo): boolean => {
    addPod(cycle, pod, node);
    if (!runFilters(cycle, node)) return true;
    removePod(cycle, pod, node);
    victims.push(pod);
    return false;
  };
  let violations = 0;
  for (const pod of violating) if (!spare(pod)) violations++;
  for (const pod of nonViolating) spare(pod);
  // The pod fits as it is: another than a filter rejected the node.
  if (victims.length === 0)
    throw new PluginError(`expected at least one victim pod on node ${JSON.stringify(node.name)}`);
  return { node: node.name, victims: victims.sort(moreImportant), violations };
}

/** `MoreImportantPod`: by priority, then by age. */
function moreImportant(a: PodInfo, b: PodInfo): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  return a.startTime === b.startTime ? 0 : a.startTime - b.startTime;
}
