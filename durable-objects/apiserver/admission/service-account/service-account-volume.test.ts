import { expect, test } from 'vitest';
import { testApi } from '../../testing/harness.ts';
import { PODS } from '../../testing/objects.ts';

test('a pod whose containers are null is refused', async () => {
  const { call } = await testApi();
  const pod = { metadata: { name: 'a' }, spec: { containers: null } };
  const { status, body } = await call(`POST ${PODS}`, { body: pod });
  expect([status, body.message]).toEqual([422, expect.stringContaining('spec.containers: Required value')]);
});
