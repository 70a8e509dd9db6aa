import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CNI_FILE } from './cni.ts';
import { NetworkManager } from './manager.ts';

const clusterCIDR = '10.244.0.0/16';
let confDir: string;
let done: string[];
let rules: Set<string>;
let now: number;
beforeEach(() => {
  confDir = mkdtempSync(join(tmpdir(), 'islet-network-'));
  done = [];
  rules = new Set();
  now = 0;
});
afterEach(() => rmSync(confDir, { recursive: true, force: true }));

const manager = () =>
  new NetworkManager({
    runtime: { setPodCIDR: async (range) => void done.push(`runtime ${range}`) },
    log: { info: () => {}, warn: () => {}, error: () => {} },
    run: async (_program, [, , , verb, , , source = '']) => {
      if (verb === '-C' && !rules.has(source)) throw new Error('Bad rule');
      if (verb === '-I') rules.add(source);
      if (verb === '-D') rules.delete(source);
      if (verb !== '-C') done.push(`${verb} ${source}`);
    },
    now: () => now,
  });
const bridge = () => JSON.parse(readFileSync(join(confDir, CNI_FILE), 'utf8')).plugins[0].bridge;

test('the network is made once, changes with its range, and is found again by the next agent', async () => {
  const network = manager();
  expect(await network.apply({ podCIDR: undefined, clusterCIDR }, confDir)).toEqual({ foreign: false });
  expect([done, network.podCIDR]).toEqual([[], undefined]);
  await network.apply({ podCIDR: '10.244.7.0/24', clusterCIDR }, confDir);
  await network.apply({ podCIDR: '10.244.7.0/24', clusterCIDR }, confDir);
  expect([done, bridge()]).toEqual([['-I 10.244.7.0/24', 'runtime 10.244.7.0/24'], 'islet-244-7']);
  await manager().apply({ podCIDR: '10.244.7.0/24', clusterCIDR }, confDir);
  expect(done.splice(0)).toHaveLength(3);
  await network.apply({ podCIDR: '10.244.8.0/24', clusterCIDR }, confDir);
  expect([done, [...rules], network.podCIDR]).toEqual([
    ['-D 10.244.7.0/24', '-I 10.244.8.0/24', 'runtime 10.244.8.0/24'],
    ['10.244.8.0/24'],
    '10.244.8.0/24',
  ]);
});

test('a network that is configured by other means is left alone', async () => {
  writeFileSync(join(confDir, '05-cilium.conflist'), '{}');
  expect(await manager().apply({ podCIDR: '10.244.7.0/24', clusterCIDR }, confDir)).toEqual({ foreign: true });
  expect(done).toEqual(['runtime 10.244.7.0/24']);
  expect(rules.size).toBe(0);
});

test('a step that fails is tried again', async () => {
  let broken = true;
  const network = new NetworkManager({
    runtime: {
      setPodCIDR: async (range) => {
        if (broken) throw new Error('the runtime is down');
        done.push(range);
      },
    },
    log: { info: () => {}, warn: () => {}, error: () => {} },
    run: async () => {},
    now: () => now,
  });
  await expect(network.apply({ podCIDR: '10.244.7.0/24', clusterCIDR }, confDir)).rejects.toThrow('down');
  expect(network.podCIDR).toBeUndefined();
  broken = false;
  await network.apply({ podCIDR: '10.244.7.0/24', clusterCIDR }, confDir);
  expect(done).toEqual(['10.244.7.0/24']);
});

test('a rule that another program has flushed is made again within a minute', async () => {
  const network = manager();
  await network.apply({ podCIDR: '10.244.7.0/24', clusterCIDR }, confDir);
  rules.clear();
  now += 60_000;
  await network.apply({ podCIDR: '10.244.7.0/24', clusterCIDR }, confDir);
  expect([...rules]).toEqual(['10.244.7.0/24']);
});

test('a rule that was flushed is made again also after the clock was set back', async () => {
  now = 24 * 3600_000;
  const network = manager();
  await network.apply({ podCIDR: '10.244.7.0/24', clusterCIDR }, confDir);
  rules.clear();
  now = 0;
  await network.apply({ podCIDR: '10.244.7.0/24', clusterCIDR }, confDir);
  expect([...rules]).toEqual(['10.244.7.0/24']);
});
