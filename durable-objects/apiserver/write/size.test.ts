/** Objects near the largest size, as in upstream's `test/integration/apiserver/apply/apply_test.go`, TestCreateVeryLargeObject. */
import { expect, test } from 'vitest';
import type { ConfigMap } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { APPLY, configMap, MAPS, MERGE } from '../testing/objects.ts';

/** Its fields take as much room in managedFields as in the object, and both together too much. */
const wide = (): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: 9_999 }, (_, i) => [
      `a-key-that-is-long-so-that-its-managers-are-large-too-${'x'.repeat(20)}-${i}`,
      'A',
    ]),
  );

test('an object that is too large with its managers is created, replaced and patched without them', async () => {
  const { call, create, store } = await testApi();
  const data = wide();
  const made = await create<ConfigMap>(MAPS, configMap('made', data));
  expect([Object.keys(made.data ?? {}).length, made.metadata.managedFields]).toEqual([9_999, undefined]);

  const small = await create<ConfigMap>(MAPS, configMap('replaced', { a: '1' }));
  expect(small.metadata.managedFields).toHaveLength(1);
  const replaced = await call<ConfigMap>(`PUT ${MAPS}/replaced`, { body: configMap('replaced', data) });
  expect([replaced.status, replaced.body.metadata.managedFields]).toEqual([200, undefined]);
  const { revision } = store;
  expect((await call(`PUT ${MAPS}/replaced`, { body: configMap('replaced', data) })).status).toBe(200);
  expect(store.revision).toBe(revision);

  await create(MAPS, configMap('patched', { a: '1' }));
  const patched = await call<ConfigMap>(`PATCH ${MAPS}/patched`, { body: { data }, headers: MERGE });
  expect([patched.status, patched.body.metadata.managedFields]).toEqual([200, undefined]);

  const applied = await call(`PATCH ${MAPS}/made?fieldManager=x`, {
    body: { ...configMap('made'), apiVersion: 'v1', kind: 'ConfigMap' },
    headers: APPLY,
  });
  expect([applied.status, applied.body.reason]).toEqual([413, 'RequestEntityTooLarge']);
});
