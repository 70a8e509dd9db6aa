import { expect, test } from 'vitest';
import { yamlToJson } from './yaml.ts';

test.each([
  ['{on: 1, y: 2, No: 3}', { true: 2, false: 3 }],
  ['[yes, off, TRUE, "on", onn]', [true, false, true, 'on', 'onn']],
  ['{010: x, 1.50: q, 2020-01-01: t, 0x10: h}', { 8: 'x', 1.5: 'q', '2020-01-01': 't', 16: 'h' }],
  ['[010, -017, 08, 1:30, 2020-01-01]', [8, -15, 8, '1:30', '2020-01-01']],
  ['{a: &a {x: 1}, b: {<<: *a, y1: 2}}', { a: { x: 1 }, b: { x: 1, y1: 2 } }],
])('%s is read as YAML 1.1', (text, value) => {
  expect(JSON.parse(yamlToJson(text).text)).toEqual(value);
});
