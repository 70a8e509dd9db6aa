import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseQuantity } from '../machinery/quantity.ts';
import type { Node, Pod } from '../types.ts';
import { simulatedTimes, simulatedUsage } from './simulated.ts';
import { nodeMetricsOf, podMetricsOf, totalOf, usageList } from './usage.ts';

const running = { state: { running: {} } };
const pod = (annotations: Record<string, string>, ...names: string[]): Pod =>
  ({
    metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' }, annotations },
    spec: { containers: [...names, 'stopped'].map((name) => ({ name })) },
    status: { containerStatuses: [...names.map((name) => ({ name, ...running })), { name: 'stopped', state: {} }] },
  }) as unknown as Pod;

test('the containers of a simulated pod share what its annotations say', () => {
  const annotations = { 'islet.dev/simulated-cpu': '250m', 'islet.dev/simulated-memory': '64Mi' };
  expect(simulatedUsage(pod(annotations, 'a', 'b'))).toEqual([
    { name: 'a', cpu: 125_000_000, memory: 32 * 1024 * 1024 },
    { name: 'b', cpu: 125_000_000, memory: 32 * 1024 * 1024 },
  ]);
});

test.each<Record<string, string>>([{}, { 'islet.dev/simulated-cpu': 'much' }, { 'islet.dev/simulated-cpu': '-1' }])(
  'without a quantity in %j, each idles',
  (annotations) => {
    expect(simulatedUsage(pod(annotations, 'a'))).toEqual([{ name: 'a', cpu: 1_000_000, memory: 8 * 1024 * 1024 }]);
  },
);

test('usage is printed as metrics-server prints it', () => {
  const measured = { at: Date.parse('2026-01-02T03:04:07Z'), window: 14_523 };
  const usage = { name: 'a', cpu: 1_234_567.4, memory: 12_345 * 1024 };
  expect(podMetricsOf(pod({}, 'a'), [usage], measured)).toEqual({
    kind: 'PodMetrics',
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' }, creationTimestamp: '2026-01-02T03:04:07Z' },
    timestamp: '2026-01-02T03:04:07Z',
    window: '14.523s',
    containers: [{ name: 'a', usage: { cpu: '1234567n', memory: '12345Ki' } }],
  });
  const node = { metadata: { name: 'n' } } as Node;
  expect(nodeMetricsOf(node, totalOf([usage, usage]), simulatedTimes(measured.at))).toMatchObject({
    timestamp: '2026-01-02T03:04:00Z',
    window: '15s',
    usage: { cpu: '2469135n', memory: '24690Ki' },
  });
});

test('a simulated pod uses no more than can be told', () => {
  const annotations = { 'islet.dev/simulated-cpu': '9'.repeat(400), 'islet.dev/simulated-memory': '1e64' };
  const max = String(Number.MAX_SAFE_INTEGER);
  for (const used of simulatedUsage(pod(annotations, 'a'))) {
    expect(usageList(totalOf([used, used]))).toEqual({ cpu: `${max}n`, memory: max });
  }
});

test('every usage is a quantity of its size', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), fc.maxSafeNat(), (cpu, memory) => {
      const list = usageList({ cpu, memory });
      expect(parseQuantity(list.cpu ?? '')?.nano).toBe(BigInt(cpu));
      expect(parseQuantity(list.memory ?? '')?.nano).toBe(BigInt(memory) * 1_000_000_000n);
    }),
    { numRuns: 50 },
  );
});
