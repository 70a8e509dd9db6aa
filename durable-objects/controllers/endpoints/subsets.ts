/** From a Service and its pods to the subsets of its Endpoints (upstream `endpoints_controller.go`). */
import type { Service } from '../../../kube/types.ts';
import { isTerminal, type PodProjection } from '../common/pods.ts';
import { portsOf } from '../endpointslice/endpoints.ts';
import { type Address, type Port, repackSubsets, type Subset } from './repack.ts';

/** upstream's maxCapacity */
const MAX_CAPACITY = 1000;

export interface PodSubsets {
  subsets: Subset[];
  /** Some addresses were left out. */
  truncated: boolean;
  /** The pods in the subsets, but for what was left out. */
  shown: PodProjection[];
}

/** A pod at the address that the Endpoints have of it. */
interface Placed {
  pod: PodProjection;
  ip: string;
}

/** Pods that are reached at the same ports. */
interface Part {
  ports: Port[];
  ready: Placed[];
  notReady: Placed[];
}

export function subsetsOf(service: Service, pods: Iterable<PodProjection>): PodSubsets {
  const { metadata, spec } = service;
  const publishes = spec?.publishNotReadyAddresses ?? false;
  const wantsV6 = (spec?.ipFamilies?.[0] ?? (spec?.clusterIP?.includes(':') ? 'IPv6' : 'IPv4')) === 'IPv6';
  // A headless Service needs no ports.
  const portless = !spec?.ports?.length && spec?.clusterIP === 'None';
  // Pods with the same named ports share the list of them.
  const portsBy = new Map<unknown, { id: string; ports: Port[] }>();
  const groups = new Map<string, { ports: Port[]; placed: Placed[] }>();
  const shown: PodProjection[] = [];
  for (const pod of pods) {
    const ip = pod.pod.ips.find((one) => one.includes(':') === wantsV6);
    if (!ip || isTerminal(pod) || (pod.deleting && !publishes)) continue;
    let reached = portsBy.get(pod.pod.ports);
    if (!reached) {
      const all = portsOf(service, pod).map(({ name, ...port }) => ({ ...(name ? { name } : {}), ...port }) as Port);
      reached = { id: JSON.stringify(all), ports: all };
      portsBy.set(pod.pod.ports, reached);
    }
    const { id, ports } = reached;
    if (ports.length === 0 && !portless) continue;
    let group = groups.get(id);
    if (!group) {
      group = { ports, placed: [] };
      groups.set(id, group);
    }
    group.placed.push({ pod, ip });
    shown.push(pod);
  }
  const isReady = ({ pod }: Placed): boolean => publishes || pod.pod.ready;
  const parts = [...groups.values()].map(({ ports, placed }): Part => {
    return { ports, ready: placed.filter(isReady), notReady: placed.filter((one) => !isReady(one)) };
  });
  const name = metadata.name ?? '';
  const [only] = parts;
  if (only && parts.length === 1) return { ...packedAlone(only, name), shown };
  const subsets = repackSubsets(parts.map((part) => subsetOf(part, name)));
  return { subsets, truncated: truncate(subsets), shown };
}

/** The result of {@link repackSubsets} and {@link truncate} for one subset: only addresses that are kept are written out. */
function packedAlone({ ports, ready, notReady }: Part, service: string): { subsets: Subset[]; truncated: boolean } {
  const kept = { ready: inOrder(ready).slice(0, MAX_CAPACITY), notReady: [] as Placed[] };
  kept.notReady = inOrder(notReady).slice(0, Math.max(0, MAX_CAPACITY - ready.length));
  const texts = ports.map((port) => [JSON.stringify(port), port] as const).sort(([a], [b]) => compare(a, b));
  const part = { ...kept, ports: texts.map(([, port]) => port) };
  return { subsets: [subsetOf(part, service)], truncated: ready.length + notReady.length > MAX_CAPACITY };
}

function inOrder(placed: readonly Placed[]): Placed[] {
  return [...placed].sort((a, b) => compare(a.ip, b.ip) || compare(a.pod.uid, b.pod.uid));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function subsetOf({ ports, ready, notReady }: Part, service: string): Subset {
  return {
    ...(ready.length > 0 ? { addresses: ready.map((one) => addressOf(one, service)) } : {}),
    ...(notReady.length > 0 ? { notReadyAddresses: notReady.map((one) => addressOf(one, service)) } : {}),
    ...(ports.length > 0 ? { ports } : {}),
  };
}

function addressOf({ pod, ip }: Placed, service: string): Address {
  const { hostname, subdomain, node } = pod.pod;
  return {
    ip,
    ...(hostname && subdomain === service ? { hostname } : {}),
    ...(node ? { nodeName: node } : {}),
    targetRef: { kind: 'Pod', namespace: pod.namespace, name: pod.name, uid: pod.uid },
  } as Address;
}

/**
 * Of too many addresses, each subset keeps as many as its share; those that are ready go before all others. Changes the
 * subsets; true where some were left out.
 */
export function truncate(subsets: Subset[]): boolean {
  const count = (field: 'addresses' | 'notReadyAddresses') =>
    subsets.reduce((sum, subset) => sum + (subset[field]?.length ?? 0), 0);
  const [ready, notReady] = [count('addresses'), count('notReadyAddresses')];
  if (ready + notReady <= MAX_CAPACITY) return false;
  const field = ready > MAX_CAPACITY ? 'addresses' : 'notReadyAddresses';
  const [most, all] = ready > MAX_CAPACITY ? [MAX_CAPACITY, ready] : [MAX_CAPACITY - ready, notReady];
  let left = most;
  for (const subset of subsets) {
    const addresses = subset[field] ?? [];
    const kept = addresses.slice(0, Math.min(left, Math.ceil((addresses.length / all) * most)));
    left -= kept.length;
    if (kept.length > 0) subset[field] = kept;
    else delete subset[field];
    if (field === 'addresses') delete subset.notReadyAddresses;
  }
  return true;
}
