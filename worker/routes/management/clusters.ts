/** `/islet/v1/clusters`: the clusters of an account. */
import { failure } from '../../../kube/machinery/status.ts';
import { type ClusterSpec, type ClusterSummary, COMPONENTS, type Component, type Result } from '../../../wire/rpc.ts';
import { credentials } from '../../auth/credentials.ts';
import type { EdgeResponse, Env } from '../../env.ts';
import { statusResponse } from '../../statuses.ts';
import { NO_BOOTSTRAP } from './accounts.ts';
import { badRequest, type Call, isCount, items, route } from './route.ts';

const MAX_SIMULATED_NODES = 1000;

/** The cluster that a body asks for, or why there is none. */
export function newClusterIn(env: Env, body: Record<string, unknown>): EdgeResponse | ({ name: string } & ClusterSpec) {
  if (!env.ISLET_BOOTSTRAP_SECRET) return statusResponse(failure('Forbidden', NO_BOOTSTRAP));
  const { name, simulatedNodes = 3, without = [] } = body;
  if (typeof name !== 'string' || !isCount(simulatedNodes, 0, MAX_SIMULATED_NODES)) {
    return badRequest(`name must be text and simulatedNodes a number from 0 to ${MAX_SIMULATED_NODES}`);
  }
  if (!isComponents(without)) return badRequest(`without must be a list of ${COMPONENTS.join(' and ')}`);
  return { name, simulatedNodes, without };
}

export const createCluster = route({ code: 201 }, ({ env, rpc, credential, account, body }) => {
  const asked = newClusterIn(env, body);
  return 'headers' in asked ? asked : rpc.createCluster({ credential, account, ...asked });
});

export const listClusters = route({ reach: 'clusters' }, (call) => items(clustersOf(call)));

export const deleteCluster = route({}, ({ rpc, credential, name, location }) =>
  rpc.deleteCluster({ credential, name, atOnce: new URLSearchParams(location.query).get('now') === 'true' }),
);

export const listDeletedClusters = route({}, ({ rpc, credential }) => items(rpc.deletedClusters({ credential })));

export const undeleteCluster = route({}, ({ rpc, credential, name, body }) => {
  const { as } = body;
  if (as !== undefined && typeof as !== 'string') return badRequest('as must be text');
  return rpc.undeleteCluster({ credential, name, as });
});

export const forkCluster = route({ code: 201 }, ({ rpc, credential, account, name, body }) => {
  const { as, revision } = body;
  if (typeof as !== 'string') return badRequest('as must be the name of the new cluster');
  if (revision !== undefined && !isCount(revision, 0, Number.MAX_SAFE_INTEGER)) {
    return badRequest('revision must be the number of a revision');
  }
  return rpc.forkCluster({ credential, account, name, as, revision });
});

/** A token that is for less than the account gets no other: it opens the cluster itself. */
export const clusterToken = route({ code: 201, reach: 'clusters' }, async (call) => {
  const { request, location, rpc, credential, account, name, scope } = call;
  if (!scope) return rpc.clusterToken({ credential, account, name });
  const listed = await clustersOf(call);
  if (!listed.ok) return listed;
  const found = listed.value.find((cluster) => cluster.name === name);
  const token = credentials(request, location)?.token ?? '';
  if (!found) return statusResponse(failure('NotFound', `clusters ${JSON.stringify(name)} not found`));
  return { ok: true, value: { id: found.id, name, token } };
});

/** The clusters that the caller's token is for. */
async function clustersOf({ rpc, credential, scope }: Call): Promise<Result<ClusterSummary[]>> {
  const listed = await rpc.listClusters({ credential });
  if (!listed.ok || scope?.cluster === undefined) return listed;
  return { ok: true, value: listed.value.filter(({ id }) => id === scope.cluster) };
}
/** By the cluster's id: names of others' clusters are not unique. */
export const leaveCluster = route({}, ({ rpc, credential, account, name: cluster }) =>
  rpc.leaveCluster({ credential, account, cluster }),
);

/** The file is the body, and its name in the account is the path's. A compressed one says so by its type. */
export const importCluster = route({ code: 201, takesFile: true }, ({ rpc, request, credential, account, name }) => {
  if (!request.body) return badRequest('the body must be the file: a cluster’s, or YAML');
  const sent = request.body as unknown as ReadableStream<Uint8Array>;
  const isCompressed = request.headers.get('content-type')?.includes('gzip') ?? false;
  const file = isCompressed ? sent.pipeThrough(new DecompressionStream('gzip') as never) : sent;
  return rpc.importCluster({ credential, account, name, file: file as ReadableStream<Uint8Array> });
});

function isComponents(value: unknown): value is Component[] {
  return Array.isArray(value) && value.every((each) => (COMPONENTS as readonly unknown[]).includes(each));
}
