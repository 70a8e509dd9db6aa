import { expect, test } from 'vitest';
import type { Answer } from '../runtime/plan.ts';
import type { Samples } from './calculator.ts';
import { externalValue, podSamples, resourceSamples } from './sources.ts';

const found = (object: unknown): Answer => ({ ok: true, object });

/** The samples that a source makes of the answers to its questions. */
function told<T>(asked: Generator<unknown, T, Answer>, ...answers: Answer[]): T {
  asked.next();
  for (const answer of answers) {
    const step = asked.next(answer);
    if (step.done) return step.value;
  }
  throw new Error('more is asked');
}

test.each([
  ['15s', 15_000],
  ['14.523s', 14_523],
  ['1m0s', 60_000],
  ['1h2m3s', 3_723_000],
])('a window of %s lasts %i ms', (window, length) => {
  const containers = [{ name: 'c', usage: { cpu: '250m' } }];
  const metrics = { metadata: { name: 'web' }, timestamp: '2026-01-02T03:04:05Z', window, containers };
  const samples: Samples = told(resourceSamples('default', 'app=web', 'cpu', ''), found({ items: [metrics] }));
  expect(samples.get('web')).toEqual({ value: 250, at: Date.parse(metrics.timestamp), window: length });
});

test.each([[{ items: null }], [{ items: [] }], [{}]])('a server that answers %j has no metrics', (answer) => {
  expect(() => told(resourceSamples('default', 'app=web', 'cpu', ''), found(answer))).toThrow(
    'no metrics returned from resource metrics API',
  );
  expect(() => told(externalValue('default', 'depth', undefined), found(answer))).toThrow(
    'no metrics returned from external metrics API',
  );
  expect(() => told(podSamples('default', 'app=web', 'hits', undefined), found({}), found(answer))).toThrow(
    'no metrics returned from custom metrics API',
  );
});

test('a pod whose containers are not told of has no sample', () => {
  const metrics = { metadata: { name: 'web' }, timestamp: '2026-01-02T03:04:05Z', window: '15s', containers: null };
  expect(told(resourceSamples('default', 'app=web', 'cpu', ''), found({ items: [metrics] })).size).toBe(0);
});
