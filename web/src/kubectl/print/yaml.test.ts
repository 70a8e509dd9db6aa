import { expect, test } from 'vitest';
import { yamlOf } from './yaml.ts';

test.each([
  ['text', 'text\n'],
  ['true', '"true"\n'],
  ['1.0', '"1.0"\n'],
  ['', '""\n'],
  ['*', "'*'\n"],
  ['a: b', "'a: b'\n"],
  ['- a', "'- a'\n"],
  ["it's", "it's\n"],
  ['2026-01-01T00:00:00Z', '"2026-01-01T00:00:00Z"\n'],
  ['a\nb', '|-\na\nb\n'],
  ['a\tb', '"a\\tb"\n'],
  ['0x1f', '"0x1f"\n'],
  ['1e3', '"1e3"\n'],
  ['NaN', 'NaN\n'],
])('%j', (value, text) => {
  expect(yamlOf(value)).toBe(text);
});

test('maps are sorted, numbers within keys as numbers, and lists are not indented', () => {
  const value = { b: [1, { d: null, c: {} }, []], a10: 'x', a9: 'y\n', m: [[1, 2], [3]] };
  expect(yamlOf(value)).toBe('a9: |\n  y\na10: x\nb:\n- 1\n- c: {}\n  d: null\n- []\nm:\n- - 1\n  - 2\n- - 3\n');
});
