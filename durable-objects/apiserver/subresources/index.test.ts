import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';

test('subresources that are not built say so', async () => {
  const { call } = await testApi();
  const { status, body } = await call('POST /api/v1/namespaces/default/serviceaccounts/default/token', { body: {} });
  expect([status, body.reason]).toEqual([501, 'NotImplemented']);
});
