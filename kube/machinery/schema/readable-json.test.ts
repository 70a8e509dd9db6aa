import { expect, test } from 'vitest';
import { hugeNumber } from './json-size.ts';
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

test('texts and numbers that do not end are gone through once', () => {
  const open = `{"a":9223372036854775807,"b":"${'\\"'.repeat(500_000)}`;
  expect(readableJson(open)).toBe(open.replace('5807', '5000'));
  const short = `[${'1'.repeat(308)}`;
  expect(hugeNumber(`${short},1]`.repeat(5000))).toBeUndefined();
  expect(hugeNumber(`[${'9'.repeat(309)}]`)).toContain('into Go value of type float64');
});
