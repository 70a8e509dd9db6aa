import { expect, test } from 'vitest';
import { errorText } from '../../machinery/field-error.ts';
import { created, createErrors } from '../../testing/strategy.ts';
import type { Node } from '../../types.ts';
import { node } from './node.ts';

const withSpec = (spec: Node['spec']): Node => ({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' }, spec });

test.each<[Node['spec'], Node['spec']]>([
  [{ podCIDR: '10.1.0.0/24' }, { podCIDR: '10.1.0.0/24', podCIDRs: ['10.1.0.0/24'] }],
  [{ podCIDRs: ['10.1.0.0/24'] }, { podCIDR: '10.1.0.0/24', podCIDRs: ['10.1.0.0/24'] }],
  [
    { podCIDR: '10.1.0.0/24', podCIDRs: ['10.2.0.0/24'] },
    { podCIDR: '10.1.0.0/24', podCIDRs: ['10.1.0.0/24'] },
  ],
  [{}, {}],
])('the ranges of %j agree', (given, spec) => {
  expect(created(node, withSpec(given)).spec).toEqual(spec);
});

test.each([
  [['x'], ['spec.podCIDRs[0]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
  [
    ['10.1.0.0/24', '10.2.0.0/24'],
    [
      'spec.podCIDRs: Invalid value: ["10.1.0.0/24","10.2.0.0/24"]: may specify no more than one CIDR for each IP family',
    ],
  ],
  [['10.1.0.0/24', 'fd00::/64'], []],
  [
    ['10.1.0.0/24', 'fd00::1/64'],
    ['spec.podCIDRs[1]: Invalid value: "fd00::1/64": must not have bits set beyond the prefix length'],
  ],
  [
    ['10.1.0.0/24', '1'],
    [
      'spec.podCIDRs[1]: Invalid value: "1": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      'spec.podCIDRs: Internal error: invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[1]: <nil> (invalid CIDR address: 1)',
      'spec.podCIDRs: Invalid value: ["10.1.0.0/24","1"]: may specify no more than one CIDR for each IP family',
    ],
  ],
])('the ranges %j are checked', (podCIDRs, errors) => {
  expect(createErrors(node, withSpec({ podCIDRs }))).toEqual(errors);
});

test('countable resources of a node have whole amounts, and amounts are rounded up to a thousandth', () => {
  const status = { capacity: { cpu: '1n', pods: '1.5', 'example.com/gpu': '100m', memory: '-1' } };
  const next = { ...withSpec({}), status } as Node;
  node.strategy.applyDefaults?.(next);
  expect([next.status?.capacity?.cpu, next.status?.allocatable?.cpu]).toEqual(['1m', '1m']);
  const errors = node.strategy.validateStatusUpdate?.(next, withSpec({})).map(errorText);
  expect(errors).toEqual(
    ['capacity', 'allocatable'].flatMap((list) => [
      `status.${list}.pods: Invalid value: "1.5": must be an integer`,
      `status.${list}.example.com/gpu: Invalid value: "100m": must be an integer`,
      `status.${list}.memory: Invalid value: "-1": must be greater than or equal to 0`,
    ]),
  );
});

test('swap of no size is refused, and an address that stands twice once the node is updated', () => {
  const addresses = [0, 1].map(() => ({ type: 'InternalIP', address: '10.0.0.1' }));
  const made = (status: object): Node => ({ ...withSpec({}), status }) as Node;
  const swapless = made({ nodeInfo: { swap: { capacity: 0 } }, addresses });
  expect(node.strategy.validate?.(swapless).map(errorText)).toEqual([
    'metadata.nodeSwapStatus.capacity: Invalid value: 0: must be greater than zero',
  ]);
  const next = made({ addresses });
  expect(node.strategy.validateUpdate?.(next, next).map(errorText)).toEqual([
    'status.addresses[1]: Duplicate value: {"Type":"InternalIP","Address":"10.0.0.1"}',
  ]);
});
