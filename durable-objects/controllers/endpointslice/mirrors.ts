/** From Endpoints to the slices that mirror them (upstream `endpointslicemirroring/reconciler.go`). */
import { canonicalIP } from '../../../kube/kinds/validation/ip.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Endpoint, Endpoints } from '../../../kube/types.ts';
import { controllerRef } from '../common/controller-ref.ts';
import { type Address, repackSubsets, type Subset } from '../endpoints/repack.ts';
import { type AddressType, endpointId, type Port, portsId } from './endpoints.ts';
import { MANAGED_BY, SERVICE_NAME } from './labels.ts';
import { TRIGGER_TIME } from './trigger-time.ts';

export const MANAGER = 'endpointslicemirroring-controller.k8s.io';
/** upstream's `--mirroring-max-endpoints-per-subset` */
export const MAX_ENDPOINTS = 1000;
const NOT_COPIED = [TRIGGER_TIME, 'kubectl.kubernetes.io/last-applied-configuration'];

/** Endpoints of one family that are reached at the same ports: one slice. */
export interface Mirror {
  family: AddressType;
  /** {@link portsId} */
  id: string;
  ports: Port[];
  /** By {@link endpointId}. */
  endpoints: Map<string, Endpoint>;
}

/** `skipped`: addresses beyond the most that are mirrored of a subset. */
export function desiredMirrors({ subsets = [] }: Endpoints): { mirrors: Mirror[]; skipped: number } {
  const mirrors = new Map<string, Mirror>();
  let skipped = 0;
  for (const subset of repackSubsets(subsets)) {
    const all = [...addressesOf(subset, 'addresses'), ...addressesOf(subset, 'notReadyAddresses')];
    skipped += Math.max(0, all.length - MAX_ENDPOINTS);
    const ports = (subset.ports ?? []).map((port) => ({ name: '', protocol: 'TCP', ...port }) as unknown as Port);
    const id = portsId(ports);
    for (const { address, ready } of all.slice(0, MAX_ENDPOINTS)) {
      const ip = canonicalIP(address.ip);
      const family = ip.includes(':') ? 'IPv6' : 'IPv4';
      let mirror = mirrors.get(`${family} ${id}`);
      if (!mirror) {
        mirror = { family, id, ports, endpoints: new Map() };
        mirrors.set(`${family} ${id}`, mirror);
      }
      const endpoint = endpointOf(address, ip, ready);
      if (mirror.endpoints.size < MAX_ENDPOINTS) mirror.endpoints.set(endpointId(endpoint), endpoint);
    }
  }
  return { mirrors: [...mirrors.values()], skipped };
}

function addressesOf(subset: Subset, field: 'addresses' | 'notReadyAddresses') {
  return (subset[field] ?? []).map((address) => ({ address, ready: field === 'addresses' }));
}

function endpointOf({ hostname, nodeName, targetRef }: Address, ip: string, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    ...(targetRef ? { targetRef } : {}),
  } as Endpoint;
}

/** Without a name. */
export function mirrorOf({ apiVersion, kind, metadata }: Endpoints, { family, ports, endpoints }: Mirror): KubeObject {
  const annotations = { ...metadata.annotations };
  for (const name of NOT_COPIED) delete annotations[name];
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      namespace: metadata.namespace,
      labels: { ...metadata.labels, [SERVICE_NAME]: metadata.name ?? '', [MANAGED_BY]: MANAGER },
      annotations,
      ownerReferences: [controllerRef({ apiVersion, kind, metadata } as unknown as KubeObject)],
    },
    addressType: family,
    endpoints: [...endpoints.values()],
    ports,
  } as unknown as KubeObject;
}
