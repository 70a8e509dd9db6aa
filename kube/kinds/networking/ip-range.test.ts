import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Address,
  givesAddress,
  type IPRange,
  isWithin,
  overlaps,
  parseAddress,
  parseRange,
  printIPv4,
  staticBand,
} from './ip-range.ts';

const range = (text: string): IPRange => parseRange(text) as IPRange;
const address = (text: string): Address => parseAddress(text) as Address;

test.each([
  ['10.96.0.0/16', '10.96.0.0', false],
  ['10.96.0.0/16', '10.96.0.1', true],
  ['10.96.0.0/16', '10.96.255.254', true],
  ['10.96.0.0/16', '10.96.255.255', false],
  ['10.96.0.0/16', '10.97.0.1', false],
  ['10.96.0.0/30', '10.96.0.2', true],
  ['10.96.0.0/32', '10.96.0.0', false],
  ['10.96.0.0/31', '10.96.0.1', false],
  ['fd00::/112', 'fd00::', false],
  ['fd00::/112', 'fd00::ffff', true],
  ['fd00::/112', '0.0.0.1', false],
])('%s gives %s: %s', (cidr, ip, gives) => {
  expect(givesAddress(range(cidr), address(ip))).toBe(gives);
});

test.each([
  ['10.0.0.0/8', '10.96.0.0/16', true, true],
  ['10.96.0.0/16', '10.0.0.0/8', false, true],
  ['10.96.0.0/16', '10.96.0.0/16', true, true],
  ['10.96.0.0/16', '10.97.0.0/16', false, false],
  ['fd00::/64', 'fd00::/112', true, true],
  ['10.96.0.0/16', 'fd00::/112', false, false],
])('%s contains %s: %s, overlaps it: %s', (outer, inner, contains, overlap) => {
  expect(isWithin(range(inner), range(outer))).toBe(contains);
  expect(overlaps(range(outer), range(inner))).toBe(overlap);
});

test.each([
  ['10.0.0.0/28', 0],
  ['10.0.0.0/27', 16],
  ['10.0.0.0/24', 16],
  ['10.0.0.0/20', 256],
  ['10.0.0.0/8', 256],
  ['fd00::/64', 256],
])('of %s, %i addresses are given last', (cidr, count) => {
  expect(staticBand(range(cidr))).toBe(count);
});

test('any text is an IP range or is refused, and a number prints as its address', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseRange(text)));
  for (const bad of ['10.0.0.0', '10.0.0.0/33', '10.0.0/8', 'x/8', '10.0.0.0/-1'])
    expect(parseRange(bad)).toBeUndefined();
  fc.assert(
    fc.property(fc.nat(0xffffffff), (value) => {
      expect(parseAddress(printIPv4(value))).toEqual({ version: 4, value: BigInt(value) });
    }),
  );
});
