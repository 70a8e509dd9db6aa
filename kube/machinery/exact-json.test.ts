import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExact, wholeNumber } from './exact-json.ts';
import { hasLongNumber } from './schema/number-texts.ts';

test.each([
  ['9007199254740991', 9007199254740991],
  ['9007199254740992', 9007199254740992n],
  ['-9223372036854775808', -(2n ** 63n)],
  ['9223372036854775808', 2 ** 63],
  ['1e18', 1e18],
  ['9007199254740993.0', 9007199254740992],
])('%s is read as %s', (text, value) => {
  expect(parseExact(`{"a":[${text}]}`)).toEqual({ a: [value] });
});

test('a value is read as it was printed', () => {
  const whole = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
  const tree = fc.dictionary(
    fc.string(),
    fc.oneof(whole.map(wholeNumber), fc.string(), fc.array(whole.map(wholeNumber))),
  );
  fc.assert(fc.property(tree, (value) => void expect(parseExact(JSON.stringify(value))).toEqual({ ...value })));
});

test('a row of sixteen digits is found wherever it stands', () => {
  const text = fc.array(fc.constantFrom('a', '1', '0123456789', '.', '"')).map((parts) => parts.join(''));
  fc.assert(fc.property(text, (each) => void expect(hasLongNumber(each)).toBe(/\d{16}/.test(each))));
});
