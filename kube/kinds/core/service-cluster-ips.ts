/** A Service's cluster addresses and their families (`ValidateServiceClusterIPsRelatedFields`). */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { validateEnum } from '../validation/fields.ts';
import { validateIP } from '../validation/ip.ts';
import { repeated } from '../validation/repeated.ts';
import { familyOf, isHeadless, type ServiceSpec } from './service-types.ts';

const IPS = 'spec.clusterIPs';
const FAMILIES = 'spec.ipFamilies';
const POLICY = 'spec.ipFamilyPolicy';

function validateFamilies({ ipFamilies = [], ipFamilyPolicy }: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const twice = repeated(ipFamilies);
  for (const [index, family] of ipFamilies.entries()) {
    errors.push(...validateEnum(family, ['IPv4', 'IPv6'], `${FAMILIES}[${index}]`));
    if (twice.has(index)) errors.push(fieldError.duplicate(`${FAMILIES}[${index}]`, family));
  }
  if (ipFamilyPolicy !== undefined) {
    errors.push(...validateEnum(ipFamilyPolicy, ['PreferDualStack', 'RequireDualStack', 'SingleStack'], POLICY));
  }
  return errors;
}

/** The two fields for one thing must agree. */
function validateAgreement(clusterIP: string, clusterIPs: readonly string[]): FieldError[] {
  if (clusterIP === '') {
    const detail = 'must be empty when `clusterIP` is not specified';
    return clusterIPs.length > 0 ? [fieldError.invalid(IPS, clusterIPs, detail)] : [];
  }
  if (clusterIPs.length === 0) return [fieldError.required(IPS)];
  if (clusterIPs[0] === clusterIP) return [];
  return [fieldError.invalid(IPS, clusterIPs, 'first value must match `clusterIP`')];
}

/** `old`: of the service before an update, whose addresses may stay. */
export function validateClusterIPs(spec: ServiceSpec, old: ServiceSpec = {}): FieldError[] {
  if (spec.type === 'ExternalName') return [];
  const { clusterIPs = [], clusterIP = '', ipFamilies = [] } = spec;
  const errors = [...validateAgreement(clusterIP, clusterIPs), ...validateFamilies(spec)];
  const malformed: FieldError[] = [];
  for (const [index, ip] of clusterIPs.entries()) {
    if (index === 0 && ip === 'None') {
      if (clusterIPs.length > 1) {
        malformed.push(fieldError.invalid(IPS, clusterIPs, "'None' must be the first and only value"));
      }
    } else if (!old.clusterIPs?.includes(ip)) malformed.push(...validateIP(ip, `${IPS}[${index}]`));
  }
  errors.push(...malformed);
  if (clusterIPs.length > 2) errors.push(fieldError.invalid(IPS, clusterIPs, 'may only hold up to 2 values'));
  if (malformed.length > 0) return errors;
  if (clusterIPs.length > 1 && new Set(clusterIPs.map(familyOf)).size < 2) {
    errors.push(fieldError.invalid(IPS, clusterIPs, 'may specify no more than one IP for each IP family'));
  }
  for (const [index, ip] of isHeadless(spec) ? [] : clusterIPs.entries()) {
    const family = ipFamilies[index];
    if (['IPv4', 'IPv6'].includes(family ?? '') && family !== familyOf(ip)) {
      const detail = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``;
      errors.push(fieldError.invalid(`${IPS}[${index}]`, ip, detail));
    }
  }
  return errors;
}

/** A service may get a second family, or go back to the first; the first stays as it is. */
function validateKept(next: readonly string[], old: readonly string[], field: string, what: string): FieldError[] {
  const changed = (index: number) => next[index] !== old[index];
  if (next.length === old.length) {
    return old.flatMap((_, index) =>
      changed(index) ? [fieldError.invalid(`${field}[${index}]`, next, 'may not change once set')] : [],
    );
  }
  if (old.length > 0 && next.length === 0) {
    return [fieldError.invalid(`${field}[0]`, next, `primary ${what} can not be unset`)];
  }
  return old.length > 0 && changed(0) ? [fieldError.invalid(`${field}[0]`, next, 'may not change once set')] : [];
}

export function validateClusterIPsUpdate(next: ServiceSpec, old: ServiceSpec): FieldError[] {
  if (next.type === 'ExternalName' || old.type === 'ExternalName') return [];
  if (isHeadless(next) && isHeadless(old)) return [];
  const errors: FieldError[] = [];
  for (const [field, what] of [
    ['clusterIPs', 'clusterIP'],
    ['ipFamilies', 'ipFamily'],
  ] as const) {
    const [now, before] = [next[field] ?? [], old[field] ?? []];
    errors.push(...validateKept(now, before, `spec.${field}`, what));
    if (before.length > now.length && now.length === 1 && next.ipFamilyPolicy !== 'SingleStack') {
      const detail = `must be set to 'SingleStack' when releasing the secondary ${what}`;
      errors.push(fieldError.invalid(POLICY, next.ipFamilyPolicy ?? null, detail));
    }
  }
  return errors;
}
