/** `/islet/v1/clusters`: the clusters of an account. */
import { failure } from '../../../kube/machinery/status.ts';
import { COMPONENTS, type Component } from '../../../wire/rpc.ts';
import { statusResponse } from '../../statuses.ts';
import { NO_BOOTSTRAP } from './accounts.ts';
import { badRequest, isCount, items, route } from './route.ts';

const MAX_SIMULATED_NODES = 1000;

export const createCluster = route({ code: 201 }, ({ env, rpc, credential, account, body }) => {
  if (!env.ISLET_BOOTSTRAP_SECRET) return statusResponse(failure('Forbidden', NO_BOOTSTRAP));
  const { name, simulatedNodes = 3, without = [] } = body;
  if (typeof name !== 'string' || !isCount(simulatedNodes, 0, MAX_SIMULATED_NODES)) {
    return badRequest(`name must be text and simulatedNodes a number from 0 to ${MAX_SIMULATED_NODES}`);
  }
  if (!isComponents(without)) return badRequest(`without must be a list of ${COMPONENTS.join(' and ')}`);
  return rpc.createCluster({ credential, account, name, simulatedNodes, without });
});

export const listClusters = route({}, ({ rpc, credential }) => items(rpc.listClusters({ credential })));

export const deleteCluster = route({}, ({ rpc, credential, name }) => rpc.deleteCluster({ credential, name }));

export const clusterToken = route({ code: 201 }, ({ rpc, credential, name }) => rpc.clusterToken({ credential, name }));

function isComponents(value: unknown): value is Component[] {
  return Array.isArray(value) && value.every((each) => (COMPONENTS as readonly unknown[]).includes(each));
}
