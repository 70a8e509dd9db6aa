/**
 * A request that another API server answers (kube-aggregator `pkg/apiserver/handler_proxy.go`): it is authorised here,
 * and goes on with the user's name in headers, which that server believes because of the certificate that comes with
 * them.
 */

import { ApiError } from '../errors.ts';
import { page } from '../negotiate/respond.ts';
import { type ClientCertificate, OutboundError } from '../outbound.ts';
import type { ApiRequest, ApiResponse, StreamAnswer, UserInfo } from '../request.ts';
import type { Server } from '../server.ts';
import { NO_AGENTS, type ResolvedEndpoint, resolveService } from '../services/endpoint-resolver.ts';
import type { RemoteService } from './remote-services.ts';
import { userHeaders } from './user-headers.ts';

export async function proxy(
  server: Server,
  remote: RemoteService,
  { request, user, auditID }: { request: ApiRequest; user: UserInfo; auditID: string },
): Promise<ApiResponse | StreamAnswer> {
  server.aggregation.availability.asked(remote);
  if (!remote.isAvailable) return page(503, 'service unavailable\n');
  const { namespace, name, port } = remote.service;
  const { store, random, agents = NO_AGENTS } = server;
  let endpoint: ResolvedEndpoint;
  let client: Awaited<ReturnType<ClientCertificate>> | undefined;
  try {
    endpoint = resolveService({ store, agents, random: random.next }, remote.service);
    client = await server.frontProxy?.(endpoint.node);
  } catch (error) {
    if (error instanceof ApiError) return page(503, 'service unavailable\n');
    if (error instanceof OutboundError) return page(503, `error trying to reach service: ${error.message}\n`);
    throw error;
  }
  const serverName = `${name}.${namespace}.svc`;
  const { caBundle, insecure } = remote;
  const query = sorted(request.query);
  return {
    type: 'stream',
    stream: {
      kind: 'http',
      node: endpoint.node ?? '',
      target: { host: endpoint.host, port: endpoint.port, tls: { serverName, caBundle, insecure, client } },
    },
    http: {
      path: `${request.path}${query === '' ? '' : `?${query}`}`,
      headers: {
        ...userHeaders(user),
        'audit-id': auditID,
        host: `${serverName}:${port}`,
        'x-forwarded-host': `${serverName}:${port}`,
        'x-forwarded-proto': 'https',
        'x-forwarded-uri': request.path,
      },
      isFrontProxy: true,
      ...(endpoint.node !== undefined && { node: endpoint.node }),
      answerHeaders: {},
    },
    body: request.body,
  };
}

/** Upstream reads the parameters, and writes them in their order. */
function sorted(query: string): string {
  if (query === '') return '';
  const parameters = new URLSearchParams(query);
  parameters.sort();
  return parameters.toString();
}
