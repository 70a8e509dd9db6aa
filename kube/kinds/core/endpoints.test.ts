import { expect, test } from 'vitest';
import { createErrors } from '../../testing/strategy.ts';
import type { Endpoints } from '../../types.ts';
import { endpoints } from './endpoints.ts';

const withSubset = (subset: NonNullable<Endpoints['subsets']>[number]): Endpoints => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'web', namespace: 'default' },
  subsets: [subset],
});

test('endpoints with addresses and ports are taken', () => {
  const subset = { addresses: [{ ip: '10.0.0.1', nodeName: 'a' }], ports: [{ port: 80 }] };
  expect(createErrors(endpoints, withSubset(subset))).toEqual([]);
});

test.each<[Parameters<typeof withSubset>[0], string[]]>([
  [{ ports: [{ port: 80 }] }, ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`']],
  [
    { addresses: [{ ip: 'x' }], notReadyAddresses: [{ ip: '127.0.0.1' }] },
    [
      'subsets[0].addresses[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      'subsets[0].addresses[0].ip: Invalid value: "x": must be a valid IP address',
      'subsets[0].notReadyAddresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
  ],
  [
    { addresses: [{ ip: '::ffff:127.0.0.1' }, { ip: '010.0.0.1' }] },
    [
      'subsets[0].addresses[0].ip: Invalid value: "::ffff:127.0.0.1": must not be an IPv4-mapped IPv6 address',
      'subsets[0].addresses[0].ip: Invalid value: "::ffff:127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'subsets[0].addresses[1].ip: Invalid value: "010.0.0.1": must not have leading 0s',
    ],
  ],
  [
    { addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 0, name: 'a', protocol: 'X' }, { port: 80 }] },
    [
      'subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'subsets[0].ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
      'subsets[0].ports[1].name: Required value',
    ],
  ],
])('endpoints with %j are refused', (subset, errors) => {
  expect(createErrors(endpoints, withSubset(subset))).toEqual(errors);
});
