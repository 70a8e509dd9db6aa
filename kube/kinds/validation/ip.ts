/** IP addresses, as far as validation looks at them (apimachinery `pkg/util/validation/ip.go`). */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';

const CIDR_TEXT = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
const INTERFACE_TEXT = 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)';
const IP_TEXT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

interface Address {
  /** Four of IPv4, eight of IPv6. */
  numbers: number[];
  /** Numbers begin with zeros: programs do not agree on what such an address means. */
  isPadded: boolean;
}

/** The four numbers of an IPv4 address without leading zeros. */
export function parseIPv4(text: string): number[] | undefined {
  const address = readIPv4(text);
  return address?.isPadded === false ? address.numbers : undefined;
}

/** Also with zeros before the numbers, which older versions of Kubernetes took. */
function readIPv4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d+$/.test(part) && Number(part) <= 255)) return undefined;
  return { numbers: parts.map(Number), isPadded: parts.some((part) => part.length > 1 && part.startsWith('0')) };
}

function readIPv6(text: string): Address | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0 || !text.includes(':')) return undefined;
  let isPadded = false;
  const groupsOf = (part: string | undefined): number[] =>
    (part ? part.split(':') : []).flatMap((group, index, all) => {
      const v4 = index === all.length - 1 && group.includes('.') ? readIPv4(group) : undefined;
      isPadded ||= v4?.isPadded ?? group.length > 4;
      if (!v4) return /^[0-9a-fA-F]+$/.test(group) ? Number.parseInt(group, 16) : Number.NaN;
      const [a = 0, b = 0, c = 0, d = 0] = v4.numbers;
      return [a * 256 + b, c * 256 + d];
    });
  const [before, after] = [groupsOf(head), groupsOf(tail)];
  // An IPv4 address stands at the end only.
  if (tail !== undefined && head.includes('.')) return undefined;
  const count = before.length + after.length;
  if (tail === undefined ? count !== 8 : count >= 8) return undefined;
  const numbers = [...before, ...Array<number>(8 - count).fill(0), ...after];
  return numbers.every((number) => number <= 0xffff) ? { numbers, isPadded } : undefined;
}

const parse = (text: string): Address | undefined => readIPv4(text) ?? readIPv6(text);

function isMappedIPv4({ numbers }: Address): boolean {
  return numbers.length === 8 && numbers[5] === 0xffff && numbers.slice(0, 5).every((number) => number === 0);
}

function mappedIPv4({ numbers }: Address): number[] {
  return numbers.slice(6).flatMap((number) => [number >> 8, number & 255]);
}

/** Four numbers of IPv4, eight of IPv6; undefined for what is no address. */
export const ipNumbers = (text: string): readonly number[] | undefined => parse(text)?.numbers;

export const isIP = (text: string): boolean => parse(text) !== undefined;
export const isIPv4 = (text: string): boolean => readIPv4(text) !== undefined;
export const isIPv6 = (text: string): boolean => readIPv6(text) !== undefined;

/** RFC 5952: without zeros before a number, and `::` for the first of the longest runs of zeros. */
function print({ numbers }: Address): string {
  if (numbers.length === 4) return numbers.join('.');
  const runs = numbers.map((_, start) => {
    const length = numbers.slice(start).findIndex((number) => number !== 0);
    return length < 0 ? 8 - start : length;
  });
  const longest = Math.max(...runs);
  const hex = (from: number, to: number): string =>
    numbers
      .slice(from, to)
      .map((number) => number.toString(16))
      .join(':');
  if (longest < 2) return hex(0, 8);
  const start = runs.indexOf(longest);
  return `${hex(0, start)}::${hex(start + longest, 8)}`;
}

/** Of a field that is older than the rule that addresses are written in one way only (`IsValidIPForLegacyField`). */
export function validateIP(text: string, field: string): FieldError[] {
  const address = parse(text);
  if (!address) return [fieldError.invalid(field, text, IP_TEXT)];
  if (address.isPadded) return [fieldError.invalid(field, text, 'must not have leading 0s')];
  return isMappedIPv4(address) ? [fieldError.invalid(field, text, 'must not be an IPv4-mapped IPv6 address')] : [];
}

/** `IsValidIP` */
export function validateCanonicalIP(text: string, field: string): FieldError[] {
  const errors = validateIP(text, field);
  return errors.length > 0 ? errors : canonicalErrors(text, canonicalIP(text), field);
}

export const canonicalIP = (text: string): string => {
  const address = parse(text);
  return address ? print(address) : text;
};

function canonicalErrors(text: string, canonical: string, field: string): FieldError[] {
  if (text === canonical) return [];
  return [fieldError.invalid(field, text, `must be in canonical form (${JSON.stringify(canonical)})`)];
}

