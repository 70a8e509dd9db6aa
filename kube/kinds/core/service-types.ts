/** Consequences of a Service's type (`pkg/api/service/util.go`). */
import { sameJson } from '../../machinery/equality.ts';
import type { Service } from '../../types.ts';

export type ServiceSpec = NonNullable<Service['spec']>;

export function needsNodePort({ type }: ServiceSpec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

export function isHeadless({ type, clusterIPs, clusterIP }: ServiceSpec): boolean {
  return type !== 'ExternalName' && (clusterIPs?.length === 1 ? clusterIPs[0] : clusterIP) === 'None';
}

/** The endpoints of a service without a selector may be of either family. */
export function hasAnyFamily(spec: ServiceSpec): boolean {
  return isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0;
}

export function familyOf(ip: string): 'IPv4' | 'IPv6' {
  return ip.includes(':') ? 'IPv6' : 'IPv4';
}

export function externallyAccessible(spec: ServiceSpec): boolean {
  return needsNodePort(spec) || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);
}

export function needsHealthCheck({ type, externalTrafficPolicy }: ServiceSpec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}

/**
 * The text of a Service without the policy that one that is a name has no use for, but which is kept for another type
 * (`defaultOnReadInternalTrafficPolicy`).
 */
export function withoutUnusedPolicy(text: string): string {
  if (!text.includes('"type":"ExternalName"') || !text.includes('"internalTrafficPolicy":')) return text;
  const service = JSON.parse(text) as Service;
  if (service.spec?.type === 'ExternalName') delete service.spec.internalTrafficPolicy;
  return JSON.stringify(service);
}

/** Changes `next`: a client that knows one of the two fields alone means both (`normalizeClusterIPs`). */
export function joinClusterIPs(next: ServiceSpec, old: ServiceSpec): void {
  if (old.clusterIPs?.length && !next.clusterIPs?.length && next.clusterIP === old.clusterIP) {
    next.clusterIPs = old.clusterIPs;
  }
  if ((next.clusterIP ?? '') === (old.clusterIP ?? '') || !sameJson(next.clusterIPs ?? [], old.clusterIPs ?? []))
    return;
  if (next.clusterIP) next.clusterIPs = [next.clusterIP];
  else delete next.clusterIPs;
}
