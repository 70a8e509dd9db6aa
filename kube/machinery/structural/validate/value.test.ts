import { expect, test } from 'vitest';
import { errorText } from '../../field-error.ts';
import type { StructuralSchema } from '../schema.ts';
import { Correlation } from './correlation.ts';
import { hasFormat } from './formats.ts';
import { patternProblem } from './regular-expressions.ts';
import { validateValue } from './value.ts';

const errors = (schema: StructuralSchema, value: unknown): string[] =>
  validateValue({ type: 'object', properties: { a: schema } }, { a: value }).map(errorText);

// Each text is what kube-apiserver 1.36 says.
test.each<[StructuralSchema, unknown, string[]]>([
  [{ type: 'integer' }, 'x', ['a: Invalid value: "string": a in body must be of type integer: "string"']],
  [
    { type: 'integer' },
    1.5,
    [
      'a: Invalid value: "number": a in body must be of type integer: "number"',
      '<nil>: Invalid value: "": Checked value must be of type integer (default format) in a',
    ],
  ],
  [{ type: 'string' }, null, ['a: Invalid value: "null": a in body must be of type string: "null"']],
  [{ type: 'string', nullable: true }, null, []],
  [
    { 'x-kubernetes-int-or-string': true },
    true,
    ['a: Invalid value: "boolean": a in body must be of type integer,string: "boolean"'],
  ],
  [{ type: 'string', maxLength: 1 }, '𝄞', []],
  [{ type: 'string', maxLength: 1 }, 'ab', ['a: Too long: may not be more than 1 byte']],
  [{ type: 'string', minLength: 3 }, 'ab', ['a: Invalid value: "ab": a in body should be at least 3 chars long']],
  [{ type: 'string', pattern: '^b' }, 'ab', ['a: Invalid value: "ab": a in body should match \'^b\'']],
  [{ type: 'string', format: 'ipv4' }, 'ab', ['a: Invalid value: "ab": a in body must be of type ipv4: "ab"']],
  [{ type: 'string', format: 'unknown' }, 'ab', []],
  [
    { type: 'integer', format: 'int32' },
    2 ** 31,
    ['<nil>: Invalid value: "": Checked value must be of type integer with format int32 in a'],
  ],
  [{ type: 'integer', minimum: 2 }, 1, ['a: Invalid value: 1: a in body should be greater than or equal to 2']],
  [
    { type: 'number', maximum: 2, exclusiveMaximum: true },
    2.5,
    ['a: Invalid value: 2.5: a in body should be less than 2'],
  ],
  [{ type: 'number', multipleOf: 0.1 }, 0.3, []],
  [{ type: 'integer', multipleOf: 2 }, 3, ['a: Invalid value: 3: a in body should be a multiple of 2']],
  [{ type: 'string', enum: ['x', 'y'] }, 'z', ['a: Unsupported value: "z": supported values: "x", "y"']],
  [{ type: 'array', items: { type: 'string' }, maxItems: 1 }, ['b', 'c'], ['a: Too many: 2: must have at most 1 item']],
  [
    { type: 'array', items: { type: 'integer' } },
    [1, 'c'],
    ['a[1]: Invalid value: "string": a[1] in body must be of type integer: "string"'],
  ],
  [{ type: 'object', required: ['b'] }, {}, ['a.b: Required value']],
  [{ type: 'object', minProperties: 1 }, {}, ['a: Invalid value: 0: a in body should have at least 1 properties']],
  [
    { type: 'object', additionalProperties: { type: 'string' } },
    { b: 1 },
    ['a.b: Invalid value: "integer": a.b in body must be of type string: "integer"'],
  ],
  [
    { type: 'object', oneOf: [{ required: ['b'] }, { required: ['c'] }] },
    {},
    [
      '<nil>: Invalid value: "": "a" must validate one and only one schema (oneOf). Found none valid',
      'a.b: Required value',
    ],
  ],
  [
    { type: 'object', oneOf: [{ required: ['b'] }, { required: ['c'] }] },
    { b: 1, c: 1 },
    ['<nil>: Invalid value: "": "a" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
  ],
  [
    { type: 'object', anyOf: [{ required: ['b'] }, { required: ['c'] }] },
    {},
    ['<nil>: Invalid value: "": "a" must validate at least one schema (anyOf)', 'a.b: Required value'],
  ],
  [
    { type: 'object', not: { required: ['b'] } },
    { b: 1 },
    ['<nil>: Invalid value: "": "a" must not validate the schema (not)'],
  ],
  [
    { type: 'object', allOf: [{ required: ['b'] }] },
    {},
    ['a.b: Required value', '<nil>: Invalid value: "": "a" must validate all the schemas (allOf). None validated'],
  ],
])('%j of %j', (schema, value, texts) => {
  expect(errors(schema, value)).toEqual(texts);
});

test.each<[string, string[], string[]]>([
  ['date-time', ['2020-01-01T00:00:00Z', '2020-01-01t00:00:00.5+01:00'], ['2020-01-01', '2020-01-01T25:00:00Z']],
  ['date', ['2020-02-29'], ['2021-02-29', '2020-1-1']],
  ['email', ['a@b', 'A B <a@b.c>'], ['a', '@b', 'a@']],
  ['uri', ['http://x/y', '/x', 'mailto:a'], ['x', '', ':x', '/%zz']],
  ['cidr', ['10.0.0.0/8', '::/0'], ['10.0.0.0', '10.0.0.0/33']],
  ['duration', ['1h30m', '22 ns', '3 days'], ['h', '5']],
  ['byte', ['YWJj', 'YWI='], ['YWI', '']],
  ['hostname', ['example.com', 'a'], ['-a.com', 'a_b']],
  ['mac', ['00:11:22:33:44:55', '0011.2233.4455'], ['00:11:22:33:44', '00:11:22:33:44-55']],
  ['uuid', ['123e4567e89b12d3a456426614174000'], ['123e4567']],
  ['k8s-short-name', ['a-b'], ['A', '-a']],
])('format %s', (format, good, bad) => {
  expect(good.filter((value) => !hasFormat(format, value))).toEqual([]);
  expect(bad.filter((value) => hasFormat(format, value))).toEqual([]);
});

test('an invalid value may stay where it is unchanged, in lists of type map, too', () => {
  const item: StructuralSchema = {
    type: 'object',
    properties: { name: { type: 'string' }, size: { type: 'integer', maximum: 1 } },
  };
  const schema: StructuralSchema = {
    type: 'object',
    properties: {
      text: { type: 'string', maxLength: 1 },
      list: { type: 'array', items: item, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] },
      plain: { type: 'array', items: item },
    },
  };
  const old = { text: 'ab', list: [{ name: 'a', size: 2 }], plain: [{ name: 'a', size: 2 }] };
  const next = {
    text: 'ab',
    list: [
      { name: 'b', size: 3 },
      { name: 'a', size: 2 },
    ],
    plain: [
      { name: 'a', size: 2 },
      { name: 'b', size: 1 },
    ],
  };
  const found = validateValue(schema, next, '', { correlation: new Correlation(next, old, schema) });
  expect(found.map(({ field }) => field)).toEqual(['list[0].size', 'plain[0].size']);
});

