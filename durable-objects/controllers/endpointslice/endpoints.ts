/** From a Service and its pods to endpoints (upstream `endpointslice` staging module, `utils.go`). */
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { Endpoint, EndpointSlice, Service } from '../../../kube/types.ts';
import { isTerminal, type PodProjection } from '../common/pods.ts';
import type { Projection } from '../runtime/view/projection.ts';
import type { View } from '../runtime/view/view.ts';

export type Port = NonNullable<EndpointSlice['ports']>[number];
export type AddressType = 'IPv4' | 'IPv6';

export const ZONE = 'topology.kubernetes.io/zone';

/** Endpoints that are reached at the same ports share slices. */
export interface PortGroup {
  ports: Port[];
  /** By {@link endpointId}. */
  members: Map<string, Member>;
}

export interface DesiredGroups {
  /** By {@link portsId}. A group may be empty. */
  groups: Map<string, PortGroup>;
  /** Pods that are left out because their Node is missing. */
  lost: PodProjection[];
}

/** The part of an endpoint that slices compare. */
export interface Shown {
  /** {@link endpointId}; '' of a pod without an address of the family. */
  id: string;
  ready: boolean | undefined;
  serving: boolean | undefined;
  terminating: boolean | undefined;
  node: string | undefined;
  zone: string | undefined;
  uid: string | undefined;
}

/** A pod as a Service shows it. */
export interface Member extends Shown {
  /** Of the ports at which the Service reaches the pod: {@link portsId}. */
  ports: string;
  pod: PodProjection;
  address: string;
  hostname: string | undefined;
}

/**
 * The members of a Service by its projection and that of each pod, of which the store makes another one with each change.
 * So a change of one pod costs the others nothing but a look.
 */
const known: Record<AddressType, WeakMap<Projection, WeakMap<PodProjection, Member>>> = {
  IPv4: new WeakMap(),
  IPv6: new WeakMap(),
};

/** Pods that have no address yet, or are over, are in no group. `of` is the Service's projection. */
export function desiredGroups(
  service: Service,
  of: Projection,
  pods: Iterable<PodProjection>,
  family: AddressType,
  view: View,
): DesiredGroups {
  const groups = new Map<string, PortGroup>();
  const lost: PodProjection[] = [];
  const members = known[family].get(of) ?? new WeakMap<PodProjection, Member>();
  known[family].set(of, members);
  const nodes = new Map<string, { isThere: boolean; zone: string | undefined }>();
  const publishes = service.spec?.publishNotReadyAddresses ?? false;
  for (const pod of pods) {
    if (pod.pod.ips.length === 0 || isTerminal(pod)) continue;
    const { node: name } = pod.pod;
    let node = nodes.get(name);
    if (!node) {
      const projection = view.projection(keyOf('nodes', '', name));
      node = { isThere: projection !== undefined, zone: projection?.labels[ZONE] || undefined };
      nodes.set(name, node);
    }
    let member = members.get(pod);
    if (!member || member.zone !== node.zone) {
      member = memberOf(service, pod, family, node.zone);
      members.set(pod, member);
    }
    let group = groups.get(member.ports);
    if (!group) {
      group = { ports: portsOf(service, pod), members: new Map() };
      groups.set(member.ports, group);
    }
    // A pod whose Node is missing may not run any more: it is left out, unless its Service publishes all addresses.
    if (!node.isThere && !publishes) {
      lost.push(pod);
      continue;
    }
    if (member.id === '') continue;
    group.members.set(member.id, member);
  }
  return { groups, lost };
}

function memberOf(service: Service, pod: PodProjection, family: AddressType, zone: string | undefined): Member {
  const { ips, ready: serving, hostname, subdomain, node } = pod.pod;
  const address = ips.find((ip) => ip.includes(':') === (family === 'IPv6')) ?? '';
  const ready = (service.spec?.publishNotReadyAddresses ?? false) || (serving && !pod.deleting);
  const member: Member = {
    id: '',
    ready,
    serving,
    terminating: pod.deleting,
    node: node || undefined,
    zone,
    uid: pod.uid,
    ports: portsId(portsOf(service, pod)),
    pod,
    address,
    hostname: hostname && subdomain === service.metadata.name ? hostname : undefined,
  };
  if (address !== '') member.id = endpointId(endpointOf(member));
  return member;
}

export function endpointOf({ address, ready, serving, terminating, hostname, node, pod, uid, zone }: Member): Endpoint {
  const { namespace, name } = pod;
  return {
    addresses: [address],
    conditions: { ready, serving, terminating },
    ...(hostname ? { hostname } : {}),
    ...(node ? { nodeName: node } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid } as Endpoint['targetRef'],
    ...(zone ? { zone } : {}),
  } as Endpoint;
}

export function shownBy(endpoint: Endpoint): Shown {
  const { conditions, nodeName, zone, targetRef } = endpoint;
  const { ready, serving, terminating } = conditions ?? {};
  // A reference to anything but a pod is none that a Service shows.
  const isPod = targetRef?.kind === 'Pod' && !targetRef.fieldPath && !targetRef.apiVersion;
  const uid = isPod ? targetRef.uid : undefined;
  return { id: endpointId(endpoint), ready, serving, terminating, node: nodeName, zone, uid };
}

/** `EndpointsEqualBeyondHash` */
export function isSameShown(a: Shown, b: Shown): boolean {
  return (
    a.ready === b.ready &&
    a.serving === b.serving &&
    a.terminating === b.terminating &&
    a.node === b.node &&
    a.zone === b.zone &&
    a.uid === b.uid
  );
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
