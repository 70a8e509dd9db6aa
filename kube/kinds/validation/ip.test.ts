import { expect, test } from 'vitest';
import {
  cidrWarnings,
  ipWarnings,
  isIPv6,
  parseIPv4,
  validateCanonicalCIDR,
  validateCanonicalIP,
  validateCIDR,
  validateEndpointIP,
  validateIP,
} from './ip.ts';

const IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const ZEROS = 'must not have leading 0s';
const MAPPED = 'must not be an IPv4-mapped IPv6 address';

test.each([
  ['10.9.8.7', undefined],
  ['::', undefined],
  ['::1', undefined],
  ['2001:db8::FFFF', undefined],
  ['1:2:3:4:5:6:7:8', undefined],
  ['1:2:3:4:5:6:7::', undefined],
  ['64:ff9b::1.2.3.4', undefined],
  ['', IP],
  ['1.2.3', IP],
  ['1.2.3.256', IP],
  ['1.2.3.4.5', IP],
  ['1.2.3.-4', IP],
  [' 1.2.3.4', IP],
  [':', IP],
  ['1::2::3', IP],
  ['1:2:3:4:5:6:7', IP],
  ['1:2:3:4:5:6:7:8:9', IP],
  ['1:2:3:4:5:6:7:8::', IP],
  ['10000::', IP],
  ['1.2.3.4::', IP],
  ['1.2.3.4::1', IP],
  ['fe80::1%eth0', IP],
  ['010.9.8.7', ZEROS],
  ['00001::', ZEROS],
  ['::ffff:01.2.3.4', ZEROS],
  ['::ffff:1.2.3.4', MAPPED],
  ['0:0:0:0:0:FFFF:102:304', MAPPED],
])('the address %s', (text, detail) => {
  expect(validateIP(text, 'f').map((error) => error.detail)).toEqual(detail === undefined ? [] : [detail]);
});

const CIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
const BITS = 'must not have bits set beyond the prefix length';

test.each([
  ['10.9.8.0/24', undefined],
  ['0.0.0.0/0', undefined],
  ['10.9.8.7/32', undefined],
  ['10.9.128.0/17', undefined],
  ['2001:db8::/33', undefined],
  ['::/0', undefined],
  ['::1/128', undefined],
  ['10.9.8.0', CIDR],
  ['10.9.8.0/33', CIDR],
  ['::/129', CIDR],
  ['10.9.8.0/24/8', CIDR],
  ['10.9.8.0/-1', CIDR],
  ['10.9.8.0/', CIDR],
  ['10.9.8.0/024', 'must not have leading 0s in IP or prefix length'],
  ['010.9.8.0/24', 'must not have leading 0s in IP or prefix length'],
  ['::ffff:10.0.0.0/104', 'must not have an IPv4-mapped IPv6 address'],
  ['10.9.8.1/24', BITS],
  ['10.9.129.0/17', BITS],
  ['10.9.8.7/0', BITS],
  ['2001:db8:8000::/32', BITS],
  ['2001:db8::1/64', BITS],
])('the range %s', (text, detail) => {
  expect(validateCIDR(text, 'f').map((error) => error.detail)).toEqual(detail === undefined ? [] : [detail]);
});

test.each([
  ['2001:DB8::1', '2001:db8::1'],
  ['2001:0db8::1', '2001:db8::1'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['1:0:0:0:0:0:0:0', '1::'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['1:0:0:2:3:0:0:4', '1::2:3:0:0:4'],
  ['1::2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
])('%s is written %s', (text, canonical) => {
  const detail = `must be in canonical form (${JSON.stringify(canonical)})`;
  expect(validateCanonicalIP(text, 'f').map((error) => error.detail)).toEqual([detail]);
  expect(validateCanonicalIP(canonical, 'f')).toEqual([]);
  const form = `should be in RFC 5952 canonical format (${JSON.stringify(canonical)})`;
  expect(ipWarnings(text, 'f')).toEqual([`f: IPv6 address ${JSON.stringify(text)} ${form}`]);
  expect(ipWarnings(canonical, 'f')).toEqual([]);
});

test('ranges have one form, too, and what no check has refused is warned of as well', () => {
  const detail = 'must be in canonical form ("2001:db8::/32")';
  expect(validateCanonicalCIDR('2001:0DB8::/32', 'f').map((error) => error.detail)).toEqual([detail]);
  expect(cidrWarnings('2001:0DB8::/32', 'f')).toEqual([
    'f: IPv6 CIDR value "2001:0DB8::/32" should be in RFC 5952 canonical format ("2001:db8::/32")',
  ]);
  expect([...cidrWarnings('2001:db8::/32', 'f'), ...cidrWarnings('10.0.0.0/8', 'f')]).toEqual([]);
  expect(ipWarnings('010.1.2.3', 'f')).toEqual(['f: non-standard IP address "010.1.2.3" is invalid: use "10.1.2.3"']);
  expect(ipWarnings('::ffff:1.2.3.4', 'f')).toEqual([
    'f: non-standard IP address "::ffff:1.2.3.4" is invalid: use "1.2.3.4"',
  ]);
  expect(ipWarnings('any', 'f')).toEqual([]);
});

test.each([
  ['0.0.0.0', 'may not be unspecified (0.0.0.0)'],
  ['0:0::0', 'may not be unspecified (0:0::0)'],
  ['127.8.9.1', 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  ['0:0:0:0:0:0:0:1', 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  ['169.254.1.1', 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  ['FEBF::1', 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  ['224.0.0.5', 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
  ['ff02::1', 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
  ['::ffff:127.0.0.1', 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  ['10.0.0.1', undefined],
  ['fec0::1', undefined],
  ['2001:db8::1', undefined],
])('the endpoint %s, in whatever form', (text, detail) => {
  expect(validateEndpointIP(text, 'f').map((error) => error.detail)).toEqual(detail === undefined ? [] : [detail]);
});

test('numbers of IPv4 addresses, and families', () => {
  expect([parseIPv4('10.0.0.1'), parseIPv4('10.0.0.01'), parseIPv4('x')]).toEqual([
    [10, 0, 0, 1],
    undefined,
    undefined,
  ]);
  expect([isIPv6('::1'), isIPv6('1.2.3.4')]).toEqual([true, false]);
});
