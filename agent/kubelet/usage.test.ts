import { expect, test } from 'vitest';
import type { Pod } from '../../kube/types.ts';
import type { ContainerEntry, ContainerStats } from '../runtimes/runtime.ts';
import { nodeReader, UsageMeter } from './usage.ts';

const OWNER = { cluster: 'c', node: 'n' };
const SECOND = 1_000_000_000;

function rig() {
  const clock = { time: 10_000, waits: [] as number[] };
  const stats: ContainerStats[] = [];
  const container = (id: string, uid: string, name: string, more: Partial<ContainerEntry> = {}): ContainerEntry =>
    ({
      id,
      name,
      state: 'running',
      createdAt: 0,
      labels: {
        'islet.dev/cluster': 'c',
        'islet.dev/node': 'n',
        'io.kubernetes.pod.uid': uid,
        'io.kubernetes.container.name': name,
      },
      ...more,
    }) as ContainerEntry;
  const containers = [
    container('1', 'u', 'app'),
    container('2', 'u', 'side'),
    container('3', 'u', 'done', { state: 'exited' }),
    container('4', 'other', 'app', { labels: {} }),
    container('5', 'v', 'unknown'),
  ];
  let used = 0;
  const meter = new UsageMeter({
    runtime: {
      containers: async () => containers,
      // Container 1 uses half a CPU, and 2 a tenth.
      stats: async () => [
        { id: '1', at: clock.time, cpu: (clock.time / 1000) * 0.5 * SECOND, memory: 100, disk: 0 },
        { id: '2', at: clock.time, cpu: (clock.time / 1000) * 0.1 * SECOND, memory: 200, disk: 0 },
        ...stats,
      ],
    },
    clock: {
      now: () => clock.time,
      after: (milliseconds, run) => {
        clock.waits.push(milliseconds);
        clock.time += milliseconds;
        queueMicrotask(run);
        return () => {};
      },
    },
    owner: OWNER,
    machine: () => {
      used += 2 * SECOND;
      return { cpu: used, memory: 4096 };
    },
  });
  return { meter, clock };
}

test('the usage of containers is measured for a second, or since the last request', async () => {
  const { meter, clock } = rig();
  expect(await meter.measure(1)).toEqual({
    type: 'usage',
    id: 1,
    at: 11_000,
    window: 1000,
    node: [2 * SECOND, 4096, 4 * SECOND],
    pods: [
      [
        'u',
        [
          ['app', 0.5 * SECOND, 100, 5.5 * SECOND, 0],
          ['side', 0.1 * SECOND, 200, 1.1 * SECOND, 0],
        ],
      ],
    ],
  });
  clock.time += 20_000;
  expect(await meter.measure(2)).toMatchObject({
    at: 31_000,
    window: 20_000,
    node: [0.1 * SECOND, 4096, expect.any(Number)],
  });
  expect(clock.waits).toEqual([1000]);
  clock.time += 61_000;
  expect(await meter.measure(3)).toMatchObject({ window: 1000 });
});

test('the agent’s server tells of pods that were measured; requests at the same time share a measurement', async () => {
  const { meter } = rig();
  const asked: number[] = [];
  const counting = {
    measure: (id: number) => {
      asked.push(id);
      return meter.measure(id);
    },
  };
  const pods = ['u', 'w'].map((uid) => ({ metadata: { name: `pod-${uid}`, namespace: 'default', uid } }) as Pod);
  const reader = nodeReader('n', counting, () => pods);
  const [first, second] = await Promise.all([reader.summary(), reader.summary()]);
  expect(second).toEqual(first);
  expect(asked).toHaveLength(1);
  expect(first.node).toMatchObject({ nodeName: 'n', memory: { workingSetBytes: 4096 } });
  expect(first.pods.map(({ podRef }) => podRef.name)).toEqual(['pod-u']);
  expect(first.pods[0]?.cpu.usageCoreNanoSeconds).toBe(6.6 * SECOND);
  expect(await reader.pods()).toHaveLength(2);
  await reader.summary();
  expect(asked).toHaveLength(2);
});
