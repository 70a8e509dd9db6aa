import { expect, test } from 'vitest';
import { refusedToSession } from './proxied.ts';

test('a session of the dashboard opens no proxied pages', () => {
  const page = { http: { path: '/', headers: {}, prefix: '/api/v1/namespaces/d/pods/p/proxy' } };
  expect(refusedToSession({ use: 'session' }, page)).toMatchObject({ code: 403, reason: 'Forbidden' });
  expect(refusedToSession({ use: 'cluster' }, page)).toBeUndefined();
  expect(refusedToSession({ use: 'session' }, {})).toBeUndefined();
});
