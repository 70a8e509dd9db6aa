/** A large fleet of simulated nodes costs nothing while it is quiet. */
import { expect, test } from 'vitest';
import type { Node } from '../../kube/types.ts';
import { eventually } from '../eventually.ts';
import { clockTicks, residentMB, serverPid } from './process.ts';
import { get, Machine } from './service.ts';

const NODES = 1000;
/** The last writes, and what the runtime lets an object stay in memory after them. */
const FALLING_ASLEEP_MS = 20_000;
const IDLE_MS = 20_000;
/** Megabytes, beside what the runtime takes for three nodes. */
const MOST = 150;

test('a thousand simulated nodes are ready within a minute, and then use no CPU, and the object is not woken', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '3').ready();
  const pid = serverPid(machine.state);
  const small = residentMB(pid);
  const began = Date.now();
  const added = await machine.command(
    'env',
    `ISLET_STATE=${machine.state}`,
    process.execPath,
    'cli/islet.mjs',
    ...['nodes', 'add', String(NODES - 3)],
  ).ended;
  expect(added.output).toContain('500 of 997 made …');
  expect(added.output).toContain('sim-3 to sim-999 added to cluster default');
  const seconds = (Date.now() - began) / 1000;
  const cluster = await machine.cluster();
  await eventually(async () => {
    const { items } = await get<{ items: Node[] }>(cluster, '/api/v1/nodes');
    expect(items.filter(({ status }) => status?.conditions?.at(-1)?.status === 'True')).toHaveLength(NODES);
  });
  await new Promise((resolve) => setTimeout(resolve, FALLING_ASLEEP_MS));
  const before = clockTicks(pid);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const asleepAt = Date.now();
  const ticks = clockTicks(pid) - before;
  const grown = residentMB(pid) - small;
  console.log(`${NODES} nodes in ${seconds} s; idle for ${IDLE_MS} ms: ${ticks} ticks; ${Math.round(grown)} MB more`);
  expect(ticks).toBeLessThanOrEqual(2);
  expect(grown).toBeLessThan(MOST);
  const stats = await get<{ awakeSince: number; alarms: number }>(cluster, '/islet/v1/stats');
  expect(stats.alarms).toBe(0);
  expect(stats.awakeSince).toBeGreaterThanOrEqual(asleepAt);
}, 180_000);
