import { insufficientResources, type NodeCapacity } from '../../../kube/scheduling/fit.ts';
import { NO_RESOURCES } from '../../../kube/scheduling/requests.ts';
import { MAX_SCORE, type Plugin, type Rejection } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../projections.ts';

const NO_ROOM: NodeCapacity = { allocatable: NO_RESOURCES, allowedPodNumber: 0 };

/** Enough room on the node; of those with room, the least allocated (`noderesources/fit.go`, `least_allocated.go`). */
export const NodeResourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  wakesOn: ['node-added', 'node-allocatable', 'pod-removed'],
  filter: ({ info }, node) => fits(info, node),
  score({ info }, node) {
    const { cpu, memory } = node.allocatable;
    let sum = 0;
    let weights = 0;
    if (cpu > 0) {
      sum += free(cpu, node.nonZeroRequested.cpu + info.nonZeroRequests.cpu);
      weights++;
    }
    if (memory > 0) {
      sum += free(memory, node.nonZeroRequested.memory + info.nonZeroRequests.memory);
      weights++;
    }
    return weights === 0 ? 0 : Math.floor(sum / weights);
  },
};

function free(capacity: number, used: number): number {
  return used > capacity ? 0 : Math.floor(((capacity - used) * MAX_SCORE) / capacity);
}

function fits({ requests }: PodInfo, node: NodeInfo): Rejection | undefined {
  const lacking = insufficientResources(requests, node.requested, node.facts ?? NO_ROOM);
  return (
    lacking && {
      // Not even an empty node would do.
      unresolvable: lacking.some(({ resource, requested, capacity }) => resource !== 'pods' && requested > capacity),
      reasons: lacking.map(({ resource }) => (resource === 'pods' ? 'Too many pods' : `Insufficient ${resource}`)),
    }
  );
}
