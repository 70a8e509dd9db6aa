/** IP addresses and CIDR ranges (apiserver `pkg/cel/library/ip.go`, `cidr.go`; Go's `net/netip`). */

import { parseAddr } from '../../../go-address.ts';
import { goQuote } from '../../../schema/go-names.ts';
import { opaqueType, type Type } from '../../check/type.ts';
import { CelError, Foreign, NO_SUCH_OVERLOAD, type Value } from '../../values/value.ts';
import { type Library, overload } from '../define.ts';

const IP_TYPE = opaqueType('net.IP');
const CIDR_TYPE = opaqueType('net.CIDR');

class Address extends Foreign {
  readonly type: Type = IP_TYPE;
  readonly parts: Uint8Array;
  constructor(parts: Uint8Array) {
    super();
    this.parts = parts;
  }
  override get bytes(): number {
    return this.parts.length;
  }
  get family(): 4 | 6 {
    return this.parts.length === 4 ? 4 : 6;
  }
  equals(other: Value): boolean | CelError {
    return other instanceof Address ? this.toString() === other.toString() : NO_SUCH_OVERLOAD;
  }
  toString(): string {
    return this.family === 4 ? this.parts.join('.') : printIPv6(this.parts);
  }
  /** The first `bits` bits, and nothing behind them. */
  masked(bits: number): Address {
    return new Address(this.parts.map((byte, i) => byte & ~(0xff >> Math.min(Math.max(bits - i * 8, 0), 8))));
  }
}

class Range extends Foreign {
  readonly type: Type = CIDR_TYPE;
  readonly address: Address;
  readonly bits: number;
  constructor(address: Address, bits: number) {
    super();
    this.address = address;
    this.bits = bits;
  }
  override get bytes(): number {
    return Math.ceil(this.bits / 8);
  }
  equals(other: Value): boolean | CelError {
    return other instanceof Range ? this.toString() === other.toString() : NO_SUCH_OVERLOAD;
  }
  toString(): string {
    return `${this.address}/${this.bits}`;
  }
  contains({ parts, family }: Address): boolean {
    const address = new Address(parts);
    return family === this.address.family && sameBytes(address.masked(this.bits), this.address.masked(this.bits));
  }
}

function sameBytes(a: Address, b: Address): boolean {
  return a.parts.every((byte, i) => byte === b.parts[i]);
}

function groups(parts: Uint8Array): number[] {
  return Array.from({ length: 8 }, (_, i) => ((parts[i * 2] as number) << 8) | (parts[i * 2 + 1] as number));
}

/** RFC 5952. */
function printIPv6(parts: Uint8Array): string {
  const words = groups(parts);
  let best = { at: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && words[end] === 0) end++;
    if (end - i > best.length) best = { at: i, length: end - i };
  }
  const hex = words.map((word) => word.toString(16));
  if (best.at < 0) return hex.join(':');
  return `${hex.slice(0, best.at).join(':')}::${hex.slice(best.at + best.length).join(':')}`;
}

function isMapped(parts: Uint8Array): boolean {
  return parts.length === 16 && parts.every((byte, i) => byte === (i < 10 ? 0 : i < 12 ? 0xff : byte));
}

function parseIP(text: string): Address | string {
  const parts = parseAddr(text);
  const quoted = goQuote(text);
  if (typeof parts === 'string') {
    return `IP Address ${quoted} parse error during conversion from string: ParseAddr(${quoted}): ${parts}`;
  }
  if (parts.zone !== '') return `IP address ${quoted} with zone value is not allowed`;
  return isMapped(parts.bytes) ? `IPv4-mapped IPv6 address ${quoted} is not allowed` : new Address(parts.bytes);
}

function parseCIDR(text: string): Range | string {
  const quoted = goQuote(text);
  const fail = (reason: string) =>
    `network address parse error during conversion from string: netip.ParsePrefix(${quoted}): ${reason}`;
  const slash = text.lastIndexOf('/');
  if (slash < 0) return fail("no '/'");
  const address = text.slice(0, slash);
  const parts = parseAddr(address);
  if (typeof parts === 'string') return fail(`ParseAddr(${goQuote(address)}): ${parts}`);
  if (parts.zone !== '') return fail('IPv6 zones cannot be present in a prefix');
  const length = text.slice(slash + 1);
  if (!/^(?:0|[1-9]\d*)$/.test(length)) return fail(`bad bits after slash: ${goQuote(length)}`);
  if (Number(length) > parts.bytes.length * 8) return fail('prefix length out of range');
  if (isMapped(parts.bytes)) return `IPv4-mapped IPv6 address ${quoted} is not allowed`;
  return new Range(new Address(parts.bytes), Number(length));
}

