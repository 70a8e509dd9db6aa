import { MAX_SCORE, type Plugin } from '../framework.ts';

/** Prefers nodes whose CPU and memory fill up evenly (`noderesources/balanced_allocation.go`). */
export const NodeResourcesBalancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  preScore({ info }) {
    return info.requests.cpu === 0 && info.requests.memory === 0 ? 'skip' : undefined;
  },
  score({ info }, node) {
    const { cpu, memory } = node.allocatable;
    if (cpu === 0 || memory === 0) return MAX_SCORE;
    const ofCpu = Math.min(1, (node.requested.cpu + info.requests.cpu) / cpu);
    const ofMemory = Math.min(1, (node.requested.memory + info.requests.memory) / memory);
    // The standard deviation of two values is half their distance.
    return Math.floor((1 - Math.abs(ofCpu - ofMemory) / 2) * MAX_SCORE);
  },
};
