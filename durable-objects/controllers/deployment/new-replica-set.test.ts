import { expect, test } from 'vitest';
import { setName } from './new-replica-set.ts';

test('a set has the name of its Deployment, cut where it would be too long, and the hash of its template', () => {
  expect(setName('web', 'abc12')).toBe('web-abc12');
  const long = setName('a'.repeat(250), 'abc12');
  expect([long.length, long.endsWith('a-abc12')]).toEqual([253, true]);
});
