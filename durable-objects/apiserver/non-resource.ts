/** Paths that name no resource: discovery. Health, OpenAPI and the version are answered at the edge. */
import type { KindDescriptor } from '../../kube/kinds/define.ts';
import { answerDiscovery } from '../../kube/machinery/discovery/index.ts';
import { methodNotAllowed, noSuchResource } from './errors.ts';
import { accept } from './negotiate/accept.ts';
import { JSON_TYPE, response } from './negotiate/respond.ts';
import type { ApiRequest, ApiResponse } from './request.ts';

export function nonResource(kinds: readonly KindDescriptor[], request: ApiRequest, path: string): ApiResponse {
  if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed();
  const asked = request.header('accept');
  const document = answerDiscovery(kinds, path, asked);
  if (!document) throw noSuchResource();
  const { contentType, body } = document;
  const answer =
    contentType === JSON_TYPE
      ? response(200, body, accept(asked, { asIs: true }))
      : { type: 'response' as const, status: 200, headers: { 'content-type': contentType }, body };
  answer.headers.vary = 'Accept';
  return answer;
}
