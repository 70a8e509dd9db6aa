/** Paths that name no resource: discovery, OpenAPI and pages for operators. The edge answers some of them first. */
import { isBuiltInGroup } from '../../../kube/kinds/registry.ts';
import { aggregatedForm, answerDiscovery, type DiscoveryAnswer } from '../../../kube/machinery/discovery/index.ts';
import { mergedDiscovery } from '../../../kube/machinery/discovery/remote.ts';
import { keptUnlessRejected } from '../../../kube/machinery/kept-promise.ts';
import { yamlText } from '../../../kube/machinery/yaml-text.ts';
import { takesJson } from '../../../wire/accept.ts';
import { AGGREGATED_HEADER, WHOLE_HEADER } from '../../../wire/openapi.ts';
import { JSON_FOR_PROTOBUF, PROTOBUF_TYPE } from '../../../wire/protobuf.ts';
import { VERSION_TEXT } from '../../../wire/version.ts';
import { methodNotAllowed, noPage, noSuchResource, notAcceptable } from '../errors.ts';
import { dump } from '../flow-control/dump.ts';
import { metricsPage } from '../metrics/page.ts';
import { accept } from '../negotiate/accept.ts';
import { JSON_TYPE, response } from '../negotiate/respond.ts';
import type { Query } from '../query.ts';
import type { ApiRequest, ApiResponse } from '../request.ts';
import type { Server } from '../server.ts';
import { hashOf } from './hash.ts';
import { health } from './health.ts';
import { customOpenApi } from './openapi.ts';
import { remoteOpenApi } from './remote-openapi.ts';
import { rootPaths } from './root-paths.ts';
import { zpage } from './zpages.ts';

/** Of built-in versions, upstream registers these for GET alone; the other paths look at no method. */
const GET_ONLY = /^\/(api|api\/[^/]+|apis\/[^/]+\/[^/]+)\/?$/;

const VERSION = /^\/apis\/[^/]+\/[^/]+\/?$/;

/** Lists of groups and versions. */
const GROUPS = /^\/apis(\/[^/]+)?\/?$/;

type Ports = Pick<
  Server,
  'kinds' | 'store' | 'metrics' | 'clock' | 'limits' | 'flowControl' | 'startedAt' | 'aggregation'
>;

export async function nonResource(ports: Ports, request: ApiRequest, path: string, query: Query): Promise<ApiResponse> {
  const shown = operatorsPage(ports, request, path, query);
  if (shown) return shown;
  const { kinds, customKinds } = ports.kinds;
  if (path === '/' || path === '') return rootPaths(kinds);
  if (path.startsWith('/openapi/')) {
    const remote = await remoteOpenApi(ports.aggregation.discovery, path);
    const document = remote?.whole ?? (await customOpenApi(customKinds, path, remote?.index));
    if (!document) throw noSuchResource();
    const headers: ApiResponse['headers'] = { 'content-type': JSON_TYPE };
    if (remote?.whole) headers[WHOLE_HEADER] = '1';
    if (document.hash !== undefined) headers.etag = JSON.stringify(document.hash);
    if (remote?.aggregated) {
      headers[AGGREGATED_HEADER] = '1';
      const body = `{"own":${document.text},"aggregated":[${remote.aggregated.join()}]}`;
      return { type: 'response', status: 200, headers, body };
    }
    return { type: 'response', status: 200, headers, body: document.text };
  }
  const asked = request.header('accept');
  const remote = ports.aggregation.discovery.versions;
  if (remote.length > 0) for (const one of ports.aggregation.remote.all) ports.aggregation.availability.asked(one);
  const answer = (of: typeof kinds): DiscoveryAnswer | undefined =>
    (remote.length === 0 ? undefined : mergedDiscovery(of, remote, path, asked)) ?? answerDiscovery(of, path, asked);
  const isList = GROUPS.test(path) && !(path === '/apis' && aggregatedForm(asked));
  const document = (isList ? answer(ports.aggregation.local.listed(kinds)) : undefined) ?? answer(kinds);
  const [, group = ''] = /^\/(?:api|apis\/([^/]+))(?:\/|$)/.exec(path) ?? [undefined, path];
  // The versions of built-in groups have a handler, which knows no such resource.
  if (!document) throw isBuiltInGroup(group) ? noSuchResource() : noPage();
  if (request.method !== 'GET' && GET_ONLY.test(path) && isBuiltInGroup(group)) throw methodNotAllowed();
  if (document.isAggregated) return aggregated(document, request);
  // Lists of groups are the aggregator's, and those of custom versions their server's; built-in versions have a route.
  const isGrouped = path.startsWith('/apis') && !(VERSION.test(path) && isBuiltInGroup(group));
  return response(200, document.body, accept(asked, { asIs: true, isGrouped }));
}

/** Pages for those that run the server; undefined for other paths. */
function operatorsPage(ports: Ports, request: ApiRequest, path: string, query: Query): ApiResponse | undefined {
  const shown = metricsPage(ports, request, path) ?? health(ports, path, query) ?? zpage(ports, request, path);
  if (shown) return shown;
  if (path === '/version' || path === '/version/') {
    if (!takesJson(request.header('accept'))) throw notAcceptable([JSON_TYPE]);
    return { type: 'response', status: 200, headers: { 'content-type': JSON_TYPE }, body: VERSION_TEXT };
  }
  const withDetails = (query.get('includeRequestDetails') ?? '') !== '';
  const body = dump(path, withDetails, ports.flowControl.state());
  if (body === undefined) return undefined;
  return { type: 'response', status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

/** Clients keep it, and ask whether it has changed (apiserver `endpoints/discovery/aggregated/etag.go`). */
async function aggregated(document: DiscoveryAnswer, request: ApiRequest): Promise<ApiResponse> {
  const etag = JSON.stringify(await keptUnlessRejected(hashes, document, () => hashOf(document.body)));
  const { version = 'v2', type = JSON_TYPE } = aggregatedForm(request.header('accept')) ?? {};
  const shape = `;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
  const isProtobuf = type === PROTOBUF_TYPE;
  const contentType = (isProtobuf ? JSON_FOR_PROTOBUF : type) + shape;
  const headers = { 'content-type': contentType, 'cache-control': 'public', etag, vary: 'Accept' };
  if (request.header('if-none-match') === etag) return { type: 'response', status: 304, headers, body: '' };
  const body = type === 'application/yaml' ? yamlText(JSON.parse(document.body)) : `${document.body}\n`;
  return { type: 'response', status: 200, headers, body };
}

/** By document, which is made anew when kinds change. */
const hashes = new WeakMap<DiscoveryAnswer, Promise<string>>();
