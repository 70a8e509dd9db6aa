import { expect, test } from 'vitest';
import { decodeCustom, decodeCustomText } from './codec.ts';

const KIND = { group: 'x.io', version: 'v1', kind: 'Foo' };
const SHAPE = { schema: undefined, preservesAll: true };
const decode = (value: string) =>
  decodeCustomText(`{"apiVersion":"x.io/v1","kind":"Foo","metadata":{"name":"a"},"v":${value}}`, KIND, SHAPE, 'Warn');

test.each(['1e400', '-1E+400', '1e9999', `1${'0'.repeat(309)}`, '1.5e309'])('%s is beyond all floats', (number) => {
  const why = `json: cannot unmarshal number ${number} into Go value of type float64`;
  expect(decode(number)).toEqual({ error: `Foo in version "v1" cannot be handled as a Foo: ${why}` });
});

test.each([
  ['null', "Object 'Kind' is missing in 'null' (6e756c6c)"],
  ['{"apiVersion":"a/b/c","kind":"Foo"}', 'unexpected GroupVersion string: a/b/c ({"apiVersion":"a/b/c","kind":" ...)'],
])('%s is no object of the kind', (text, why) => {
  const error = `the object provided is unrecognized (must be of type Foo): ${why}`;
  expect(decodeCustomText(text, KIND, SHAPE, 'Warn')).toEqual({ error });
});

test.each(['1e308', '1e-400', '"1e400"', '"\\"1e400"', '[1e10,"e400"]', '{"1e400":0}'])('%s is not', (value) => {
  expect(decode(value)).toMatchObject({ object: { v: JSON.parse(value) } });
});

test('more unknown fields than arguments fit on the stack are told', () => {
  const count = 200_000;
  const fields = Array.from({ length: count }, (_, at) => `"${at}":1`).join();
  const shape = { schema: { type: 'object', properties: {} }, preservesAll: false } as const;
  const body = `{"apiVersion":"x.io/v1","kind":"Foo","metadata":{"name":"a"},${fields}}`;
  const decoded = decodeCustomText(body, KIND, shape, 'Warn');
  expect('warnings' in decoded && decoded.warnings.length).toBe(count);
});

test.each<[object, string]>([
  [{ v: 1, apiVersion: 'x.io/v1' }, `Object 'Kind' is missing in '{"apiVersion":"x.io/v1","v":1}'`],
  [{ apiVersion: 'a/b/c', kind: 'Foo' }, 'unexpected GroupVersion string: a/b/c'],
  [
    { apiVersion: 5, kind: 'Foo' },
    "couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .apiVersion of type string",
  ],
])('of %j, which a patch made, the cause alone is told', (object, error) => {
  expect(decodeCustom({ ...object }, KIND, SHAPE, 'Warn')).toEqual({ error });
});
