import { expect, test } from 'vitest';
import { failed } from './statuses.ts';

test('an object that has too much to do is asked again by the client, as the Status says', async () => {
  const overloaded = Object.assign(new Error('Durable Object is overloaded.'), { overloaded: true, retryable: true });
  const answer = failed(overloaded);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await answer.json()).toMatchObject({ reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } });
  for (const error of [new Error('anything else'), undefined]) expect(failed(error).status).toBe(500);
});
