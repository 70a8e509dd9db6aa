import { expect, test } from 'vitest';
import type { Event, Node } from '../../kube/types.ts';
import { blocksOf, freePodCIDR, nodeIpamController } from './node-ipam-controller.ts';
import { Harness } from './runtime/testing/harness.ts';

const node = (name: string, podCIDR?: string) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  spec: podCIDR ? { podCIDR, podCIDRs: [podCIDR] } : {},
});
const rangeOf = ({ api }: Harness, name: string) => api.read<Node>('nodes', '', name)?.spec?.podCIDR;
const range = (index: number) => `10.244.${index}.0/24`;

test('a node gets the lowest range that is free, of the 256 that there are', () => {
  expect(freePodCIDR(new Set([range(0), range(2)]))).toBe(range(1));
  const taken = new Set(Array.from({ length: 255 }, (_, index) => range(index)));
  expect(freePodCIDR(taken)).toBe('10.244.255.0/24');
  expect(freePodCIDR(taken.add(range(255)))).toBeUndefined();
});

test.each([
  ['10.244.3.0/24', [range(3)]],
  ['10.244.3.128/25', [range(3)]],
  ['10.244.2.0/23', [range(2), range(3)]],
  ['10.244.3.9/23', [range(2), range(3)]],
  ['192.168.0.0/16', []],
  ['fd00::/64', []],
  ['::/0', []],
  ['128.0.0.0/1', []],
])('a node that came with %s has part in %j', (cidr, blocks) => {
  expect([...blocksOf(cidr)]).toEqual(blocks);
});

test('a range of any size counts, the whole of IPv4 too, and one that is longer than nodes get', async () => {
  expect([...blocksOf('10.244.0.0/16')]).toHaveLength(256);
  expect([...blocksOf('0.0.0.0/0')]).toHaveLength(11 * 256 + 256);
  const harness = new Harness([nodeIpamController]);
  await harness.api.apply('nodes', node('wide', '10.244.0.0/22'));
  await harness.api.apply('nodes', node('a'));
  await harness.settle();
  expect(rangeOf(harness, 'a')).toBe(range(4));
});

test('nodes that join together get different ranges, none of which is in use', async () => {
  const harness = new Harness([nodeIpamController]);
  await harness.api.apply('nodes', node('a', range(0)));
  for (const name of ['b', 'c', 'd']) await harness.api.apply('nodes', node(name));
  await harness.settle();
  expect(['b', 'c', 'd'].map((name) => rangeOf(harness, name))).toEqual([range(1), range(2), range(3)]);
  expect(harness.api.read<Node>('nodes', '', 'b')?.spec?.podCIDRs).toEqual([range(1)]);
});

test('a node for which there is none gets that of the next one that goes, and asks for it no earlier', async () => {
  const harness = new Harness([nodeIpamController]);
  const { api, timers } = harness;
  for (let index = 0; index < 256; index++) await api.apply('nodes', node(`n${index}`, range(index)));
  await api.apply('nodes', node('late'));
  await harness.settle(3_600_000);
  expect(rangeOf(harness, 'late')).toBeUndefined();
  const told = api
    .all<Event>('events/')
    .map(({ reason, count, involvedObject }) => [reason, count, involvedObject.uid]);
  expect(told).toEqual([['CIDRNotAvailable', 1, api.read('nodes', '', 'late')?.metadata.uid]]);
  expect(timers.rows.size).toBe(0);
  harness.kill();
  await api.remove('nodes', '', 'n7');
  await harness.settle();
  expect(rangeOf(harness, 'late')).toBe(range(7));
});
