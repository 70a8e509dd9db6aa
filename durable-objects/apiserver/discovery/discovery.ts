/** Paths that name no resource: discovery, OpenAPI and metrics. Health and the version are answered at the edge. */
import { answerDiscovery } from '../../../kube/machinery/discovery/index.ts';
import { methodNotAllowed, noSuchResource } from '../errors.ts';
import { accept } from '../negotiate/accept.ts';
import { JSON_TYPE, response } from '../negotiate/respond.ts';
import type { ApiRequest, ApiResponse } from '../request.ts';
import type { ServerPorts } from '../server.ts';
import { metrics } from './metrics.ts';
import { customOpenApi } from './openapi.ts';

export async function nonResource(
  ports: Pick<ServerPorts, 'kinds' | 'store'>,
  request: ApiRequest,
  path: string,
): Promise<ApiResponse> {
  if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed();
  if (path === '/metrics') return metrics(ports);
  const { kinds, customKinds } = ports.kinds;
  if (path.startsWith('/openapi/')) {
    const document = await customOpenApi(customKinds, path);
    if (!document) throw noSuchResource();
    const headers: ApiResponse['headers'] = { 'content-type': JSON_TYPE };
    if (document.hash !== undefined) headers.etag = JSON.stringify(document.hash);
    return { type: 'response', status: 200, headers, body: document.text };
  }
  const asked = request.header('accept');
  const document = answerDiscovery(kinds, path, asked);
  if (!document) throw noSuchResource();
  const { contentType, body } = document;
  const answer =
    contentType === JSON_TYPE
      ? response(200, body, accept(asked, { asIs: true, isGrouped: path.startsWith('/apis') }))
      : { type: 'response' as const, status: 200, headers: { 'content-type': contentType }, body };
  answer.headers.vary = 'Accept';
  return answer;
}
