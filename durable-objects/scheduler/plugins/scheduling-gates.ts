import type { Plugin } from '../framework/interface.ts';
import { unresolvable } from '../framework/rejection.ts';

/** KEP-3521: a pod with gates does not enter the queue. */
export const SchedulingGates: Plugin = {
  name: 'SchedulingGates',
  preEnqueue(pod) {
    const gates = pod.spec?.schedulingGates ?? [];
    if (gates.length === 0) return undefined;
    return unresolvable(`waiting for scheduling gates: [${gates.map((gate) => gate.name).join(' ')}]`);
  },
};
