/**
 * OpenAPI documents are static files, made at build time from the kinds (`scripts/generate/openapi-assets.ts`), and
 * answered here without waking the cluster: `/openapi/v3` and `/openapi/v3/{api/v1,apis/{group}/{version}}`, `/openapi/v2`.
 */

import { failure } from '../../kube/machinery/status.ts';
import { type EdgeRequest, type EdgeResponse, type Env, respond } from '../env.ts';
import { acceptsJson } from '../negotiate/accept.ts';
import { notFound, refuseTimeout, statusResponse } from '../statuses.ts';
import { fetchAsset } from './assets.ts';

/** kubectl asks with an `@` before the version, and is answered with a dot, as upstream does (kube-openapi `handler`). */
const V2_ASKED = 'spec.v2@v1.0+protobuf';
const V2_PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const DOCUMENT = /^\/openapi\/(v2|v3(\/(version|apis?(\/[a-z0-9.-]+){0,2}))?)$/;

export async function answerOpenApi(
  request: EdgeRequest,
  env: Env,
  path: string,
  query: string,
): Promise<EdgeResponse> {
  if (request.method !== 'GET' || !DOCUMENT.test(path)) return notFound();
  const refused = refuseTimeout(query);
  if (refused) return refused;
  const accept = request.headers.get('accept');
  const type =
    path === '/openapi/v2' && (accept?.includes(V2_ASKED) || accept?.includes(V2_PROTOBUF))
      ? V2_PROTOBUF
      : 'application/json';
  if (type !== V2_PROTOBUF && !acceptsJson(accept)) {
    return statusResponse(failure('NotAcceptable', 'only the following media types are accepted: application/json'));
  }
  const found = await fetchAsset(env, `${path}.${type === V2_PROTOBUF ? 'pb' : 'json'}`);
  if (!found) return notFound();
  return respond(found.body as unknown as BodyInit, {
    headers: {
      'Content-Type': type,
      // The index names each document with a hash of its content (kube-openapi `handler3`).
      'Cache-Control': query.includes('hash=') ? 'public, immutable' : 'no-cache, private',
      Vary: 'Accept',
    },
  });
}
