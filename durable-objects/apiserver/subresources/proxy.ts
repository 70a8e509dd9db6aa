/**
 * HTTP through the API server to a pod, a Service or a node: found and authorised here; the bytes take their own road, as
 * those of exec do (upstream `pkg/registry/core/{pod,service,node}/…` ResourceLocation, apimachinery `pkg/util/proxy`).
 */
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { Node, Pod } from '../../../kube/types.ts';
import { changesInUrl } from '../../../wire/headers.ts';
import type { HttpTarget } from '../../../wire/stream.ts';
import type { Call } from '../call.ts';
import { ApiError, badRequest, notFound } from '../errors.ts';
import type { ApiResponse, StreamAnswer } from '../request.ts';
import { isProxyable, NO_AGENTS, resolveProxiedService, whyUnreachable } from '../services/endpoint-resolver.ts';
import { answerAsKubelet } from './kubelet.ts';
import { admitConnect, nodeOf, readPod } from './streams.ts';
import type { Subresource } from './subresource.ts';

/** The place that a request goes to: `undefined` for a port means the scheme's own. */
interface Place {
  host: string;
  port: number | undefined;
  node: string;
}

interface Id {
  /** As it was asked for. */
  id: string;
  secure: boolean;
  name: string;
  /** A number, a name, or ''. */
  port: string;
}

/** The place that a request goes to, or the node whose kubelet API it asks for. */
type Find = (call: Call, id: Id) => Place | Node;

const proxied = (kind: string, what: string, find: Find): Subresource => {
  const serve = (call: Call) => proxy(call, kind, what, find);
  return { get: serve, create: serve, update: serve, patch: serve, delete: serve, '': serve };
};

export const podProxy = proxied('PodProxyOptions', 'pod', findPod);
export const serviceProxy = proxied('ServiceProxyOptions', 'service', findService);
export const nodeProxy = proxied('NodeProxyOptions', 'node', findNode);

/** `Connect` of a proxy's path answers these; 405 for others. */
const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);

/** The path up to the subresource; the object may be called `proxy` as well. Parts are divided as for `parseRequest`. */
function prefixOf({ path, namespace }: Call['info']): string {
  const parts = /(?:(?!%2F)[^/])+/gi;
  for (let left = namespace === '' ? 5 : 7; left > 0; left--) if (!parts.test(path)) return path;
  return path.slice(0, parts.lastIndex);
}

async function proxy(call: Call, kind: string, what: string, find: Find): Promise<StreamAnswer | ApiResponse> {
  const { info, request } = call;
  if (!METHODS.has(request.method)) throw new ApiError('MethodNotAllowed', `${request.method} is not proxied`);
  const id = split(info.name);
  if (!id) throw badRequest(`invalid ${what} request ${JSON.stringify(info.name)}`);
  const prefix = prefixOf(info);
  const asked = info.path.slice(prefix.length).replace(/^%2F/i, '/');
  await admitConnect(call, kind, asked === '' ? {} : { path: asked });
  const rest = changesInUrl(asked) ? withoutDots(asked) : asked;
  const found = find(call, id);
  const query = request.query === '' ? '' : `?${request.query}`;
  if (rest === '' && (request.method === 'GET' || request.method === 'HEAD')) {
    // Relative, as the server does not know beneath which path its client sees it.
    return {
      type: 'response',
      status: 301,
      headers: { location: `proxy/${query}`, 'content-type': 'text/plain' },
      body: '',
    };
  }
  if ('metadata' in found) return answerAsKubelet(call, found, rest);
  const { host, port, node } = found;
  const target: HttpTarget = {
    host,
    port: port ?? (id.secure ? 443 : 80),
    // Upstream checks no certificate here.
    ...(id.secure ? { tls: { insecure: true } } : {}),
  };
  return {
    type: 'stream',
    stream: { kind: 'http', node, target },
    http: { path: `${rest === '' ? '/' : rest}${query}`, headers: {}, prefix, address: addressOf(target) },
  };
}

/** The server's path, in which `..` leads no higher than its root (apimachinery `pkg/util/net/http.go`). */
function withoutDots(path: string): string {
  return new URL(`http://server${path.replace(/[\\#]/g, encodeURIComponent)}`).pathname;
}

const addressOf = ({ host, port }: HttpTarget): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** `name`, `name:port` or `scheme:name:port` (apimachinery `pkg/util/net/port_split.go`). */
function split(id: string): Id | undefined {
  const parts = id.split(':');
  const [scheme = '', name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts];
  if (parts.length > 3 || name === '' || !['', 'http', 'https'].includes(scheme)) return undefined;
  return { id, secure: scheme === 'https', name, port };
}

/** Upstream dials whatever stands there, and tells the dialer's problem. */
function numberOf(port: string): number | undefined {
  if (port === '') return undefined;
  const value = Number(port);
  if (/^\d+$/.test(port) && value > 0 && value < 65536) return value;
  const why = /^\d+$/.test(port) ? `address ${port}: invalid port` : `lookup tcp/${port}: unknown port`;
  throw new ApiError('ServiceUnavailable', `error trying to reach service: dial tcp: ${why}`);
}

function findPod(call: Call, { name, port }: Id): Place {
  const pod: Pod = readPod(call, name);
  const containers = pod.spec?.containers ?? [];
  const first = containers.find(({ ports = [] }) => ports.length > 0)?.ports?.[0]?.containerPort;
  const host = pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP ?? '';
  if (!isProxyable(host)) throw badRequest('address not allowed');
  const number = port === '' ? first : numberOf(port);
  return { host, port: number, node: nodeOf(call, pod, 'proxy') };
}

function findService({ server, info: { namespace } }: Call, { id, name, port }: Id): Place {
  const { store, random, agents = NO_AGENTS } = server;
  const endpoint = resolveProxiedService({ store, agents, random: random.next }, { namespace, id, name, port });
  return { ...endpoint, node: endpoint.node ?? '' };
}

/** The default of upstream's `--port` of a kubelet. */
const KUBELET_PORT = 10250;

function findNode({ server }: Call, { name, port }: Id): Place | Node {
  const stored = server.store.get(keyOf('nodes', '', name));
  if (!stored) throw notFound('nodes', name);
  const object = JSON.parse(stored.text) as Node;
  const { status } = object;
  const host = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
  if (!isProxyable(host)) throw badRequest('address not allowed');
  const number = numberOf(port);
  if (number === undefined || number === (status?.daemonEndpoints?.kubeletEndpoint?.Port || KUBELET_PORT)) {
    return object;
  }
  const { agents = NO_AGENTS } = server;
  if (!agents.connected(name))
    throw new ApiError('ServiceUnavailable', `${host}:${number} is on ${whyUnreachable(server, name)}`);
  return { host, port: number, node: name };
}