test('patterns, formats and schemas that would take long do not', () => {
  const long = 'a'.repeat(50_000);
  expect(errors({ type: 'string', pattern: '^(a+)+$' }, `${long}!`)).toHaveLength(1);
  for (const format of ['email', 'uri', 'hostname', 'duration', 'isbn', 'byte', 'date-time', 'ipv6', 'cidr']) {
    hasFormat(format, long);
    hasFormat(format, '1'.repeat(50_000));
    hasFormat(format, ':'.repeat(50_000));
  }
  const choices = Array.from({ length: 2000 }, (_, at) => ({ required: [`f${at}`] }));
  const wide: StructuralSchema = { type: 'array', items: { type: 'object', oneOf: choices } };
  expect(
    errors(
      wide,
      Array.from({ length: 2000 }, () => ({})),
    ),
  ).toEqual([expect.stringContaining('the value is too large for its schema')]);
});

const times = <T>(length: number, make: (at: number) => T): T[] => Array.from({ length }, (_, at) => make(at));
const wideFields = Object.fromEntries(times(10_000, (at) => [`f${at}`, { type: 'string' }]));
const listOf = (items: StructuralSchema): StructuralSchema => ({ type: 'array', items });

test.each<[string, StructuralSchema, unknown]>([
  ['fields', listOf({ type: 'object', properties: wideFields }), times(20_000, () => ({}))],
  ['required fields', listOf({ type: 'object', required: times(5000, (at) => `k${at}`) }), times(20_000, () => ({}))],
  ['allowed values', listOf({ type: 'string', enum: times(20_000, (at) => `e${at}`) }), times(40_000, () => 'x')],
  ['long allowed values', listOf({ enum: [1, 'a'.repeat(50_000)] }), times(40_000, () => 'x')],
  ['long patterns', listOf({ pattern: `^${'a'.repeat(50_000)}$` }), times(40_000, () => 'x')],
  ['steps of a pattern', { pattern: '[ab]*a[ab]{900}[cd]' }, 'abaab'.repeat(200_000)],
  ['texts for a pattern', listOf({ pattern: '[ab]*a[ab]{900}[cd]' }), times(1000, () => 'abaab'.repeat(300))],
  [
    'patterns',
    { properties: Object.fromEntries(times(600, (at) => [`f${at}`, { pattern: `^(${at}|[ab]){900}$` }])) },
    Object.fromEntries(times(600, (at) => [`f${at}`, 'a'.repeat(900)])),
  ],
  ['errors', listOf({ type: 'string', maxLength: 1 }), times(90_000, () => 'zz')],
])('a schema with many %s for many values is told of, and is not gone through', (_what, schema, value) => {
  const found = errors(schema, value);
  expect(found).toEqual([expect.stringContaining('the value is too large for its schema: more than 500000 checks')]);
});

test('patterns and texts of real objects are far within the bounds', () => {
  const name = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';
  const hosts = listOf({ type: 'string', maxLength: 253, pattern: name });
  expect(
    errors(
      hosts,
      times(10_000, (at) => `host-${at}.some.where.example.com`),
    ),
  ).toEqual([]);
  expect(errors({ type: 'string', pattern: '^(.|\\n){0,900}$' }, 'a text. '.repeat(100))).toEqual([]);
});

test.each<[string, boolean]>([
  ['^[a-z]{1,900}$', true],
  ['(a{1,30}){1,30}', true],
  ['(a{1,40}){1,40}', false],
  ['a{1,1001}', false],
  ['a{5,2}', false],
  ['[{1,900}]', true],
  [`(${'a'.repeat(1000)}){900}`, false],
  ['\\{1,900}', true],
  ['(', false],
  ['a**', false],
])('the pattern %s is one: %s', (pattern, isGood) => {
  expect(patternProblem(pattern) === undefined).toBe(isGood);
});

test('a pattern that would take the memory of all clusters is none', () => {
  expect(patternProblem('[ab]{1000}'.repeat(90))).toBeUndefined();
  expect(patternProblem('[ab]{1000}'.repeat(110))).toBe('error parsing regexp: expression too large');
});
