/**
 * Resolves a Service to one of its endpoints, and to the node whose agent calls it. Upstream goes to the Service's cluster
 * IP, and kube-proxy chooses an endpoint; here it is chosen at once, of those whose node can be asked: the networks of
 * nodes are their own (apiserver `pkg/util/proxy/proxy.go`, `pkg/registry/core/service/storage/storage.go`).
 */
import { keyOf, keyPrefix } from '../../../kube/machinery/resource.ts';
import type { EndpointSlice, Node, Pod, Service } from '../../../kube/types.ts';
import { isSimulated } from '../../../wire/nodes.ts';
import type { Store } from '../../store/store.ts';
import { ApiError, badRequest, notFound } from '../errors.ts';

/** The agents that are connected. */
export interface Agents {
  connected(node: string): boolean;
  nodes(): readonly string[];
}

/** The agents of a cluster that has none. */
export const NO_AGENTS: Agents = { connected: () => false, nodes: () => [] };

export interface ResolverPorts {
  store: Pick<Store, 'get' | 'scan'>;
  agents: Agents;
  /** [0, 1) */
  random(): number;
}

export interface ResolvedEndpoint {
  host: string;
  port: number;
  /** The node whose agent is asked; undefined where no agent is connected, and the address is no pod's. */
  node?: string;
}

export interface ServicePort {
  namespace: string;
  name: string;
  port: number;
}

interface Endpoint {
  host: string;
  port: number;
  /** The node that reaches this address; undefined where every node does. */
  node?: string;
  /** The object that has this address, as the EndpointSlice says. */
  target?: { kind?: string; namespace?: string; name?: string };
}

/** Endpoints among which one is chosen. */
const MANY_ENDPOINTS = 1000;
const SERVICE_NAME = 'kubernetes.io/service-name';

const unavailable = (message: string): ApiError => new ApiError('ServiceUnavailable', message);
const noEndpoints = (name: string): ApiError =>
  unavailable(`no endpoints available for service ${JSON.stringify(name)}`);

/** The endpoint for a call to a webhook or an aggregated API. Throws an ApiError, in upstream's words. */
export function resolveService(ports: ResolverPorts, { namespace, name, port }: ServicePort): ResolvedEndpoint {
  // Upstream's lister names it in the singular.
  const service = read<Service>(ports, 'services', namespace, name);
  if (!service) throw notFound('service', name);
  const { type = 'ClusterIP', clusterIP, externalName = '' } = service.spec ?? {};
  // The loopback is that of the machine beside this server, where there is one: no node's.
  if (type === 'ExternalName' && LOOPBACK.test(externalName)) return { host: externalName, port };
  if (type === 'ExternalName') return firstReachable(ports, [{ host: externalName, port }]);
  if (clusterIP === 'None') throw new ApiError('', 'cannot route to service with ClusterIP "None"');
  const portName = nameOfPort(service, port);
  const endpoints = endpointsOf(ports, namespace, name, portName);
  if (endpoints.length === 0) throw noEndpoints(name);
  return firstReachable(ports, endpoints);
}

/** A Service as a request for its proxy names it. */
export interface ProxiedService {
  namespace: string;
  /** Name and port as they were asked for. */
  id: string;
  name: string;
  /** A name, a number as text, or ''. */
  port: string;
}

/** The endpoint for a request to a Service's proxy, which is a pod. Throws an ApiError. */
export function resolveProxiedService(
  ports: ResolverPorts,
  { namespace, id, name, port }: ProxiedService,
): ResolvedEndpoint {
  const service = read<Service>(ports, 'services', namespace, name);
  const isNumber = /^-?\d+$/.test(port);
  if (!service) throw notFound('services', name);
  const portName = isNumber ? nameOfPort(service, Number(port)) : port;
  const endpoints = endpointsOf(ports, namespace, name, portName).flatMap((one) => {
    const node = nodeOfPod(ports, namespace, one);
    return node === undefined ? [] : [{ ...one, node }];
  });
  if (endpoints.length === 0) throw noEndpoints(id);
  return firstReachable(ports, endpoints);
}

/**
 * The node of the pod that the endpoint is one of; undefined where it is none. Otherwise an
 * EndpointSlice could lead to any address in the name of any pod (`isValidAddress`).
 */
function nodeOfPod(ports: ResolverPorts, namespace: string, { host, target }: Endpoint): string | undefined {
  if (target?.kind !== 'Pod' || target.namespace !== namespace) return undefined;
  const pod = read<Pod>(ports, 'pods', namespace, target.name ?? '');
  const { podIP, podIPs = [] } = pod?.status ?? {};
  return podIP === host || podIPs.some(({ ip }) => ip === host) ? pod?.spec?.nodeName : undefined;
}

