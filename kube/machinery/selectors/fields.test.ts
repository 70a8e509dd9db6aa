import { expect, test } from 'vitest';
import { matchesFields, parseFieldSelector } from './fields.ts';

test('field selectors compare text, with escapes', () => {
  const match = (text: string) => matchesFields(parseFieldSelector(text), (field) => (field === 'a' ? 'x,y' : ''));
  expect(match('a=x\\,y')).toBe(true);
  expect(match('a!=x\\,y')).toBe(false);
  expect(match('b=,a!=')).toBe(true);
  expect(() => parseFieldSelector('a')).toThrow("can't understand 'a'");
});

test('an escape that is none is told, and a term of two empty sides selects everything, as upstream has it', () => {
  expect(() => parseFieldSelector('a=x\\')).toThrow(/^invalid field selector: invalid escape sequence: \\$/);
  expect(() => parseFieldSelector('a=x\\z,b=c')).toThrow(/^invalid field selector: invalid escape sequence: \\z$/);
  expect(parseFieldSelector('=,a=b,!=')).toEqual([{ field: 'a', negated: false, value: 'b' }]);
  expect(parseFieldSelector('=c')).toEqual([{ field: '', negated: false, value: 'c' }]);
});

test('of several wrong terms the first in their order is told', () => {
  expect(() => parseFieldSelector('a=b=,!')).toThrow("invalid selector: 'a=b=,!'; can't understand '!'");
});
