/** Ranges of service addresses (upstream `pkg/api/servicecidr`, `pkg/registry/core/service/ipallocator`). */
import { ipNumbers } from '../validation/ip.ts';

export interface Address {
  version: 4 | 6;
  value: bigint;
}

export interface IPRange {
  version: 4 | 6;
  /** The number of addresses that have the prefix. */
  size: bigint;
  /** The first and the last address that a service may get: not the network's, nor IPv4's broadcast address. */
  first: bigint;
  last: bigint;
}

export function parseAddress(text: string): Address | undefined {
  const numbers = ipNumbers(text);
  if (!numbers) return undefined;
  const width = numbers.length === 4 ? 8n : 16n;
  const value = numbers.reduce((sum, number) => (sum << width) | BigInt(number), 0n);
  return { version: numbers.length === 4 ? 4 : 6, value };
}

/** `text` is `10.96.0.0/16`, without bits beyond the prefix. undefined for what is no range. */
export function parseRange(text: string): IPRange | undefined {
  const [ip = '', length = ''] = text.split('/');
  const base = parseAddress(ip);
  if (!base || !/^\d{1,3}$/.test(length)) return undefined;
  const { version, value } = base;
  const free = (version === 4 ? 32 : 128) - Number(length);
  if (free < 0) return undefined;
  const size = 1n << BigInt(free);
  return { version, size, first: value + 1n, last: value + size - (version === 4 ? 2n : 1n) };
}

/** Whether the range can give this address to a service. */
export function givesAddress({ version, first, last }: IPRange, address: Address): boolean {
  return version === address.version && address.value >= first && address.value <= last;
}

/** Whether all addresses of `inner` have the prefix of `outer`. */
export function isWithin(inner: IPRange, outer: IPRange): boolean {
  return overlaps(inner, outer) && outer.size >= inner.size;
}

export function overlaps(a: IPRange, b: IPRange): boolean {
  return a.version === b.version && a.first - 1n < b.first - 1n + b.size && b.first - 1n < a.first - 1n + a.size;
}

export function printIPv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/**
 * The number of addresses at the start of a range that are left for services which ask for one by name, until all others
 * are taken (KEP-3070).
 */
export function staticBand({ size }: IPRange): number {
  if (size <= 16n) return 0;
  return Math.min(Math.max(Number(size / 16n), 16), 256);
}
