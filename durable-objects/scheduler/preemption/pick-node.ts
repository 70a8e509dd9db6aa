import type { PodInfo } from '../cache/projections.ts';
import type { Candidate } from './candidate.ts';

/** Added to priorities, so that a node with fewer victims of a negative priority is preferred to one with more. */
const MAX_INT32_AND_ONE = 2 ** 31;

/** Each decides among the candidates that all before it leave: the lowest is best (`pickOneNodeForPreemption`). */
const COSTS: readonly ((candidate: Candidate) => number)[] = [
  ({ violations }) => violations,
  ({ victims }) => highestPriority(victims),
  ({ victims }) => victims.reduce((sum, { priority }) => sum + priority + MAX_INT32_AND_ONE, 0),
  ({ victims }) => victims.length,
  // The node whose most important victims started last.
  ({ victims }) => -earliestStart(victims),
];

export function pickOneNode(candidates: readonly Candidate[]): Candidate | undefined {
  let left = candidates;
  for (const cost of COSTS) {
    if (left.length <= 1) break;
    const costs = left.map(cost);
    const least = Math.min(...costs);
    left = left.filter((_, i) => costs[i] === least);
  }
  return left[0];
}

function highestPriority(victims: readonly PodInfo[]): number {
  return Math.max(...victims.map(({ priority }) => priority));
}

/** The earliest start among the victims of the highest priority. */
function earliestStart(victims: readonly PodInfo[]): number {
  const highest = highestPriority(victims);
  return Math.min(...victims.filter(({ priority }) => priority === highest).map(({ startTime }) => startTime));
}
