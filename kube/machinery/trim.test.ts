import { expect, test } from 'vitest';
import { trimEndOf, trimOf } from './trim.ts';

test('a character is left out at the ends, in time linear in the text', () => {
  expect([trimEndOf('//a//', '/'), trimOf('//a/b//', '/'), trimOf('///', '/'), trimOf('', '/')]).toEqual([
    '//a',
    'a/b',
    '',
    '',
  ]);
  const long = `${'/'.repeat(1_000_000)}a`;
  expect(trimEndOf(long, '/')).toBe(long);
});
