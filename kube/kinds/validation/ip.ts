/** IP addresses, as far as validation looks at them (apimachinery `pkg/util/validation/ip.go`). */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';

const CIDR_TEXT = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
const IP_TEXT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

/** The four numbers of an IPv4 address without leading zeros. */
export function parseIPv4(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const numbers = parts.map(Number);
  return numbers.every((number) => number <= 255) ? numbers : undefined;
}

export function isIPv6(text: string): boolean {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0 || !text.includes(':')) return false;
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const all = [...groups(head), ...groups(tail)];
  const last = all.at(-1);
  let count = all.length;
  if (last?.includes('.')) {
    if (!parseIPv4(last)) return false;
    all.pop();
    count++;
  }
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return tail === undefined ? count === 8 : count < 8;
}

export function validateIP(text: string, field: string): FieldError[] {
  return parseIPv4(text) || isIPv6(text) ? [] : [fieldError.invalid(field, text, IP_TEXT)];
}

/** An address and the length of its prefix. */
export function validateCIDR(text: string, field: string): FieldError[] {
  const [ip = '', length = '', ...more] = text.split('/');
  const longest = parseIPv4(ip) ? 32 : isIPv6(ip) ? 128 : -1;
  const valid = more.length === 0 && /^(0|[1-9]\d*)$/.test(length) && Number(length) <= longest;
  return valid ? [] : [fieldError.invalid(field, text, CIDR_TEXT)];
}

/** `ValidateEndpointIP`: not an unspecified, loopback, link-local or multicast address. */
export function validateEndpointIP(text: string, field: string): FieldError[] {
  const invalid = (detail: string) => [fieldError.invalid(field, text, detail)];
  const v4 = parseIPv4(text);
  const lower = text.toLowerCase();
  if (v4 ? text === '0.0.0.0' : lower === '::') return invalid(`may not be unspecified (${text})`);
  if (v4 ? v4[0] === 127 : lower === '::1') return invalid('may not be in the loopback range (127.0.0.0/8, ::1/128)');
  if (v4 ? v4[0] === 169 && v4[1] === 254 : /^fe[89ab]/.test(lower)) {
    return invalid('may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  }
  if (v4 ? v4[0] === 224 && v4[1] === 0 && v4[2] === 0 : lower.startsWith('ff02:')) {
    return invalid('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)');
  }
  return [];
}
