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

export function subsetsOf(service: Service, pods: Iterable<PodProjection>): PodSubsets {
  const single: Subset[] = [];
  const shown: PodProjection[] = [];
  const publish = service.spec?.publishNotReadyAddresses ?? false;
  // A headless Service needs no ports.
  const portless = !service.spec?.ports?.length && service.spec?.clusterIP === 'None';
  for (const pod of pods) {
    const address = addressOf(service, pod);
    if (!address) continue;
    const ports = portsOf(service, pod).map(({ name, ...port }) => ({ ...(name ? { name } : {}), ...port }) as Port);
    if (ports.length === 0 && !portless) continue;
    shown.push(pod);
    const where = publish || pod.pod.ready ? { addresses: [address] } : { notReadyAddresses: [address] };
    single.push({ ...where, ...(ports.length > 0 ? { ports } : {}) });
  }
  const subsets = repackSubsets(single);
  return { subsets, truncated: truncate(subsets), shown };
}

function addressOf(service: Service, pod: PodProjection): Address | undefined {
  const { spec, metadata } = service;
  const wantsV6 = (spec?.ipFamilies?.[0] ?? (spec?.clusterIP?.includes(':') ? 'IPv6' : 'IPv4')) === 'IPv6';
  const ip = pod.pod.ips.find((one) => one.includes(':') === wantsV6);
  if (!ip || isTerminal(pod) || (pod.deleting && !spec?.publishNotReadyAddresses)) return undefined;
  const { hostname, subdomain, node } = pod.pod;
  return {
    ip,
    ...(hostname && subdomain === metadata.name ? { hostname } : {}),
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
