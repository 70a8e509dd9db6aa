import { expect, test } from 'vitest';
import { compareQuantities, isWhole, milliOf, parseQuantity, printedQuantity, unitsOf } from './quantity.ts';

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
  ['12E', '12E'],
  ['16Ei', '9223372036854775807'],
  ['010Mi', '010Mi'],
  ['+1', '+1'],
  ['5.', '5.'],
  ['00012', '00012'],
  ['08Mi', '8Mi'],
  ['1e30', '1e30'],
  ['12345678901234567890', '12345678901234567890'],
  ['0.001', '1m'],
  ['1.500', '1.500'],
  ['1.5e30', '1500e27'],
  ['-5', '-5'],
  ['0', '0'],
  ['.5', '500m'],
  ['0.0000000001', '1n'],
])('%s is written %s', (text, canonical) => {
  expect(printedQuantity(text)).toEqual({ value: canonical });
});

test.each(['', 'one', '1 Gi', '1Gib', '--1', '1.2.3', '0x10', '1e'])('%j is no quantity', (text) => {
  expect(parseQuantity(text)).toBeUndefined();
});

test.each([
  ['1K', "unable to parse quantity's suffix"],
  ['1Gib', 'quantities must match'],
  ['1e999999999', "unable to parse quantity's suffix"],
])('%s is refused with its reason', (text, error) => {
  expect(printedQuantity(text)).toEqual({ error: expect.stringContaining(error) });
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

test.each([
  ['5', true],
  ['1.5', false],
  ['1500m', false],
  ['1n', false],
  ['1Ki', true],
  ['0.5Ki', true],
  // Thousandths that an int64 holds, to the last.
  ['9223372036854775', true],
  ['9223372036854775808', true],
  ['12345678901234567890', false],
  ['1e20', true],
  ['1e30', true],
  ['99999999999999999999Gi', true],
])('whether %s is whole, to upstream: %s', (text, whole) => {
  expect(isWhole(text)).toBe(whole);
});

test('a number of thousands of digits is none', () => {
  expect(printedQuantity('9'.repeat(1000))).toEqual({ value: '9'.repeat(1000) });
  for (const text of ['9'.repeat(1001), `0.${'0'.repeat(1000)}1`, `${'9'.repeat(1_000_000)}Gi`]) {
    expect(printedQuantity(text)).toEqual({ error: 'unable to parse numeric part of quantity' });
    expect(parseQuantity(text)).toBeUndefined();
  }
});
