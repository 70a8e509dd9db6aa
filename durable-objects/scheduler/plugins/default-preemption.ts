import type { Cycle, Plugin, Rejection } from '../framework.ts';
import { histogram } from '../message.ts';

const NOT_HELPFUL = 'Preemption is not helpful for scheduling';
const NO_VICTIMS = 'No preemption victims found for incoming pod';
const NOT_BUILT = 'Preemption of lower priority pods is not supported yet';

/** Says, as upstream, on how many nodes taking pods away would help; Islet takes none away yet. */
export const DefaultPreemption: Plugin = {
  name: 'DefaultPreemption',
  postFilter(cycle, rejected) {
    if (cycle.pod.spec?.preemptionPolicy === 'Never') {
      return 'preemption: not eligible due to preemptionPolicy=Never.';
    }
    const nodes = cycle.snapshot.nodes;
    const reasons = nodes.map((node) => verdict(cycle, node.name, rejected.get(node.name)));
    return `preemption: 0/${nodes.length} nodes are available: ${histogram(reasons)}.`;
  },
};

function verdict(cycle: Cycle, node: string, rejection: Rejection | undefined): string {
  // Nodes that PreFilter left out have no rejection of their own.
  if (!rejection || rejection.unresolvable) return NOT_HELPFUL;
  for (const pod of cycle.snapshot.node(node)?.pods.values() ?? []) {
    if (pod.priority < cycle.info.priority) return NOT_BUILT;
  }
  return NO_VICTIMS;
}
