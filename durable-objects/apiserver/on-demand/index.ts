/** Objects that are made, or brought up to date, when a request asks for them: one file for each kind of them. */
import { API_SERVICES } from '../../../kube/kinds/apiregistration/local.ts';
import type { Stored } from '../../store/store.ts';
import type { Call } from '../call.ts';
import { componentStatuses } from './component-statuses.ts';
import { renewLeases } from './node-leases.ts';
import { nodeMetrics, podMetrics } from './resource-metrics.ts';

/**
 * Resolves when the objects that the request asks for are stored, or could not be made, as in a full cluster, of which
 * all else can still be read and deleted; undefined when it need not wait.
 */
export function storedOnDemand(call: Call): Promise<void> | undefined {
  const { store, report } = call.server;
  return making(call)?.catch((error) => {
    if (!store.use.isFull) report('', error, `what ${call.info.path} asks for`);
  });
}

function making(call: Call): Promise<void> | undefined {
  switch (call.storage) {
    case 'leases.coordination.k8s.io':
      return renewLeases(call);
    case API_SERVICES:
      // The server's own writes of these are the making of them.
      return call.request.cause?.kind === 'system' ? undefined : call.server.aggregation.local.ready();
    case 'configmaps':
      return call.server.aggregation.authentication.readyFor(call);
    default:
      return undefined;
  }
}

/**
 * Objects that are stored nowhere: all that the request may be about, or the one that it names. Empty for resources
 * whose objects are stored.
 */
export function madeOnDemand(call: Call): Stored[] | Promise<Stored[]> {
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
