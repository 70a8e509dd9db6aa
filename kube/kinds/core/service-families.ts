/** The families of a Service's addresses, and their policy (`initIPFamilyFields` of the Service registry). */
import { sameJson } from '../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { validateClusterIPs } from './service-cluster-ips.ts';
import { familyOf, hasAnyFamily, type ServiceSpec } from './service-types.ts';

const POLICY = 'spec.ipFamilyPolicy';

/**
 * Changes `spec`, which gets the policy and the families that it does not name. A cluster's own addresses are IPv4 alone;
 * only what is behind a headless Service without a selector may be of the other family.
 */
export function initFamilies(spec: ServiceSpec, old?: ServiceSpec): FieldError[] {
  if (spec.type === 'ExternalName' || staysPreferring(spec, old)) return [];
  spec.ipFamilyPolicy ??= old?.ipFamilyPolicy ?? (hasAnyFamily(spec) ? 'RequireDualStack' : 'SingleStack');
  const malformed = validateClusterIPs(spec, old);
  if (malformed.length > 0) return malformed;
  if (old) releaseSecond(spec, old);
  const errors = [...(old ? validateReleased(spec, old) : []), ...validatePolicy(spec), ...inferFamilies(spec)];
  if (errors.length > 0) return errors;
  const isDual = spec.ipFamilyPolicy !== 'SingleStack';
  if (!hasAnyFamily(spec)) {
    const refused = validateConfigured(spec);
    if (refused.length === 0 && !spec.ipFamilies?.length) spec.ipFamilies = ['IPv4'];
    return refused;
  }
  if (!spec.ipFamilies?.length) spec.ipFamilies = ['IPv4'];
  const [first, ...others] = spec.ipFamilies;
  if (isDual && others.length === 0) spec.ipFamilies = [first ?? '', first === 'IPv4' ? 'IPv6' : 'IPv4'];
  return [];
}

/** A Service that would like both families is left as it is while nothing of its addresses changes. */
function staysPreferring(next: ServiceSpec, old: ServiceSpec | undefined): boolean {
  if (!old || old.type !== next.type || next.ipFamilyPolicy !== 'PreferDualStack') return false;
  if ((old.ipFamilyPolicy ?? 'PreferDualStack') !== 'PreferDualStack') return false;
  return isSame(next, old, 'clusterIPs') && isSame(next, old, 'ipFamilies');
}

function isSame(next: ServiceSpec, old: ServiceSpec, field: 'clusterIPs' | 'ipFamilies'): boolean {
  return sameJson(next[field] ?? [], old[field] ?? []);
}

/** To ask for a single family is to give the second up, where both are still named. */
function releaseSecond(spec: ServiceSpec, old: ServiceSpec): void {
  if (spec.ipFamilyPolicy !== 'SingleStack') return;
  for (const field of ['clusterIPs', 'ipFamilies'] as const) {
    if (isSame(spec, old, field)) spec[field] = spec[field]?.slice(0, 1);
  }
}

function validateReleased(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  if (spec.ipFamilyPolicy === 'SingleStack') return [];
  const isReduced = (field: 'clusterIPs' | 'ipFamilies') => {
    const count = spec[field]?.length ?? 0;
    return count > 0 && count < (old[field]?.length ?? 0);
  };
  const what = [...(isReduced('clusterIPs') ? ['cluster IP'] : []), ...(isReduced('ipFamilies') ? ['IP family'] : [])];
  return what.map((each) =>
    fieldError.invalid(POLICY, spec.ipFamilyPolicy, `must be 'SingleStack' to release the secondary ${each}`),
  );
}

function validatePolicy({ ipFamilyPolicy, clusterIPs, ipFamilies }: ServiceSpec): FieldError[] {
  if (ipFamilyPolicy !== 'SingleStack') return [];
  const what = [
    ...(clusterIPs?.length === 2 ? ['cluster IPs'] : []),
    ...(ipFamilies?.length === 2 ? ['IP families'] : []),
  ];
  return what.map((each) => {
    const detail = `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${each} are specified`;
    return fieldError.invalid(POLICY, ipFamilyPolicy, detail);
  });
}

/** Changes `spec`: an address tells its family. */
function inferFamilies(spec: ServiceSpec): FieldError[] {
  const { clusterIPs = [] } = spec;
  const errors: FieldError[] = [];
  for (const [index, ip] of clusterIPs.entries()) {
    if (ip === 'None') break;
    if (index < (spec.ipFamilies?.length ?? 0)) continue;
    if (familyOf(ip) === 'IPv4') spec.ipFamilies = [...(spec.ipFamilies ?? []), 'IPv4'];
    else
      errors.push(
        fieldError.invalid(`spec.clusterIPs[${index}]`, clusterIPs, 'IPv6 is not configured on this cluster'),
      );
  }
  return errors;
}

function validateConfigured({ ipFamilies = [], ipFamilyPolicy }: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (ipFamilyPolicy === 'RequireDualStack') {
    const detail = 'this cluster is not configured for dual-stack services';
    errors.push(fieldError.invalid(POLICY, ipFamilyPolicy, detail));
  }
  for (const [index, family] of ipFamilies.entries()) {
    if (family === 'IPv4') continue;
    errors.push(fieldError.invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'));
  }
  return errors;
}