/** An address and the length of its prefix, of a field as old as those of {@link validateIP}. */
export function validateCIDR(text: string, field: string): FieldError[] {
  const network = parseCIDR(text);
  if (!network) return [fieldError.invalid(field, text, CIDR_TEXT)];
  const errors = prefixErrors(network, text, field);
  if (errors.length > 0) return errors;
  const { address, length } = network;
  const width = (address.numbers.length === 4 ? 32 : 128) / address.numbers.length;
  const isWithin = address.numbers.every((number, index) => {
    const free = Math.min(width, Math.max(0, (index + 1) * width - Number(length)));
    return number % 2 ** free === 0;
  });
  return isWithin ? [] : [fieldError.invalid(field, text, 'must not have bits set beyond the prefix length')];
}

/** An address in its network (`IsValidInterfaceAddress`). */
export function validateInterfaceAddress(text: string, field: string): FieldError[] {
  const network = parseCIDR(text);
  if (!network) return [fieldError.invalid(field, text, INTERFACE_TEXT)];
  const errors = prefixErrors(network, text, field);
  return errors.length > 0 ? errors : canonicalErrors(text, canonicalCIDR(text), field);
}

interface Network {
  address: Address;
  length: string;
}

function parseCIDR(text: string): Network | undefined {
  const [ip = '', length = '', ...more] = text.split('/');
  const address = parse(ip);
  const bits = address?.numbers.length === 4 ? 32 : 128;
  return !address || more.length > 0 || !/^\d+$/.test(length) || Number(length) > bits
    ? undefined
    : { address, length };
}

/** The family of a range that Go's older parsers read; undefined for what is none. */
export function cidrFamily(text: string): 'IPv4' | 'IPv6' | undefined {
  const network = parseCIDR(text);
  if (!network) return undefined;
  return network.address.numbers.length === 4 || isMappedIPv4(network.address) ? 'IPv4' : 'IPv6';
}

function prefixErrors({ address, length }: Network, text: string, field: string): FieldError[] {
  const invalid = (detail: string) => [fieldError.invalid(field, text, detail)];
  if (address.isPadded || /^0\d/.test(length)) return invalid('must not have leading 0s in IP or prefix length');
  return isMappedIPv4(address) ? invalid('must not have an IPv4-mapped IPv6 address') : [];
}

/** `IsValidCIDR` */
export function validateCanonicalCIDR(text: string, field: string): FieldError[] {
  const errors = validateCIDR(text, field);
  return errors.length > 0 ? errors : canonicalErrors(text, canonicalCIDR(text), field);
}

const canonicalCIDR = (text: string): string => {
  const [ip = '', length] = text.split('/');
  return `${canonicalIP(ip)}/${length}`;
};

/** `GetWarningsForIP` */
export function ipWarnings(text: string, field: string): string[] {
  const address = parse(text);
  const isMapped = address !== undefined && isMappedIPv4(address);
  if (address && (address.isPadded || isMapped)) {
    const usual = isMapped ? mappedIPv4(address).join('.') : print(address);
    return [`${field}: non-standard IP address ${JSON.stringify(text)} is invalid: use ${JSON.stringify(usual)}`];
  }
  return canonicalWarnings('address', text, canonicalIP(text), field);
}

/** `GetWarningsForCIDR` */
export function cidrWarnings(text: string, field: string): string[] {
  if (validateCIDR(text, field).length > 0) return [];
  return canonicalWarnings('CIDR value', text, canonicalCIDR(text), field);
}

function canonicalWarnings(what: string, text: string, canonical: string, field: string): string[] {
  if (text === canonical) return [];
  const form = `RFC 5952 canonical format (${JSON.stringify(canonical)})`;
  return [`${field}: IPv6 ${what} ${JSON.stringify(text)} should be in ${form}`];
}

/** `ValidateEndpointIP`: not an unspecified, loopback, link-local or multicast address. */
export function validateEndpointIP(text: string, field: string): FieldError[] {
  const address = parse(text);
  const { numbers = [] } = address && isMappedIPv4(address) ? { numbers: mappedIPv4(address) } : (address ?? {});
  const invalid = (detail: string) => [fieldError.invalid(field, text, detail)];
  const isV4 = numbers.length === 4;
  const [first = 0, second = 0, third = 0] = numbers;
  const isLast = (last: number) => numbers.every((number, index) => number === (index === 7 ? last : 0));
  if (isV4 ? numbers.every((number) => number === 0) : isLast(0)) return invalid(`may not be unspecified (${text})`);
  if (isV4 ? first === 127 : isLast(1)) return invalid('may not be in the loopback range (127.0.0.0/8, ::1/128)');
  if (isV4 ? first === 169 && second === 254 : first >> 6 === 0xfe80 >> 6) {
    return invalid('may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  }
  if (isV4 ? first === 224 && second === 0 && third === 0 : (first & 0xff0f) === 0xff02) {
    return invalid('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)');
  }
  return [];
}
