import type { Resources } from '../../../kube/scheduling/requests.ts';
import { MAX_SCORE, type Plugin } from '../framework.ts';

/** Prefers nodes whose CPU and memory the pod makes fill up more evenly (`noderesources/balanced_allocation.go`). */
export const NodeResourcesBalancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  preScore({ info }) {
    return info.requests.cpu === 0 && info.requests.memory === 0 ? 'skip' : undefined;
  },
  score({ info }, { requested, allocatable }) {
    const without = balance(requested.cpu, requested.memory, allocatable);
    const cpu = requested.cpu + info.requests.cpu;
    const memory = requested.memory + info.requests.memory;
    const gain = balance(cpu, memory, allocatable) - without;
    // Each balance is at least half of the highest score, and so is this.
    return MAX_SCORE / 2 + Math.floor((MAX_SCORE / 2 + gain) / 2);
  },
};

function balance(cpu: number, memory: number, allocatable: Resources): number {
  if (allocatable.cpu === 0 || allocatable.memory === 0) return MAX_SCORE;
  const ofCpu = Math.min(1, cpu / allocatable.cpu);
  const ofMemory = Math.min(1, memory / allocatable.memory);
  // The standard deviation of two values is half their distance.
  return Math.floor((1 - Math.abs((ofCpu - ofMemory) / 2)) * MAX_SCORE);
}
