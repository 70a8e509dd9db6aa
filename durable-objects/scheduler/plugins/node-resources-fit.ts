import { insufficientResources, type NodeCapacity } from '../../../kube/scheduling/fit.ts';
import { NO_RESOURCES } from '../../../kube/scheduling/requests.ts';
import { classOfResource } from '../devices/device-classes.ts';
import { MAX_SCORE, type Plugin, type Rejection } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../projections.ts';
import type { Snapshot } from '../snapshot.ts';

const NO_ROOM: NodeCapacity = { allocatable: NO_RESOURCES, allowedPodNumber: 0 };

/** Enough room on the node; of those with room, the least allocated (`noderesources/fit.go`, `least_allocated.go`). */
export const NodeResourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  wakesOn: ['node-added', 'node-allocatable', 'pod-removed'],
  filter: ({ info, snapshot }, node) => fits(info, node, snapshot),
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

function fits({ requests }: PodInfo, node: NodeInfo, snapshot: Snapshot): Rejection | undefined {
  const all = insufficientResources(requests, node.requested, node.facts ?? NO_ROOM);
  // What comes as devices is seen to where devices are.
  const lacking = all?.filter(({ resource, capacity }) => capacity > 0 || !classOfResource(resource, snapshot));
  if (!lacking?.length) return undefined;
  return {
    // Not even an empty node would do.
    unresolvable: lacking.some(({ resource, requested, capacity }) => resource !== 'pods' && requested > capacity),
    reasons: lacking.map(({ resource }) => (resource === 'pods' ? 'Too many pods' : `Insufficient ${resource}`)),
  };
}
