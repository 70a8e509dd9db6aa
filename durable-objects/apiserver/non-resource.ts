/** Paths that name no resource: discovery and health. OpenAPI and the version are answered at the edge. */
import { kinds } from '../../kube/kinds/index.ts';
import { answerDiscovery } from '../../kube/machinery/discovery/index.ts';
import { ApiError, noSuchResource } from './errors.ts';
import type { ApiRequest, ApiResponse } from './request.ts';

const HEALTH: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz']);

export function nonResource(request: ApiRequest, path: string): ApiResponse {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource', {
      details: {},
    });
  }
  if (HEALTH.has(path))
    return { type: 'response', status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'ok' };
  const document = answerDiscovery(kinds, path, request.header('accept'));
  if (!document) throw noSuchResource();
  return {
    type: 'response',
    status: 200,
    headers: { 'content-type': document.contentType, vary: 'Accept' },
    body: document.body,
  };
}
