import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';
import { configMap, MAPS } from '../testing/objects.ts';

test('a page of a collection is deleted, and the answer tells how to go on', async () => {
  const { call, create } = await testApi();
  for (const name of ['a', 'b', 'c']) await create(MAPS, configMap(name));
  const page = await call<{ metadata: object; items: object[] }>(`DELETE ${MAPS}?limit=1`);
  expect(page.body.items).toHaveLength(1);
  expect(page.body.metadata).toMatchObject({ continue: expect.any(String), remainingItemCount: 2 });
});
