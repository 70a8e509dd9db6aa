/** From a Service and its pods to endpoints (upstream `endpointslice` staging module, `utils.go`). */
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { Endpoint, EndpointSlice, Service } from '../../../kube/types.ts';
import { isTerminal, type PodProjection } from '../common/pods.ts';
import type { View } from '../runtime/view/view.ts';

export type Port = NonNullable<EndpointSlice['ports']>[number];
export type AddressType = 'IPv4' | 'IPv6';

export const ZONE = 'topology.kubernetes.io/zone';

/** Endpoints that are reached at the same ports share slices. */
export interface PortGroup {
  ports: Port[];
  /** By {@link endpointId}. */
  endpoints: Map<string, Endpoint>;
}

export interface DesiredGroups {
  /** By {@link portsId}. A group may be empty. */
  groups: Map<string, PortGroup>;
  /** Pods that are left out because their Node is missing, each with a sentence that says so. */
  skipped: string[];
  /** The pods in the groups. */
  shown: PodProjection[];
}

/** Pods that have no address yet, or are over, are in no group. */
export function desiredGroups(
  service: Service,
  pods: Iterable<PodProjection>,
  family: AddressType,
  view: View,
): DesiredGroups {
  const groups = new Map<string, PortGroup>();
  const skipped: string[] = [];
  const shown: PodProjection[] = [];
  for (const pod of pods) {
    if (pod.pod.ips.length === 0 || isTerminal(pod)) continue;
    const ports = portsOf(service, pod);
    const id = portsId(ports);
    let group = groups.get(id);
    if (!group) {
      group = { ports, endpoints: new Map() };
      groups.set(id, group);
    }
    const node = view.projection(keyOf('nodes', '', pod.pod.node));
    // Nothing says that a pod whose Node is missing still runs; where a Service says so itself, it is published.
    if (!node && !service.spec?.publishNotReadyAddresses) {
      const { namespace, name } = service.metadata;
      skipped.push(`skipping Pod ${pod.name} for Service ${namespace}/${name}: Node ${pod.pod.node} Not Found`);
      continue;
    }
    const address = pod.pod.ips.find((ip) => ip.includes(':') === (family === 'IPv6'));
    if (address === undefined) continue;
    const endpoint = endpointOf(service, pod, address, node?.labels[ZONE]);
    group.endpoints.set(endpointId(endpoint), endpoint);
    shown.push(pod);
  }
  return { groups, skipped, shown };
}

export function portsId(ports: readonly Port[] | undefined): string {
  if (!ports || ports.length === 0) return '';
  if (ports.length === 1) return portId(ports[0] as Port);
  return ports.map(portId).sort().join(',');
}

function portId({ name, protocol, port, appProtocol }: Port): string {
  return `${name ?? ''}/${protocol ?? 'TCP'}/${port ?? ''}/${appProtocol ?? ''}`;
}

/** An endpoint stays where it is while this is the same (`hashEndpoint`). */
export function endpointId({ addresses, hostname, targetRef }: Endpoint): string {
  const all = addresses.length === 1 ? addresses[0] : [...addresses].sort().join();
  return `${all} ${hostname ?? ''} ${targetRef?.namespace ?? ''}/${targetRef?.name ?? ''}`;
}

/** `EndpointsEqualBeyondHash` */
export function isSameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return (
    a.conditions?.ready === b.conditions?.ready &&
    a.conditions?.serving === b.conditions?.serving &&
    a.conditions?.terminating === b.conditions?.terminating &&
    a.nodeName === b.nodeName &&
    a.zone === b.zone &&
    a.targetRef?.kind === b.targetRef?.kind &&
    a.targetRef?.uid === b.targetRef?.uid &&
    a.targetRef?.fieldPath === b.targetRef?.fieldPath &&
    a.targetRef?.apiVersion === b.targetRef?.apiVersion
  );
}

function endpointOf(
  service: Service,
  { pod, namespace, name, uid, deleting }: PodProjection,
  address: string,
  zone: string | undefined,
): Endpoint {
  const serving = pod.ready;
  const ready = (service.spec?.publishNotReadyAddresses ?? false) || (serving && !deleting);
  return {
    addresses: [address],
    conditions: { ready, serving, terminating: deleting },
    ...(pod.hostname && pod.subdomain === service.metadata.name ? { hostname: pod.hostname } : {}),
    ...(pod.node ? { nodeName: pod.node } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid } as Endpoint['targetRef'],
    ...(zone ? { zone } : {}),
  } as Endpoint;
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
  return pod.ports.find((port) => port.name === name && port.protocol === protocol)?.port;
}
