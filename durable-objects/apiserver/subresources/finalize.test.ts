import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';

test('the finalizers of a namespace are judged one by one', async () => {
  const { call, create } = await testApi();
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } };
  await create('/api/v1/namespaces', namespace);
  const finalize = (finalizers: string[]) =>
    call('PUT /api/v1/namespaces/a/finalize', { body: { ...namespace, spec: { finalizers } } });
  const refused = await finalize(['kubernetes', 'bad']);
  expect([refused.status, refused.body.message]).toEqual([
    422,
    'Namespace "a" is invalid: spec.finalizers[1]: Invalid value: "bad": name is neither a standard finalizer name nor is it fully qualified',
  ]);
  expect((await finalize(['kubernetes', 'example.com/x'])).body.spec).toEqual({
    finalizers: ['kubernetes', 'example.com/x'],
  });
});
