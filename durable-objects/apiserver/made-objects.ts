/** Objects that are made when they are read, and stored nowhere. */
import type { Stored } from '../store/store.ts';
import type { Call } from './call.ts';
import { componentStatuses } from './component-statuses.ts';
import { nodeMetrics, podMetrics } from './resource-metrics.ts';

/** All that the request may be about, or the one that it names; none where objects of the resource are stored. */
export function madeObjects(call: Call): Stored[] | Promise<Stored[]> {
  switch (call.storage) {
    case 'componentstatuses':
      return componentStatuses(call);
    case 'nodes.metrics.k8s.io':
      return nodeMetrics(call);
    case 'pods.metrics.k8s.io':
      return podMetrics(call);
    default:
      return NONE;
  }
}

const NONE: Stored[] = [];
