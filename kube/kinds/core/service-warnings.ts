/** `pkg/api/service/warnings.go` */
import type { Service } from '../../types.ts';
import { cidrWarnings, ipWarnings } from '../validation/ip.ts';
import { isHeadless } from './service-types.ts';
import { serviceSteeringWarnings } from './simulated-annotations.ts';

export const HINTS = 'service.kubernetes.io/topology-aware-hints';
export const MODE = 'service.kubernetes.io/topology-mode';

export function serviceWarnings({ spec = {}, metadata }: Service, old?: Service): string[] {
  const warnings: string[] = [];
  const headless = spec.type === 'ClusterIP' && isHeadless(spec);
  const hasExternalIPs = (spec.externalIPs?.length ?? 0) > 0;
  if (metadata.annotations?.[HINTS] !== undefined) {
    warnings.push(`annotation ${HINTS} is deprecated, please use ${MODE} instead`);
  }
  warnings.push(...serviceSteeringWarnings('Service', metadata.annotations, old?.metadata.annotations));
  if (spec.clusterIP && spec.clusterIP !== 'None') {
    for (const [index, ip] of (spec.clusterIPs ?? []).entries()) {
      warnings.push(...ipWarnings(ip, `spec.clusterIPs[${index}]`));
    }
  }
  if (headless) {
    if (spec.loadBalancerIP) warnings.push('spec.loadBalancerIP is ignored for headless services');
    if (hasExternalIPs) warnings.push('spec.externalIPs is ignored for headless services');
    if (spec.sessionAffinity !== 'None') warnings.push('spec.SessionAffinity is ignored for headless services');
  }
  for (const [index, ip] of (spec.externalIPs ?? []).entries()) {
    warnings.push(...ipWarnings(ip, `spec.externalIPs[${index}]`));
  }
  if (hasExternalIPs && !headless && spec.type !== 'ExternalName') {
    warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  }
  if (spec.loadBalancerIP) warnings.push(...ipWarnings(spec.loadBalancerIP, 'spec.loadBalancerIP'));
  for (const [index, range] of (spec.loadBalancerSourceRanges ?? []).entries()) {
    warnings.push(...cidrWarnings(range, `spec.loadBalancerSourceRanges[${index}]`));
  }
  if (spec.type === 'ExternalName' && hasExternalIPs) {
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  }
  if (spec.type !== 'ExternalName' && spec.externalName) {
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  if (spec.trafficDistribution === 'PreferClose') {
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  }
  return warnings;
}
