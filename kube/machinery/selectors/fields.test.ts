import { expect, test } from 'vitest';
import { matchesFields, parseFieldSelector } from './fields.ts';

test('field selectors compare text, with escapes', () => {
  const match = (text: string) => matchesFields(parseFieldSelector(text), (field) => (field === 'a' ? 'x,y' : ''));
  expect(match('a=x\\,y')).toBe(true);
  expect(match('a!=x\\,y')).toBe(false);
  expect(match('b=,a!=')).toBe(true);
  expect(() => parseFieldSelector('a')).toThrow("can't understand 'a'");
});
