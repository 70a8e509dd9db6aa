/** The status of a Service: where its load balancer is reached (`ValidateLoadBalancerStatus`). */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Subdomain } from '../../machinery/names.ts';
import type { Service } from '../../types.ts';
import { invalidEach, validateEnum } from '../validation/fields.ts';
import { isIPv6, parseIPv4, validateIP } from '../validation/ip.ts';

type Ingress = NonNullable<NonNullable<NonNullable<Service['status']>['loadBalancer']>['ingress']>[number];

export function validateServiceStatus({ spec, status }: Service): FieldError[] {
  const ingress = status?.loadBalancer?.ingress ?? [];
  const field = 'status.loadBalancer.ingress';
  if (spec?.type !== 'LoadBalancer' && ingress.length > 0) {
    return [fieldError.forbidden(field, "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  return ingress.flatMap((one, index) => validateIngress(one, `${field}[${index}]`));
}

function validateIngress({ ip, ipMode, hostname }: Ingress, field: string): FieldError[] {
  const errors = ip ? validateIP(ip, `${field}.ip`) : [];
  const mode = `${field}.ipMode`;
  if (ipMode === undefined) {
    if (ip) errors.push(fieldError.required(mode, 'must be specified when `ip` is set'));
  } else if (!ip) errors.push(fieldError.forbidden(mode, 'may not be specified when `ip` is not set'));
  else errors.push(...validateEnum(ipMode, ['Proxy', 'VIP'], mode));
  if (!hostname) return errors;
  errors.push(...invalidEach(`${field}.hostname`, hostname, isDNS1123Subdomain(hostname)));
  if (parseIPv4(hostname) || isIPv6(hostname)) {
    errors.push(fieldError.invalid(`${field}.hostname`, hostname, 'must be a DNS name, not an IP address'));
  }
  return errors;
}
