import { expect, test } from 'vitest';
import { hugeNumber, jsonExcess, MAX_DEPTH, MAX_VALUES } from './json-size.ts';

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

test('a text that nests deeper than anything meant is found, whether it is whole or not', () => {
  expect(jsonExcess(nested(MAX_DEPTH))).toBeUndefined();
  expect(jsonExcess(nested(MAX_DEPTH + 1))).toBe('[');
  expect(jsonExcess('{"a":'.repeat(100_000))).toBe('{');
});

test('a text that holds more values than anything meant is found', () => {
  expect(jsonExcess(`[${'0,'.repeat(MAX_VALUES - 1)}0]`)).toBeUndefined();
  expect(jsonExcess(`[${'{},'.repeat(MAX_VALUES + 1)}0]`)).toBe('values');
});

test('the content of strings does not count', () => {
  expect(jsonExcess(JSON.stringify({ a: '[{,'.repeat(MAX_VALUES), b: '\\"[' }))).toBeUndefined();
  expect(jsonExcess(`["\\\\",${nested(MAX_DEPTH + 1)}]`)).toBe('[');
});

test('numbers that do not end are gone through once', () => {
  const short = `[${'1'.repeat(308)}`;
  expect(hugeNumber(`${short},1]`.repeat(5000))).toBeUndefined();
  expect(hugeNumber(`[${'9'.repeat(309)}]`)).toContain('into Go value of type float64');
});
