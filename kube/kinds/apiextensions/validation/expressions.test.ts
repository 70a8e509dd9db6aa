import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorText } from '../../../machinery/field-error.ts';
import type { StructuralSchema } from '../../../machinery/structural/schema.ts';
import { hasWithin } from './expressions.ts';
import { validFieldPath } from './field-path.ts';
import { validateSchema } from './schema.ts';
import { RULES_FOR_CREATE } from './schema-rules.ts';

test('a path within is found as by looking at all', () => {
  const path = fc.array(fc.constantFrom('a', 'b', '.', '[', 'ab'), { maxLength: 4 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(path, { maxLength: 8 }), path, (paths, within) => {
      const found = paths.some((each) => each.startsWith(within));
      expect(hasWithin([...paths].sort(), within)).toBe(found);
    }),
    { numRuns: 300 },
  );
});

test('of thousands of fields with a wrong type and as many with a wrong rule, each is told of', () => {
  const named = (prefix: string, schema: StructuralSchema) =>
    Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`${prefix}${at}`, schema]));
  const wrongRule = { type: 'string', 'x-kubernetes-validations': [{ rule: 'self.x' }] };
  const wrongType = { type: 'x', 'x-kubernetes-validations': [{ rule: 'self.x' }] };
  const schema = { type: 'object', properties: { ...named('a', wrongType), ...named('b', wrongRule) } };
  const texts = validateSchema(schema, false, RULES_FOR_CREATE, 'spec').map(errorText);
  expect(texts.filter((text) => text.includes('supported values'))).toHaveLength(2000);
  // A rule beneath a wrong type is not told of beside it.
  expect(texts.filter((text) => text.includes('compilation failed'))).toHaveLength(2000);
});

test('each of many rules has the path of its field looked up in a schema of many fields', () => {
  const properties = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`f${at}`, { type: 'string' }]));
  const rules = Array.from({ length: 1000 }, (_, at) => ({ rule: 'true', fieldPath: at % 2 ? `.f${at}` : `.g${at}` }));
  const schema = { type: 'object', properties, 'x-kubernetes-validations': rules };
  const texts = validateSchema(schema, false, RULES_FOR_CREATE, 'spec').map(errorText);
  expect(texts.filter((text) => text.includes('must be a valid path'))).toHaveLength(500);
});

test('names in a field path may have the escapes of Go', () => {
  const inner = { type: 'object', properties: { 'c\x07': { type: 'number' } } };
  const path = ".foo['b.c']['c\\a']";
  expect(
    validFieldPath(path, { type: 'object', properties: { foo: { type: 'object', properties: { 'b.c': inner } } } }),
  ).toEqual({ path: 'foo.b.c.c\x07', root: 'foo', schema: { type: 'number' } });
});