/** The first of the endpoints whose node can be asked. Throws an ApiError where there is none. */
function firstReachable({ agents, store, random }: ResolverPorts, endpoints: readonly Endpoint[]): ResolvedEndpoint {
  for (const { host, port, node } of endpoints) {
    if (!isProxyable(host)) throw badRequest('address not allowed');
    if (node !== undefined) {
      if (agents.connected(node)) return { host, port, node };
      continue;
    }
    const connected = agents.nodes();
    return { host, port, node: connected[Math.floor(random() * connected.length)] };
  }
  const [{ host, port, node = '' } = { host: '', port: 0 }] = endpoints;
  throw unavailable(`${host}:${port} is on ${whyUnreachable({ store }, node)}`);
}

/** The reason why a node cannot be asked. */
export function whyUnreachable({ store }: Pick<ResolverPorts, 'store'>, name: string): string {
  const node = read<Node>({ store }, 'nodes', '', name);
  if (node && isSimulated(node)) {
    return `the simulated node ${name}, where no container runs: join a machine (islet token create --print-join-command) to run it`;
  }
  return `node ${name}, whose agent is not connected`;
}

function read<T>(
  { store }: Pick<ResolverPorts, 'store'>,
  resource: string,
  namespace: string,
  name: string,
): T | undefined {
  const stored = store.get(keyOf(resource, namespace, name));
  return stored && (JSON.parse(stored.text) as T);
}

function nameOfPort({ spec, metadata }: Service, port: number): string {
  const found = spec?.ports?.find((one) => one.port === port);
  if (found) return found.name ?? '';
  throw unavailable(`no service port ${port} found for service ${JSON.stringify(metadata.name)}`);
}

/** The EndpointSlices of a Service, in the order of their names, one by one: those of a namespace may be of many MB. */
export function* slicesOf(store: Pick<Store, 'scan'>, namespace: string, service: string): Generator<EndpointSlice> {
  const label = `"${SERVICE_NAME}":${JSON.stringify(service)}`;
  const prefix = `${keyPrefix('endpointslices.discovery.k8s.io')}${namespace}/`;
  for (const { text } of store.scan({ prefix })) {
    // Most slices of a namespace are other Services': they are not parsed.
    if (!text.includes(label)) continue;
    const slice = JSON.parse(text) as EndpointSlice;
    if (slice.metadata.labels?.[SERVICE_NAME] === service) yield slice;
  }
}

/** The ready endpoints, or the first of very many, from one that is chosen at random. */
function endpointsOf(
  { store, random }: ResolverPorts,
  namespace: string,
  service: string,
  portName: string,
): Endpoint[] {
  const found: Endpoint[] = [];
  for (const slice of slicesOf(store, namespace, service)) {
    // As kube-proxy, which knows addresses alone.
    if (slice.addressType === 'FQDN') continue;
    const port = slice.ports?.find((one) => (one.name ?? '') === portName)?.port;
    if (port === undefined) continue;
    for (const { addresses, conditions, nodeName, targetRef } of slice.endpoints ?? []) {
      const host = addresses?.[0];
      if (host === undefined || conditions?.ready === false) continue;
      found.push({ host, port, node: nodeName, target: targetRef });
    }
    if (found.length >= MANY_ENDPOINTS) break;
  }
  const first = Math.floor(random() * found.length);
  return [...found.slice(first), ...found.slice(0, first)];
}

const LOOPBACK = /^(localhost\.?|127(\.\d+){3})$/i;
const SPECIAL =
  /^(0\.|127\.|169\.254\.|22[4-9]\.|2[3-5]\d\.|\[::1?\]$|\[fe[89ab][0-9a-f]:|\[ff[0-9a-f]{2}:|(.*\.)?localhost\.?$)/;
const MAPPED = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/;

/** Upstream proxies to global unicast addresses alone (`IsGlobalUnicast` in Go's `net`), however they are written. */
export function isProxyable(host: string): boolean {
  const url = host.includes(':') ? `http://[${host}]` : `http://${host}`;
  if (/[/?#@\s]/.test(host) || !URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  const [, high = '', low = ''] = MAPPED.exec(hostname) ?? [];
  if (high === '') return !SPECIAL.test(hostname);
  const bytes = [high, low].flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255]);
  return !SPECIAL.test(bytes.join('.'));
}
