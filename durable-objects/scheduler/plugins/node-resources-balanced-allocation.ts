import { DEFAULT_ARGS, type NodeResourcesBalancedAllocationArgs } from '../arguments.ts';
import type { Plugin } from '../framework.ts';
import { allocations, amount, balanceScore } from '../resource-scores.ts';

/** Prefers nodes whose resources the pod makes fill up more evenly (`noderesources/balanced_allocation.go`). */
export function nodeResourcesBalancedAllocation({ resources }: NodeResourcesBalancedAllocationArgs): Plugin {
  return {
    name: 'NodeResourcesBalancedAllocation',
    preScore({ info }) {
      return resources.every(({ name }) => amount(info.requests, name) === 0) ? 'skip' : undefined;
    },
    score: ({ info }, node) => balanceScore(allocations(resources, info, node, false)),
  };
}

export const NodeResourcesBalancedAllocation = nodeResourcesBalancedAllocation(
  DEFAULT_ARGS.NodeResourcesBalancedAllocation,
);
