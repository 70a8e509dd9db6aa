import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gauge, Registry } from './registry.ts';
import { formatNumber, printText } from './text.ts';

const print = (registry: Registry): string => [...printText(registry.families())].join('');

test('families come in the order of names, series in that of labels, with help and type', () => {
  const registry = new Registry();
  registry.count('workqueue_adds_total', 'job');
  registry.count('workqueue_adds_total', 'job');
  registry.count('workqueue_adds_total', 'deployment');
  registry.set('apiserver_current_inflight_requests', 3, 'mutating');
  registry.count('scheduler_preemption_attempts_total');
  expect(print(registry)).toBe(
    [
      '# HELP apiserver_current_inflight_requests [STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.',
      '# TYPE apiserver_current_inflight_requests gauge',
      'apiserver_current_inflight_requests{request_kind="mutating"} 3',
      '# HELP scheduler_preemption_attempts_total [STABLE] Total preemption attempts in the cluster till now',
      '# TYPE scheduler_preemption_attempts_total counter',
      'scheduler_preemption_attempts_total 1',
      '# HELP workqueue_adds_total [BETA] Total number of adds handled by workqueue',
      '# TYPE workqueue_adds_total counter',
      'workqueue_adds_total{name="deployment"} 1',
      'workqueue_adds_total{name="job"} 2',
      '',
    ].join('\n'),
  );
  registry.reset();
  expect(print(registry)).toBe('');
});

test('a histogram counts each observation in the first bucket that holds it, and prints them added up', () => {
  const registry = new Registry();
  for (const size of [10, 1000, 1001, 5e9]) {
    registry.observe('apiserver_response_sizes', size, 'apiserver', '', 'pods', 'cluster', '', 'LIST', 'v1');
  }
  const lines = print(registry).split('\n');
  const bucket = (le: string) => lines.find((line) => line.includes(`le="${le}"`))?.split(' ')[1];
  expect(['1000', '10000', '1e+09', '+Inf'].map(bucket)).toEqual(['2', '3', '3', '4']);
  expect(lines.at(-3)).toMatch(
    /^apiserver_response_sizes_sum\{component="apiserver",.*version="v1"\} 5\.000002011e\+09$/,
  );
  expect(lines.at(-2)).toMatch(/_count\{.*\} 4$/);
});

test('label values that clients choose are escaped, and the number of series is bounded', () => {
  const registry = new Registry();
  registry.count('apiserver_admission_webhook_fail_open_count', 'a"\\\n', 'admit');
  expect(print(registry)).toContain('{name="a\\"\\\\\\n",type="admit"} 1');
  for (let i = 0; i < 3000; i++) registry.count('workqueue_adds_total', `q${i}`);
  expect(print(registry).match(/workqueue_adds_total\{/g)).toHaveLength(1000);
});

test('gauges of `onRead` are made anew each time that metrics are read', () => {
  const registry = new Registry();
  let depth = 1;
  registry.onRead(() => [gauge('workqueue_depth', [[depth, 'job']])]);
  registry.count('workqueue_adds_total', 'job');
  depth = 7;
  expect(print(registry)).toMatch(/^# HELP workqueue_adds_total.*workqueue_depth\{name="job"\} 7\n$/s);
});

test('numbers are printed as Go prints them, and read back as they were', () => {
  const printed = [0, 1, 0.005, 999999, 1e6, 10485760, 1e-5, 0.0001, -2.5, 1795736757.25].map(formatNumber);
  expect(printed).toEqual([
    ...['0', '1', '0.005', '999999', '1e+06', '1.048576e+07', '1e-05', '0.0001', '-2.5', '1.79573675725e+09'],
  ]);
  expect([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN].map(formatNumber)).toEqual([
    ...['+Inf', '-Inf', 'NaN'],
  ]);
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Number(formatNumber(value))).toBe(value === 0 ? 0 : value);
    }),
    { numRuns: 50 },
  );
});
