/** Addresses of load balancers, as Services and Ingresses tell of them in their status. */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Subdomain } from '../../machinery/names.ts';
import { invalidEach, validateEnum } from './fields.ts';
import { isIP, validateIP } from './ip.ts';

export interface Balancer {
  ingress?: readonly { ip?: string; hostname?: string; ipMode?: string }[];
}

const FIELD = 'status.loadBalancer.ingress';

function validateMode(ip: string | undefined, mode: string | undefined, field: string): FieldError[] {
  if (mode === undefined) return ip ? [fieldError.required(field, 'must be specified when `ip` is set')] : [];
  if (!ip) return [fieldError.forbidden(field, 'may not be specified when `ip` is not set')];
  return validateEnum(mode, ['Proxy', 'VIP'], field);
}

/** Addresses that were there before may stay, whatever they are. `hasModes`: a Service's say how they are reached. */
export function validateBalancer(next: Balancer = {}, old: Balancer = {}, hasModes = false): FieldError[] {
  const known = new Set((old.ingress ?? []).map(({ ip }) => ip));
  return (next.ingress ?? []).flatMap(({ ip, hostname, ipMode }, index) => {
    const at = `${FIELD}[${index}]`;
    const errors = ip && !known.has(ip) ? validateIP(ip, `${at}.ip`) : [];
    if (hasModes) errors.push(...validateMode(ip, ipMode, `${at}.ipMode`));
    if (!hostname) return errors;
    errors.push(...invalidEach(`${at}.hostname`, hostname, isDNS1123Subdomain(hostname)));
    if (isIP(hostname)) {
      errors.push(fieldError.invalid(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address'));
    }
    return errors;
  });
}

/** `ValidateLoadBalancerStatus` */
export function validateServiceBalancer(type: string | undefined, next?: Balancer, old?: Balancer): FieldError[] {
  if (type === 'LoadBalancer' || !next?.ingress?.length) return validateBalancer(next, old, true);
  return [fieldError.forbidden(FIELD, "may only be used when `spec.type` is 'LoadBalancer'")];
}
