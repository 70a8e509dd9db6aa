import { expect, test } from 'vitest';
import type { DirectCall } from '../../wire/stream.ts';
import { passedOnByWorker, refusedToSession } from './proxied.ts';

test('a session of the dashboard opens no proxied pages', () => {
  const page = { http: { path: '/', headers: {}, prefix: '/api/v1/namespaces/d/pods/p/proxy' } };
  expect(refusedToSession({ use: 'session' }, page)).toMatchObject({ code: 403, reason: 'Forbidden' });
  expect(refusedToSession({ use: 'cluster' }, page)).toBeUndefined();
  expect(refusedToSession({ use: 'session' }, {})).toBeUndefined();
});

test('the Worker gets the key of the certificate for the launcher alone', async () => {
  const client = { cert: 'c', key: 'k' };
  const call = {
    target: { host: 'api.example.com', port: 443, tls: { client } },
    http: { path: '/', headers: {} },
    milliseconds: 1,
  };
  const passed = async (hasLauncher: boolean) => (await passedOnByWorker(call, hasLauncher).json()) as DirectCall;
  expect(await passed(true)).toEqual({ ...call, road: 'launcher' });
  expect(await passed(false)).toEqual({ ...call, target: { ...call.target, tls: {} }, road: 'fetch' });
});
