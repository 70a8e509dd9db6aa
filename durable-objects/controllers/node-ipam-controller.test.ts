import { expect, test } from 'vitest';
import { freePodCIDR, nodeIpamController } from './node-ipam-controller.ts';

test('A node gets the lowest range that is free', () => {
  expect(freePodCIDR(new Set(['10.244.0.0/24', '10.244.2.0/24']))).toBe('10.244.1.0/24');
  const all = new Set(Array.from({ length: 256 }, (_, third) => `10.244.${third}.0/24`));
  expect(freePodCIDR(all)).toBeUndefined();
});

test('Nodes that join together get different ranges, none of which is in use', () => {
  const node = (name: string, podCIDR?: string) => ({
    metadata: { name, uid: name, resourceVersion: '7' },
    spec: { podCIDR },
  });
  const nodes = [node('a', '10.244.0.0/24'), node('b'), node('c')];
  const { actions } = nodeIpamController.reconcile('nodes//', { list: () => nodes } as never, 0);
  expect(actions.map((action) => action.do === 'patch' && [action.target.name, action.patch])).toEqual([
    ['b', { spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] } }],
    ['c', { spec: { podCIDR: '10.244.2.0/24', podCIDRs: ['10.244.2.0/24'] } }],
  ]);
});
