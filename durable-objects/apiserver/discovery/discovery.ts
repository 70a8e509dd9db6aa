/** Paths that name no resource: discovery, OpenAPI and metrics. Health and the version are answered at the edge. */
import { isBuiltInGroup } from '../../../kube/kinds/registry.ts';
import { answerDiscovery, type DiscoveryAnswer } from '../../../kube/machinery/discovery/index.ts';
import { methodNotAllowed, noPage, noSuchResource } from '../errors.ts';
import { accept } from '../negotiate/accept.ts';
import { JSON_TYPE, response } from '../negotiate/respond.ts';
import type { ApiRequest, ApiResponse } from '../request.ts';
import type { Server } from '../server.ts';
import { hashOf } from './hash.ts';
import { metrics } from './metrics.ts';
import { customOpenApi } from './openapi.ts';
import { rootPaths } from './root-paths.ts';

/** Upstream registers these for GET alone; the other paths look at no method. */
const GET_ONLY = /^\/(api|api\/[^/]+|apis\/[^/]+\/[^/]+)\/?$/;

export async function nonResource(
  ports: Pick<Server, 'kinds' | 'store' | 'requests'>,
  request: ApiRequest,
  path: string,
): Promise<ApiResponse> {
  if (request.method !== 'GET' && GET_ONLY.test(path)) throw methodNotAllowed();
  if (path === '/metrics') return metrics(ports);
  const { kinds, customKinds } = ports.kinds;
  if (path === '/' || path === '') return rootPaths(kinds);
  if (path.startsWith('/openapi/')) {
    const document = await customOpenApi(customKinds, path);
    if (!document) throw noSuchResource();
    const headers: ApiResponse['headers'] = { 'content-type': JSON_TYPE };
    if (document.hash !== undefined) headers.etag = JSON.stringify(document.hash);
    return { type: 'response', status: 200, headers, body: document.text };
  }
  const asked = request.header('accept');
  const document = answerDiscovery(kinds, path, asked);
  if (!document) {
    // The versions of built-in groups have a handler, which knows no such resource.
    const [, group] = /^\/(?:api|apis\/([^/]+))\/[^/]/.exec(path) ?? [undefined, path];
    throw isBuiltInGroup(group ?? '') ? noSuchResource() : noPage();
  }
  if (document.contentType !== JSON_TYPE) return aggregated(document, request);
  return response(200, document.body, accept(asked, { asIs: true, isGrouped: path.startsWith('/apis') }));
}

/** Clients keep it, and ask whether it has changed (apiserver `endpoints/discovery/aggregated/etag.go`). */
async function aggregated(document: DiscoveryAnswer, request: ApiRequest): Promise<ApiResponse> {
  let hash = hashes.get(document);
  if (!hash) {
    hash = hashOf(document.body);
    hashes.set(document, hash);
  }
  const etag = JSON.stringify(await hash);
  const headers = { 'content-type': document.contentType, 'cache-control': 'public', etag, vary: 'Accept' };
  if (request.header('if-none-match') === etag) return { type: 'response', status: 304, headers, body: '' };
  return { type: 'response', status: 200, headers, body: document.body };
}

/** By document, which is made anew when kinds change. */
const hashes = new WeakMap<DiscoveryAnswer, Promise<string>>();
