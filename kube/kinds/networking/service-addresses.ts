/** The IPAddresses by which Services hold their cluster IPs (upstream `pkg/registry/core/service/ipallocator`). */
import type { KubeObject } from '../../machinery/object.ts';
import type { IPAddress } from '../../types.ts';

export const IP_ADDRESSES = 'ipaddresses.networking.k8s.io';
export const IP_FAMILY_LABEL = 'ipaddress.kubernetes.io/ip-family';
export const MANAGED_BY_LABEL = 'ipaddress.kubernetes.io/managed-by';
const MANAGER = 'ipallocator.k8s.io';

export function ipFamily(ip: string): 'IPv4' | 'IPv6' {
  return ip.includes(':') ? 'IPv6' : 'IPv4';
}

export function serviceAddress(ip: string, service: { namespace?: string; name?: string }): KubeObject {
  const { namespace, name } = service;
  return {
    kind: 'IPAddress',
    apiVersion: 'networking.k8s.io/v1',
    metadata: { name: ip, labels: { [IP_FAMILY_LABEL]: ipFamily(ip), [MANAGED_BY_LABEL]: MANAGER } },
    spec: { parentRef: { resource: 'services', namespace, name } },
  };
}

/** Whether an IPAddress was made for a Service, by the API server or its controller. */
export function isManaged({ metadata }: Pick<IPAddress, 'metadata'>): boolean {
  return metadata.labels?.[MANAGED_BY_LABEL] === MANAGER;
}
