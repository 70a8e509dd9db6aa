import { expect, test } from 'vitest';
import type { EdgeRequest } from '../../env.ts';
import { plainValue, readFields } from './fields.ts';

test('a form says the same as JSON: its truths and numbers are texts', async () => {
  const body = 'client_id=ci&read_only=true&ttl_seconds=3600&cluster=12';
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) };
  const request = new Request('https://islet.example/', { method: 'POST', body, headers });
  const fields = await readFields(request as unknown as EdgeRequest);
  expect(fields).toEqual({ client_id: 'ci', read_only: 'true', ttl_seconds: '3600', cluster: '12' });
  expect([plainValue(fields?.read_only), plainValue(fields?.ttl_seconds)]).toEqual([true, 3600]);
  expect([plainValue(false), plainValue(60), plainValue('yes'), plainValue('-1'), plainValue(undefined)]).toEqual([
    false,
    60,
    'yes',
    '-1',
    undefined,
  ]);
});
