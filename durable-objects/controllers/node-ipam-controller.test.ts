import { expect, test } from 'vitest';
import type { Event, Node } from '../../kube/types.ts';
import { freePodCIDR, nodeIpamController } from './node-ipam-controller.ts';
import { Harness } from './runtime/testing/harness.ts';

const node = (name: string, podCIDR?: string, simulated = false) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, ...(simulated ? { labels: { 'islet.dev/simulated': 'true' } } : {}) },
  spec: podCIDR ? { podCIDR, podCIDRs: [podCIDR] } : {},
});
const rangeOf = ({ api }: Harness, name: string) => api.read<Node>('nodes', '', name)?.spec?.podCIDR;
const range = (index: number) => `10.${244 + (index >> 8)}.${index & 255}.0/24`;

test('a node gets the lowest range that is free, and simulated nodes leave half of them to real ones', () => {
  expect(freePodCIDR(new Set([range(0), range(2)]))).toBe(range(1));
  const taken = new Set(Array.from({ length: 128 }, (_, index) => range(index)));
  expect([freePodCIDR(taken), freePodCIDR(taken, true)]).toEqual(['10.244.128.0/24', '10.245.0.0/24']);
  for (let index = 128; index < 256; index++) taken.add(range(index));
  expect([freePodCIDR(taken), freePodCIDR(taken, true)]).toEqual([undefined, '10.245.0.0/24']);
  for (let index = 256; index < 512; index++) taken.add(range(index));
  expect(freePodCIDR(taken, true)).toBe('10.246.0.0/24');
});

test('nodes that join together get different ranges, none of which is in use', async () => {
  const harness = new Harness([nodeIpamController]);
  await harness.api.apply('nodes', node('a', range(0)));
  for (const name of ['b', 'c', 'sim-0']) await harness.api.apply('nodes', node(name, undefined, name === 'sim-0'));
  await harness.settle();
  expect(['b', 'c', 'sim-0'].map((name) => rangeOf(harness, name))).toEqual([range(1), range(2), range(3)]);
  expect(harness.api.read<Node>('nodes', '', 'b')?.spec?.podCIDRs).toEqual([range(1)]);
});

test('a node for which there is none gets that of the next one that goes, and asks for it no earlier', async () => {
  const harness = new Harness([nodeIpamController]);
  const { api, timers } = harness;
  for (let index = 0; index < 256; index++) await api.apply('nodes', node(`n${index}`, range(index)));
  await api.apply('nodes', node('late'));
  await api.apply('nodes', node('sim-0', undefined, true));
  await harness.settle(3_600_000);
  expect([rangeOf(harness, 'late'), rangeOf(harness, 'sim-0')]).toEqual([undefined, '10.245.0.0/24']);
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
