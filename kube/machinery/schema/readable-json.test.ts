import { expect, test } from 'vitest';
import { readableJson } from './readable-json.ts';

const read = (text: string): unknown => JSON.parse(readableJson(text));

test.each([
  ['9223372036854775807', 9223372036854775000],
  ['-9223372036854775808', -9223372036854775000],
  ['9223372036854775296', 9223372036854775000],
  ['9223372036854775000', 9223372036854775000],
  ['9223372036854775808', 2 ** 63],
  ['-9223372036854775809', -(2 ** 63)],
  ['9223372036854775807.0', 2 ** 63],
  ['9223372036854775807e0', 2 ** 63],
])('the whole number %s is read as %d, which clients can read, too', (text, value) => {
  expect(read(`[${text}]`)).toEqual([value]);
  expect(BigInt.asIntN(64, BigInt(JSON.stringify(9223372036854775000)))).toBe(9223372036854775000n);
});

test('such digits in texts and keys stay, however long these are', () => {
  const long = `${'x\\"9223372036854775807,'.repeat(60_000)}`;
  const value = { '9223372036854775807': 'a 9223372036854775807', long, list: ['9223372036854775807'] };
  expect(read(JSON.stringify(value))).toEqual(value);
  expect(read('{"a\\\\":9223372036854775807}')).toEqual({ 'a\\': 9223372036854775000 });
});
