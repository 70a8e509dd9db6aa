import { expect, test } from 'vitest';
import { Attempts } from './attempts.ts';

test('an address may ask so often within the time, and then again', () => {
  const attempts = new Attempts(2, 60_000);
  expect([0, 0, 1000].map((now) => attempts.take('192.0.2.1', now))).toEqual([0, 0, 59]);
  expect(attempts.take('192.0.2.2', 1000)).toBe(0);
  expect(attempts.take('192.0.2.1', 60_000)).toBe(0);
  // On a machine of one's own.
  for (let i = 0; i < 5; i++) expect(attempts.take('', 0)).toBe(0);
});

test('a client of IPv6 is its network', () => {
  const attempts = new Attempts(1, 60_000);
  expect(['2001:db8:1:2::9', '2001:db8:1:2:3:4:5:6'].map((client) => attempts.take(client, 0))).toEqual([0, 60]);
});
