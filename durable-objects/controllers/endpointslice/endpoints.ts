/** From a Service and its pods to endpoints (upstream `endpointslice` staging module, `utils.go`). */
import { sameJson } from '../../../kube/machinery/equality.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { Endpoint, EndpointSlice, Service } from '../../../kube/types.ts';
import { isTerminal, type PodProjection } from '../common/pods.ts';
import type { View } from '../runtime/view/view.ts';

export type Port = NonNullable<EndpointSlice['ports']>[number];
export type AddressType = 'IPv4' | 'IPv6';

export const ZONE = 'topology.kubernetes.io/zone';
/** Values of `trafficDistribution`. */
const NEAR: ReadonlySet<string> = new Set(['PreferClose', 'PreferSameZone', 'PreferSameNode']);

/** Endpoints that are reached at the same ports share slices. */
export interface PortGroup {
  ports: Port[];
  endpoints: Endpoint[];
}

/** By {@link portsId}. Pods that have no address of the family yet, or are over, are in no group. */
export function desiredGroups(
  service: Service,
  pods: Iterable<PodProjection>,
  family: AddressType,
  view: View,
): Map<string, PortGroup> {
  const groups = new Map<string, PortGroup>();
  for (const pod of pods) {
    const address = pod.pod.ips.find((ip) => ip.includes(':') === (family === 'IPv6'));
    if (!address || isTerminal(pod) || isLost(service, pod, view)) continue;
    const ports = portsOf(service, pod);
    const id = portsId(ports);
    const group = groups.get(id);
    const endpoint = endpointOf(service, pod, address, view);
    if (group) group.endpoints.push(endpoint);
    else groups.set(id, { ports, endpoints: [endpoint] });
  }
  return groups;
}

/** Nothing says that a pod whose Node is missing still runs; where a Service says so itself, it is published. */
function isLost({ spec }: Service, { pod }: PodProjection, view: View): boolean {
  return pod.node !== '' && !spec?.publishNotReadyAddresses && !view.projection(keyOf('nodes', '', pod.node));
}

export function portsId(ports: readonly Port[] | undefined): string {
  return (ports ?? [])
    .map(
      ({ name, protocol, port, appProtocol }) =>
        `${name ?? ''}/${protocol ?? 'TCP'}/${port ?? ''}/${appProtocol ?? ''}`,
    )
    .sort()
    .join(',');
}

/** The pod that an endpoint stands for. */
export function endpointId({ addresses, targetRef }: Endpoint): string {
  return `${targetRef?.uid ?? ''} ${addresses.join(',')}`;
}

export function isSameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return (
    endpointId(a) === endpointId(b) &&
    a.conditions?.ready === b.conditions?.ready &&
    a.conditions?.serving === b.conditions?.serving &&
    a.conditions?.terminating === b.conditions?.terminating &&
    (a.nodeName ?? '') === (b.nodeName ?? '') &&
    (a.zone ?? '') === (b.zone ?? '') &&
    (a.hostname ?? '') === (b.hostname ?? '') &&
    sameJson(a.hints, b.hints)
  );
}

function endpointOf(
  service: Service,
  { pod, namespace, name, uid, deleting }: PodProjection,
  address: string,
  view: View,
): Endpoint {
  const serving = pod.ready;
  const ready = (service.spec?.publishNotReadyAddresses ?? false) || (serving && !deleting);
  const zone = view.projection(keyOf('nodes', '', pod.node))?.labels[ZONE];
  const hints = ready ? hintsFor(service, zone, pod.node) : undefined;
  return {
    addresses: [address],
    conditions: { ready, serving, terminating: deleting },
    ...(pod.hostname && pod.subdomain === service.metadata.name ? { hostname: pod.hostname } : {}),
    ...(pod.node ? { nodeName: pod.node } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid } as Endpoint['targetRef'],
    ...(zone ? { zone } : {}),
    ...(hints ? { hints } : {}),
  } as Endpoint;
}

/**
 * The zones and nodes that an endpoint is near to (endpointslice `trafficdist`). Topology aware hints, which replace
 * these, are not built.
 */
function hintsFor({ metadata, spec }: Service, zone: string | undefined, node: string): Endpoint['hints'] {
  const distribution = spec?.trafficDistribution;
  if (distribution === undefined || !NEAR.has(distribution) || hasTopologyMode(metadata.annotations)) return undefined;
  const forZones = zone ? [{ name: zone }] : undefined;
  const forNodes = node && distribution === 'PreferSameNode' ? [{ name: node }] : undefined;
  if (!forZones && !forNodes) return undefined;
  return { ...(forZones ? { forZones } : {}), ...(forNodes ? { forNodes } : {}) };
}

function hasTopologyMode(annotations: Readonly<Record<string, string>> | undefined): boolean {
  const mode =
    annotations?.['service.kubernetes.io/topology-aware-hints'] ?? annotations?.['service.kubernetes.io/topology-mode'];
  return mode === 'Auto' || mode === 'auto';
}

/** Service ports as this pod has them; a named target that it doesn't have is left out. */
export function portsOf(service: Service, { pod }: PodProjection): Port[] {
  const ports: Port[] = [];
  for (const { name, protocol = 'TCP', targetPort, port, appProtocol } of service.spec?.ports ?? []) {
    const target = targetPort as unknown as number | string | undefined;
    const number = typeof target === 'string' ? byName(pod, target, protocol) : target || port;
    if (number === undefined) continue;
    ports.push({ name: name ?? '', protocol, port: number, ...(appProtocol ? { appProtocol } : {}) } as Port);
  }
  return ports;
}

function byName(pod: PodProjection['pod'], name: string, protocol: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name);
  return pod.ports.find((port) => port.name === name && port.protocol === protocol)?.port;
}
