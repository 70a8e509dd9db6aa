import { expect, test } from 'vitest';
import { canonicalQuantity, compareQuantities, milliOf, parseQuantity, unitsOf } from './quantity.ts';

test.each([
  ['100m', '100m'],
  ['0.1', '100m'],
  ['1000m', '1'],
  ['1500m', '1500m'],
  ['1Gi', '1Gi'],
  ['1024Mi', '1Gi'],
  ['1.5Gi', '1536Mi'],
  ['0.5Ki', '512'],
  ['1e3', '1e3'],
  ['1000k', '1M'],
  ['12E', '9223372036854775807'],
  ['-5', '-5'],
  ['0', '0'],
  ['.5', '500m'],
  ['0.0000000001', '1n'],
])('%s is written %s', (text, canonical) => {
  expect(canonicalQuantity(text)).toBe(canonical);
});

test.each(['', 'one', '1 Gi', '1Gib', '--1', '1.2.3', '0x10', '1e'])('%j is no quantity', (text) => {
  expect(parseQuantity(text)).toBeUndefined();
});

test('values round up to the unit that is asked for', () => {
  expect(milliOf('1n')).toBe(1);
  expect(unitsOf('1100m')).toBe(2);
  expect(unitsOf('128974848')).toBe(128974848);
});

test('quantities compare by value, however they are written', () => {
  const [a, b] = [parseQuantity('1Gi'), parseQuantity('1.074G')];
  expect(a && b && compareQuantities(a, b)).toBe(-1);
});

// A pattern that tries each split of the digits takes longer than a test may.
test('a long text that is no quantity is refused at once', () => {
  expect(parseQuantity(`${'1'.repeat(200_000)}x`)).toBeUndefined();
});
