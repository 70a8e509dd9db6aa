import { expect, test } from 'vitest';
import { freeName, nameOfFile } from './names.ts';

test('a name that is taken gets a number, and stays a DNS label', () => {
  expect(freeName('shop', [])).toBe('shop');
  expect(freeName('shop', ['shop', 'shop-2'])).toBe('shop-3');
  const long = 'a'.repeat(63);
  expect(freeName(long, [long])).toBe(`${'a'.repeat(61)}-2`);
});

test('a file gives the name of the cluster that it becomes', () => {
  expect(nameOfFile('shop.islet.gz')).toBe('shop');
  expect(nameOfFile('My shop (2).yaml')).toBe('my-shop-2');
  expect(nameOfFile('店.yml')).toBe('imported');
});
