import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { simulatedPast } from './simulated-past.ts';

const NOW = Date.parse('2026-01-02T03:00:00Z');

function pod(startedAt: string, changes: object[] = [], phase = 'Running'): Pod {
  const annotations = { 'islet.dev/simulated-cpu': '250m', 'islet.dev/simulated-memory': '1Mi' };
  return {
    metadata: { name: 'a', annotations, managedFields: changes },
    spec: { containers: [{ name: 'main' }] },
    status: { phase, containerStatuses: [{ name: 'main', state: { running: { startedAt } } }] },
  } as unknown as Pod;
}

test('simulated pods have used the same since they started, for an hour at most', () => {
  const past = simulatedPast([pod('2026-01-01T00:00:00Z'), pod('2026-01-02T02:50:00Z')], NOW, 0);
  expect(past).toHaveLength(59);
  expect(past[0]).toEqual({ at: NOW - 59 * 60_000, cpu: 0.25, memory: 1024 ** 2 });
  expect(past.filter(({ cpu }) => cpu === 0.5)).toHaveLength(10);
});

test('nothing is said of before a change, or of what does not run', () => {
  const written = { manager: 'kubectl', time: '2026-01-02T02:57:30Z' };
  const reported = { manager: 'kubelet', subresource: 'status', time: '2026-01-02T02:59:30Z' };
  const past = simulatedPast([pod('2026-01-02T02:00:00Z', [written, reported])], NOW, 0);
  expect(past.map(({ at }) => NOW - at)).toEqual([120_000, 60_000]);
  expect(simulatedPast([pod('2026-01-02T02:00:00Z', [], 'Succeeded')], NOW, 0)).toEqual([]);
});

test('a browser whose clock is wrong has the right ages', () => {
  const past = simulatedPast([pod('2026-01-02T02:55:00Z')], NOW + 3_600_000, 3_600_000);
  expect(past.map(({ at }) => NOW + 3_600_000 - at)).toEqual([300_000, 240_000, 180_000, 120_000, 60_000]);
});
