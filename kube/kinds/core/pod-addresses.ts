/** The addresses in a pod's status: those of the pod, and those of its node. */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import type { Pod } from '../../types.ts';
import { isIPv6, validateIP } from '../validation/ip.ts';

/** The older field counts where the two differ (`Convert_v1_PodStatus_To_core_PodStatus`). */
export function joinPodIPs({ status }: Pod): void {
  if (!status) return;
  const first = status.podIPs?.[0]?.ip;
  if (status.podIP && status.podIP !== first) status.podIPs = [{ ip: status.podIP }];
  else if (first !== undefined) status.podIP = first;
}

const ONE_EACH = 'may specify no more than one IP for each IP family';

type Addresses = readonly { ip?: string }[];

/** Addresses that were there before may stay, whatever they are. */
function validateAddresses(next: Addresses, old: Addresses, field: string): FieldError[] {
  const known = new Set(old.map(({ ip }) => ip));
  const errors = next.flatMap(({ ip = '' }, index) => (known.has(ip) ? [] : validateIP(ip, `${field}[${index}]`)));
  const wrong = next.length > 1 ? next.findIndex(({ ip = '' }) => validateIP(ip, field).length > 0) : -1;
  if (wrong >= 0) {
    const why = `invalid IP[${wrong}]: ${next[wrong]?.ip ?? ''}`;
    const detail = `failed to check for dual stack with error:${why}`;
    errors.push({ type: 'InternalError', field, detail });
    return [...errors, fieldError.invalid(field, next, ONE_EACH)];
  }
  const families = new Set(next.map(({ ip = '' }) => isIPv6(ip)));
  if (next.length > 2 || families.size < next.length) errors.push(fieldError.invalid(field, next, ONE_EACH));
  return errors;
}

/** `validatePodIPs` and `validateHostIPs` */
export function validatePodAddresses({ status: next = {} }: Pod, { status: old = {} }: Pod): FieldError[] {
  const { hostIP = '', hostIPs = [] } = next;
  const first = hostIPs[0]?.ip ?? '';
  return [
    ...validateAddresses(next.podIPs ?? [], old.podIPs ?? [], 'status.podIPs'),
    ...(hostIPs.length > 0 && hostIP !== first
      ? [fieldError.invalid('status.hostIPs[0].ip', first, 'must be equal to `hostIP`')]
      : []),
    ...validateAddresses(hostIPs, old.hostIPs ?? [], 'status.hostIPs'),
  ];
}
