/**
 * `/openapi/v3`, `/openapi/v3/{api/v1,apis/{group}/{version}}` and `/openapi/v2`. Documents of the built-in kinds are
 * static files, made at build time (`scripts/generate/openapi-assets.ts`). The object knows the parts of the kinds that
 * were defined in its cluster: it is asked for the index, for version 2, and for documents that are no files.
 */
import { failure } from '../../kube/machinery/status.ts';
import { type EdgeRequest, type EdgeResponse, type Env, respond } from '../env.ts';
import { notFound, refuseTimeout, statusResponse } from '../statuses.ts';
import { fetchAsset } from './assets.ts';
import { documentJson, indexJson, swaggerJson, swaggerProtobuf } from './openapi-merge.ts';

/**
 * kubectl asks with an `@` before the version, and is answered with a dot, as upstream does (kube-openapi `handler`).
 */
const V2_ASKED = 'spec.v2@v1.0+protobuf';
const V2_PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const DOCUMENT = /^\/openapi\/(v2|v3(\/(version|apis?(\/[a-z0-9.-]+){0,2}))?)$/;
const JSON_TYPE = 'application/json';

/** Asks the cluster's object for its part of a document, in JSON. */
export type AskCluster = (path: string) => Promise<EdgeResponse>;

export async function answerOpenApi(
  request: EdgeRequest,
  env: Env,
  path: string,
  query: string,
  ask: AskCluster,
): Promise<EdgeResponse> {
  if (request.method !== 'GET' || !DOCUMENT.test(path)) return notFound();
  const refused = refuseTimeout(query);
  if (refused) return refused;
  const accept = request.headers.get('accept');
  if (path === '/openapi/v2') {
    const isProtobuf = accept?.includes(V2_ASKED) || accept?.includes(V2_PROTOBUF);
    if (isProtobuf) return joined(env, '/openapi/v2.pb', () => ask(path), V2_PROTOBUF, query, swaggerProtobuf);
  }
  if (!acceptsJson(accept)) {
    return statusResponse(failure('NotAcceptable', 'only the following media types are accepted: application/json'));
  }
  if (path === '/openapi/v2') return joined(env, '/openapi/v2.json', () => ask(path), JSON_TYPE, query, swaggerJson);
  if (path === '/openapi/v3') return joined(env, '/openapi/v3.json', () => ask(path), JSON_TYPE, query, indexJson);
  const found = await fetchAsset(env, `${path}.json`);
  if (found) return answer(found.body, JSON_TYPE, query.includes('hash='));
  return joined(env, '/openapi/shared.json', () => ask(path), JSON_TYPE, query, documentJson);
}

/** Joins a static file and the cluster's part; undefined: the part adds nothing to the file. */
type Join = (file: EdgeResponse, part: string) => Promise<string | Uint8Array | undefined>;

async function joined(
  env: Env,
  file: string,
  ask: () => Promise<EdgeResponse>,
  type: string,
  query: string,
  join: Join,
): Promise<EdgeResponse> {
  const [found, part] = await Promise.all([fetchAsset(env, file), ask()]);
  if (!part.ok) return part;
  if (!found) return notFound();
  const text = await part.text();
  // Kept for good under the hash that it has now; a client may still ask by an older one.
  const hash = part.headers.get('etag')?.slice(1, -1);
  return answer((await join(found, text)) ?? found.body, type, hash !== undefined && query.includes(`hash=${hash}`));
}

/** `isHashed`: the URL names the document with a hash of its content, from the index (kube-openapi `handler3`). */
function answer(body: unknown, type: string, isHashed: boolean): EdgeResponse {
  return respond(body as BodyInit, {
    headers: {
      'Content-Type': type,
      'Cache-Control': isHashed ? 'public, immutable' : 'no-cache, private',
      Vary: 'Accept',
    },
  });
}

/** Whether an `Accept` header leaves room for JSON. Parameters such as `q` and `as` are the pipeline's business. */
function acceptsJson(accept: string | null): boolean {
  if (accept === null || accept.trim() === '') return true;
  return accept.split(',').some((part) => {
    const type = part.split(';', 1)[0]?.trim().toLowerCase();
    return type === '*/*' || type === 'application/*' || type === 'application/json';
  });
}
