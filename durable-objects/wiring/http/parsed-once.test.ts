import { expect, test } from 'vitest';
import { ParsedOnce } from './parsed-once.ts';

test('a text is parsed once, unless it is long', () => {
  const parsed = new ParsedOnce<{ a: string }>(2);
  const [short, long] = [JSON.stringify({ a: 'x' }), JSON.stringify({ a: 'x'.repeat(9000) })];
  expect(parsed.read(short)).toBe(parsed.read(short));
  expect(parsed.read(long)).toEqual({ a: 'x'.repeat(9000) });
  expect(parsed.read(long)).not.toBe(parsed.read(long));
});
