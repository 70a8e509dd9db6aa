import { expect, test } from 'vitest';
import { namespace as aNamespace } from '../../testing/objects.ts';
import { created } from '../../testing/strategy.ts';
import { namespace } from './namespace.ts';

test('a namespace carries its name as a label and waits for its contents when deleted', () => {
  const made = created(namespace, aNamespace());
  expect(made).toMatchObject({
    metadata: { labels: { 'kubernetes.io/metadata.name': 'team' } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  });
  const next = { ...structuredClone(made), spec: {} };
  namespace.strategy.prepareForUpdate?.(next, made);
  expect(next.spec).toEqual({ finalizers: ['kubernetes'] });
});

test('no update but that of its finalize subresource takes the finalizers of a namespace away, once it ends, too', () => {
  const made = created(namespace, aNamespace());
  made.metadata.deletionTimestamp = '2026-01-02T03:04:05Z';
  const next = { ...structuredClone(made), spec: { finalizers: ['In'] } };
  namespace.strategy.prepareForUpdate?.(next, made);
  expect(next.spec).toEqual({ finalizers: ['kubernetes'] });
  const done = { ...structuredClone(made), spec: {} };
  namespace.strategy.prepareForUpdate?.(next, done);
  expect(next.spec).toEqual({});
});
