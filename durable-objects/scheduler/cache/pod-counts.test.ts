import { expect, test } from 'vitest';
import { NodeInfo } from './node-info.ts';
import { Domains, PodCounts, Tally } from './pod-counts.ts';

const zones = { a1: 'a', a2: 'a', b1: 'b', none: undefined } as Record<string, string | undefined>;
const nodes = Object.keys(zones).map((name) => new NodeInfo(name));
const byZone = () => new Domains('zone', nodes, ({ name }) => zones[name]);

test('counts by domain follow pods that come and go after they were asked for', () => {
  const pods = new PodCounts();
  const domains = byZone();
  pods.add('a1', 1);
  const counts = pods.byDomain(domains);
  for (const node of ['a2', 'b1', 'none', 'unknown']) pods.add(node, 1);
  expect([counts.get('a'), counts.get('b'), counts.total]).toEqual([2, 1, 3]);
  pods.add('b1', -1);
  expect([counts.get('b'), counts.size, pods.perNode.get('none'), pods.perNode.has('b1')]).toEqual([
    undefined,
    1,
    1,
    false,
  ]);
});

test('domains that nodes have left are counted anew', () => {
  const pods = new PodCounts();
  pods.add('a2', 1);
  expect(pods.byDomain(byZone()).get('a')).toBe(1);
  const moved = new Domains('zone', nodes, ({ name }) => (name === 'a2' ? 'c' : zones[name]));
  expect([pods.byDomain(moved).get('a'), pods.byDomain(moved).get('c')]).toEqual([undefined, 1]);
});

test('a trial changes neither the counts nor the trial that it was cloned from', () => {
  const pods = new PodCounts();
  for (const node of ['a1', 'a2', 'b1']) pods.add(node, 1);
  const domains = byZone();
  const tally = new Tally([pods.byDomain(domains)]);
  const trial = tally.clone();
  trial.add('b', -1);
  expect([trial.least(domains), tally.least(domains), trial.total, tally.total]).toEqual([0, 1, 2, 3]);
  const further = trial.clone();
  further.add('b', 3);
  expect([further.at('b'), trial.at('b'), further.least(domains)]).toEqual([3, 0, 2]);
});

test('a domain without pods is the least', () => {
  const pods = new PodCounts();
  const tally = new Tally([pods.byDomain(byZone())]);
  expect([tally.least(byZone()), tally.total]).toEqual([0, 0]);
  pods.add('a1', 1);
  expect(new Tally([pods.byDomain(byZone())]).least(byZone())).toBe(0);
});
