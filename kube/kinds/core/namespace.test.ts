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
