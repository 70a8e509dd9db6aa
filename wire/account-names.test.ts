import { expect, test } from 'vitest';
import { isAccountName, isRandomName, newAccountName } from './account-names.ts';

test('a name is 128 random bits in letters and digits that a host name may have', () => {
  expect(newAccountName(() => new Uint8Array(16))).toBe(`p-${'a'.repeat(26)}`);
  expect(newAccountName(() => new Uint8Array(16).fill(255))).toBe(`p-${'7'.repeat(25)}4`);
  const names = Array.from({ length: 100 }, () => newAccountName());
  expect(names.every((name) => isAccountName(name) && isRandomName(name))).toBe(true);
  expect(new Set(names).size).toBe(100);
});

test('names that people give are told from random ones', () => {
  expect(['default', 'p-team', `p-${'1'.repeat(26)}`].map(isAccountName)).toEqual([false, false, false]);
  expect(['default', 'p-team'].map(isRandomName)).toEqual([false, true]);
});
