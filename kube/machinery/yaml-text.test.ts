import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { yamlText } from './yaml-text.ts';

test.each([
  'yes',
  'N',
  'on',
  'Off',
  '12:30',
  '190:20:30.5',
  '1_000',
  '0b11',
  '2026-11-27',
  '2026-11-27T17:10:20Z',
  '<<',
])('the text %s is quoted, as key and as value', (text) =>
  expect(yamlText({ [text]: [text] })).toBe(`"${text}":\n- "${text}"\n`),
);

test.each([
  '.',
  'yes or no',
  '10.0.0.1',
  'v1',
  'a:1',
  '1.27.3-rc1',
  '8584ccc0-16c1-4833-8dff-bbb91540166b',
  '1Gi',
  '500m',
])('the text %s needs no quotes', (text) => expect(yamlText([text])).toBe(`- ${text}\n`));

test('characters that break lines in version 1.1 alone are escaped', () => {
  expect(yamlText({ a: 'x\u2028y\u0085z', b: true })).toBe('a: "x\\u2028y\\u0085z"\nb: true\n');
});

test('collections, texts of several lines and quotes stand as upstream prints them', () => {
  const list = [
    1.5,
    null,
    false,
    '-',
    '#a',
    'a: b',
    "it's",
    '--port=80',
    'a\nb',
    'a\n  b\n\n',
    [],
    {},
    [['x'], { b: 1, a: ['y'] }],
  ];
  expect(yamlText({ list, a: { b: 'c' }, e: '' })).toBe(`a:
  b: c
e: ""
list:
- 1.5
- null
- false
- '-'
- '#a'
- 'a: b'
- it's
- --port=80
- |-
  a
  b
- |+
  a
    b

- []
- {}
- - - x
  - a:
    - "y"
    b: 1
`);
  expect(yamlText({})).toBe('{}\n');
  const key = 'k'.repeat(2000);
  expect(parse(yamlText({ a: { [key]: [1], b: 2 } }))).toEqual({ a: { [key]: [1], b: 2 } });
});

test('readers of both versions find what was printed', () => {
  const any = fc.oneof(
    fc.constantFrom(
      'y',
      'NO',
      'on',
      '=',
      '0123',
      '1e3',
      '.5',
      '~',
      '# a',
      '- a',
      'a\n\nb\n',
      '\ufeff',
      '\u0085',
      '---',
    ),
    fc.string({ unit: fc.constantFrom(...'aA0179.:_-+eTZ \n\t"\'\\#<\u2028\u00e9') }),
  );
  // The reader takes a single dot for a number of version 1.1.
  const text = any.filter((one) => one !== '.');
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text)), (pairs) => {
      const maps = pairs.map(([key, one]) => ({ [`${key}x`]: one, [`x${key}`]: [one, { [`y${one}y`]: [key] }] }));
      const value = { maps, texts: pairs.flat() };
      for (const version of ['1.1', '1.2'] as const) expect(parse(yamlText(value), { version })).toEqual(value);
    }),
  );
});
