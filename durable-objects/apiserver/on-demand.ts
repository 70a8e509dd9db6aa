/** Objects that are made, or brought up to date, when a request asks for them. */
import { API_SERVICES } from '../../kube/kinds/apiregistration/local.ts';
import type { Call } from './call.ts';
import { renewLeases } from './node-leases.ts';

/**
 * Resolves when what the request asks for is there, or could not be made, as in a full cluster, of which all else can
 * still be read and deleted; undefined when it need not wait.
 */
export function madeOnDemand(call: Call): Promise<void> | undefined {
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
