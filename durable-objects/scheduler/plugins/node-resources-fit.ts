import { MAX_SCORE, type Plugin, type Rejection } from '../framework.ts';
import type { PodInfo } from '../projections.ts';
import type { NodeInfo } from '../snapshot.ts';

/** Enough room on the node; of those with room, the least allocated (`noderesources/fit.go`, `least_allocated.go`). */
export const NodeResourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  wakesOn: ['node-added', 'node-allocatable', 'pod-removed', 'pod-updated'],
  filter: ({ info }, node) => fits(info, node),
  score({ info }, node) {
    const { cpu, memory } = node.allocatable;
    let sum = 0;
    let weights = 0;
    if (cpu > 0) {
      sum += free(cpu, node.usual.cpu + info.usual.cpu);
      weights++;
    }
    if (memory > 0) {
      sum += free(memory, node.usual.memory + info.usual.memory);
      weights++;
    }
    return weights === 0 ? 0 : Math.floor(sum / weights);
  },
};

function free(capacity: number, used: number): number {
  return used > capacity ? 0 : Math.floor(((capacity - used) * MAX_SCORE) / capacity);
}

function fits({ requests }: PodInfo, node: NodeInfo): Rejection | undefined {
  const { allocatable, requested } = node;
  let reasons: string[] | undefined;
  let never = false;
  const lacks = (name: string, wanted: number, used: number, total: number): void => {
    if (wanted <= 0 || wanted <= total - used) return;
    reasons ??= [];
    reasons.push(`Insufficient ${name}`);
    // Not even an empty node would do.
    if (wanted > total) never = true;
  };
  if (node.pods.size + 1 > (node.facts?.podSlots ?? 0)) reasons = ['Too many pods'];
  lacks('cpu', requests.cpu, requested.cpu, allocatable.cpu);
  lacks('memory', requests.memory, requested.memory, allocatable.memory);
  lacks('ephemeral-storage', requests.storage, requested.storage, allocatable.storage);
  for (const name in requests.others) {
    lacks(name, requests.others[name] ?? 0, node.others?.get(name) ?? 0, allocatable.others?.[name] ?? 0);
  }
  return reasons && { unresolvable: never, reasons };
}
