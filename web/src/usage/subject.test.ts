import { expect, test } from 'vitest';
import { aheadOf, lineFor, pathOf, totalOf } from './subject.ts';

test('the use of a list is its sum, of a pod that of its containers, to billionths of a CPU', () => {
  const items = [
    { containers: [{ usage: { cpu: '250m', memory: '64Mi' } }, { usage: { cpu: '1500n', memory: '1Ki' } }] },
    { usage: { cpu: '2', memory: '1Mi' } },
  ];
  expect(totalOf({ items }, 5)).toEqual({ at: 5, cpu: expect.closeTo(2.2500015, 9), memory: 65 * 1024 ** 2 + 1024 });
  expect(totalOf(items[1] ?? {}, 5)).toEqual({ at: 5, cpu: 2, memory: 1024 ** 2 });
  expect(totalOf({ items: [] }, 5)).toBeUndefined();
  expect(totalOf({ containers: [] }, 5)).toBeUndefined();
});

test('each subject is asked for at its path, which kubectl top has a line for', () => {
  const pods = { of: 'pods', namespace: 'shop', selector: 'app=web,tier in (a,b)' } as const;
  expect(pathOf(pods)).toBe(
    '/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods?labelSelector=app%3Dweb%2Ctier+in+%28a%2Cb%29',
  );
  expect(lineFor(pods)).toBe("kubectl top pods -n shop -l 'app=web,tier in (a,b)'");
  expect(pathOf({ of: 'node', name: 'n' })).toBe('/apis/metrics.k8s.io/v1beta1/nodes/n');
});

test('a clock that is wrong is told from one that is some seconds apart', () => {
  const items = [{ timestamp: '2026-01-02T03:00:00Z' }];
  const now = Date.parse('2026-01-02T03:00:20Z');
  expect([aheadOf({ items }, now), aheadOf({ items }, now + 3_600_000), aheadOf({ items: [] }, now)]).toEqual([
    0, 3_620_000, 0,
  ]);
});
