import { expect, test } from 'vitest';
import type { Pod } from '../types.ts';
import { resourceMetrics, summaryOf } from './summary.ts';

const AT = Date.parse('2026-01-02T03:04:00Z');
const pod = {
  metadata: { name: 'web', namespace: 'shop', uid: 'u' },
  status: { startTime: '2026-01-02T03:00:00Z' },
} as unknown as Pod;
const used = { cpu: 125_000_000, memory: 1024, total: 2_500_000_000, startedAt: AT - 20_000 };
const containers = [
  { name: 'b', ...used },
  { name: 'a', ...used, total: undefined },
];

test('a summary tells of CPU and memory as a kubelet does, as far as they are known', () => {
  const summary = summaryOf('n', { cpu: 1.4, memory: 5 }, [{ pod, containers }], { at: AT, window: 1000 });
  const memory = { time: '2026-01-02T03:04:00Z', workingSetBytes: 1024 };
  const cpu = { time: '2026-01-02T03:04:00Z', usageNanoCores: 125_000_000 };
  const startTime = '2026-01-02T03:03:40Z';
  expect(summary).toEqual({
    node: {
      nodeName: 'n',
      startTime: null,
      cpu: { ...cpu, usageNanoCores: 1 },
      memory: { ...memory, workingSetBytes: 5 },
    },
    pods: [
      {
        podRef: { name: 'web', namespace: 'shop', uid: 'u' },
        startTime: '2026-01-02T03:00:00Z',
        cpu: { ...cpu, usageNanoCores: 250_000_000 },
        memory: { ...memory, workingSetBytes: 2048 },
        containers: [
          { name: 'b', startTime, cpu: { ...cpu, usageCoreNanoSeconds: 2_500_000_000 }, memory },
          { name: 'a', startTime, cpu, memory },
        ],
      },
    ],
  });
});

test('the same are metrics, in the order of their labels, with the time that was measured', () => {
  const node = { cpu: 1, memory: 5, total: 1e9 };
  const text = resourceMetrics(summaryOf('n', node, [{ pod, containers }], { at: AT, window: 1000 }));
  const of = 'namespace="shop",pod="web"';
  expect(text.split('\n').slice(0, 8)).toEqual([
    '# HELP container_cpu_usage_seconds_total [STABLE] Cumulative cpu time consumed by the container in core-seconds',
    '# TYPE container_cpu_usage_seconds_total counter',
    `container_cpu_usage_seconds_total{container="b",${of}} 2.5 1767323040000`,
    '# HELP container_memory_working_set_bytes [STABLE] Current working set of the container in bytes',
    '# TYPE container_memory_working_set_bytes gauge',
    `container_memory_working_set_bytes{container="a",${of}} 1024 1767323040000`,
    `container_memory_working_set_bytes{container="b",${of}} 1024 1767323040000`,
    '# HELP container_start_time_seconds [STABLE] Start time of the container since unix epoch in seconds',
  ]);
  expect(text).toContain(`container_start_time_seconds{container="a",${of}} 1.76732302e+09\n`);
  expect(text).toContain('\nnode_cpu_usage_seconds_total 1 1767323040000\n');
  expect(text).not.toContain('pod_cpu_usage_seconds_total');
  expect(text).toContain(`pod_memory_working_set_bytes{${of}} 2048 1767323040000\n`);
  expect(text).toMatch(/# TYPE resource_scrape_error gauge\nresource_scrape_error 0\n$/);
});