const ip = (text: string): Value => {
  const address = parseIP(text);
  return typeof address === 'string' ? new CelError(address) : address;
};

const cidr = (text: string): Value => {
  const range = parseCIDR(text);
  if (typeof range !== 'string') return range;
  return new CelError(`network address parse error during conversion from string: ${range}`);
};

function containsCIDR(range: Range, other: Value): Value {
  if (!(other instanceof Range)) return other;
  return range.bits <= other.bits && range.contains(other.address);
}

function isLoopback({ parts, family }: Address): boolean {
  return family === 4 ? parts[0] === 127 : parts.every((byte, i) => byte === (i === 15 ? 1 : 0));
}

const isUnspecified = ({ parts }: Address) => parts.every((byte) => byte === 0);

function isLinkLocalUnicast({ parts: [a = 0, b = 0], family }: Address): boolean {
  return family === 4 ? a === 169 && b === 254 : a === 0xfe && (b & 0xc0) === 0x80;
}

function isLinkLocalMulticast({ parts: [a = 0, b = 0, c = 0], family }: Address): boolean {
  return family === 4 ? a === 224 && b === 0 && c === 0 : a === 0xff && (b & 0x0f) === 2;
}

function isGlobalUnicast(address: Address): boolean {
  const { parts, family } = address;
  const multicast = family === 4 ? ((parts[0] ?? 0) & 0xf0) === 0xe0 : parts[0] === 0xff;
  const broadcast = family === 4 && parts.every((byte) => byte === 255);
  return !(broadcast || multicast || isUnspecified(address) || isLoopback(address) || isLinkLocalUnicast(address));
}

const test = (id: string, run: (address: Address) => boolean) => [overload(id, '.net.IP -> bool', run)];

export const NET: Library = {
  ip: [
    overload('string_to_ip', 'string -> net.IP', ip),
    overload('cidr_ip', '.net.CIDR -> net.IP', ({ address }: Range) => address),
  ],
  'ip.isCanonical': [
    overload('ip_is_canonical', 'string -> bool', (text: string) => {
      const address = parseIP(text);
      return typeof address === 'string' ? new CelError(address) : address.toString() === text;
    }),
  ],
  isIP: [overload('is_ip', 'string -> bool', (text: string) => typeof parseIP(text) !== 'string')],
  family: [overload('ip_family', '.net.IP -> int', ({ family }: Address) => BigInt(family))],
  isUnspecified: test('ip_is_unspecified', isUnspecified),
  isLoopback: test('ip_is_loopback', isLoopback),
  isLinkLocalMulticast: test('ip_is_link_local_multicast', isLinkLocalMulticast),
  isLinkLocalUnicast: test('ip_is_link_local_unicast', isLinkLocalUnicast),
  isGlobalUnicast: test('ip_is_global_unicast', isGlobalUnicast),
  cidr: [overload('string_to_cidr', 'string -> net.CIDR', cidr)],
  isCIDR: [overload('is_cidr', 'string -> bool', (text: string) => typeof parseCIDR(text) !== 'string')],
  containsIP: [
    overload('cidr_contains_ip_string', '.net.CIDR, string -> bool', (range: Range, text: string) => {
      const address = parseIP(text);
      return typeof address === 'string' ? NO_SUCH_OVERLOAD : range.contains(address);
    }),
    overload('cidr_contains_ip_ip', '.net.CIDR, net.IP -> bool', (range: Range, address: Address) =>
      range.contains(address),
    ),
  ],
  containsCIDR: [
    overload('cidr_contains_cidr_string', '.net.CIDR, string -> bool', (range: Range, text: string) =>
      containsCIDR(range, cidr(text)),
    ),
    overload('cidr_contains_cidr', '.net.CIDR, net.CIDR -> bool', containsCIDR),
  ],
  prefixLength: [overload('cidr_prefix_length', '.net.CIDR -> int', ({ bits }: Range) => BigInt(bits))],
  masked: [
    overload(
      'cidr_masked',
      '.net.CIDR -> net.CIDR',
      ({ address, bits }: Range) => new Range(address.masked(bits), bits),
    ),
  ],
  string: [
    overload('ip_to_string', 'net.IP -> string', String as never),
    overload('cidr_to_string', 'net.CIDR -> string', String as never),
  ],
};
