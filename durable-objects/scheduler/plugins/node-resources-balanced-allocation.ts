import { DEFAULT_ARGS, type NodeResourcesBalancedAllocationArgs } from '../framework/arguments.ts';
import type { Plugin } from '../framework/interface.ts';
import { Allocations, amount, balanceScore } from './common/resource-scores.ts';

/** Prefers nodes whose resources the pod makes fill up more evenly (`noderesources/balanced_allocation.go`). */
export function nodeResourcesBalancedAllocation({ resources }: NodeResourcesBalancedAllocationArgs): Plugin {
  const allocations = new Allocations(resources, false);
  return {
    name: 'NodeResourcesBalancedAllocation',
    prefers: 'balanced',
    sign: (_, { requests }) => requests,
    preScore({ info }) {
      return resources.every(({ name }) => amount(info.requests, name) === 0) ? 'skip' : undefined;
    },
    score: ({ info }, node) => balanceScore(allocations.of(info, node)),
  };
}

export const NodeResourcesBalancedAllocation = nodeResourcesBalancedAllocation(
  DEFAULT_ARGS.NodeResourcesBalancedAllocation,
);
