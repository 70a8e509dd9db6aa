/**
 * From a Service and its pods to the subsets of its Endpoints (upstream `endpoints_controller.go`, `RepackSubsets`).
 */
import type { Endpoints, Service } from '../../../kube/types.ts';
import { isTerminal, type PodProjection } from '../common/pods.ts';
import { portsOf } from '../endpointslice/endpoints.ts';

export type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];
type Port = NonNullable<Subset['ports']>[number];

/** upstream's maxCapacity */
const MAX_CAPACITY = 1000;

interface PodAddress {
  address: Address;
  ready: boolean;
}

/** `truncated`: some addresses were left out. */
export function subsetsOf(service: Service, pods: Iterable<PodProjection>): { subsets: Subset[]; truncated: boolean } {
  const byPort = new Map<string, { port: Port | undefined; addresses: PodAddress[] }>();
  for (const pod of pods) {
    const address = podAddressOf(service, pod);
    if (!address) continue;
    const ports: (Port | undefined)[] = portsOf(service, pod).map(({ name, ...port }) => ({
      ...(name ? { name } : {}),
      ...(port as unknown as Port),
    }));
    // A headless Service needs no ports.
    if (!service.spec?.ports?.length && service.spec?.clusterIP === 'None') ports.push(undefined);
    for (const port of ports) {
      const id = JSON.stringify(port ?? null);
      const group = byPort.get(id);
      if (group) group.addresses.push(address);
      else byPort.set(id, { port, addresses: [address] });
    }
  }
  return pack(byPort.values());
}

function podAddressOf(service: Service, pod: PodProjection): PodAddress | undefined {
  const { spec, metadata } = service;
  const publish = spec?.publishNotReadyAddresses ?? false;
  const wantsV6 = (spec?.ipFamilies?.[0] ?? (spec?.clusterIP?.includes(':') ? 'IPv6' : 'IPv4')) === 'IPv6';
  const ip = pod.pod.ips.find((one) => one.includes(':') === wantsV6);
  if (!ip || isTerminal(pod) || (pod.deleting && !publish)) return undefined;
  const { hostname, subdomain, node } = pod.pod;
  const address = {
    ip,
    ...(hostname && subdomain === metadata.name ? { hostname } : {}),
    ...(node ? { nodeName: node } : {}),
    targetRef: { kind: 'Pod', namespace: pod.namespace, name: pod.name, uid: pod.uid },
  } as Address;
  return { address, ready: publish || pod.pod.ready };
}

/** Ports that are reached at the same addresses share a subset. */
function pack(groups: Iterable<{ port: Port | undefined; addresses: PodAddress[] }>): {
  subsets: Subset[];
  truncated: boolean;
} {
  const bySet = new Map<string, { ports: Port[]; addresses: PodAddress[] }>();
  for (const { port, addresses } of groups) {
    addresses.sort((a, b) => compare(a.address.ip, b.address.ip) || compare(uidOf(a), uidOf(b)));
    const id = addresses.map((one) => `${one.address.ip} ${uidOf(one)} ${one.ready}`).join();
    const known = bySet.get(id);
    if (known) known.ports.push(...(port ? [port] : []));
    else bySet.set(id, { ports: port ? [port] : [], addresses });
  }
  let [left, truncated] = [MAX_CAPACITY, false];
  const take = (all: PodAddress[]): Address[] => {
    truncated ||= all.length > left;
    const taken = all.slice(0, left);
    left -= taken.length;
    return taken.map(({ address }) => address);
  };
  const ordered = [...bySet.entries()].sort(([a], [b]) => compare(a, b)).map(([, group]) => group);
  const ready = ordered.map(({ addresses }) => take(addresses.filter((one) => one.ready)));
  const subsets = ordered.map(({ ports, addresses: all }, index) => {
    const addresses = ready[index] ?? [];
    const notReadyAddresses = take(all.filter((one) => !one.ready));
    return {
      ...(addresses.length > 0 ? { addresses } : {}),
      ...(notReadyAddresses.length > 0 ? { notReadyAddresses } : {}),
      ...(ports.length > 0 ? { ports: ports.sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b))) } : {}),
    };
  });
  return { subsets: subsets.filter((subset) => subset.addresses || subset.notReadyAddresses), truncated };
}

function uidOf({ address }: PodAddress): string {
  return address.targetRef?.uid ?? '';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
