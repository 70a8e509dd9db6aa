import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';

test('subresources that are not built say so', async () => {
  const { call } = await testApi();
  const { status, body } = await call('PATCH /api/v1/namespaces/default/pods/web/resize', { body: {} });
  expect([status, body.reason]).toEqual([501, 'NotImplemented']);
});
