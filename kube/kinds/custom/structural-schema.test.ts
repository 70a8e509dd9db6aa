import { expect, test } from 'vitest';
import { checkObject } from '../../machinery/schema/check.ts';
import { applySchemaDefaults } from '../../machinery/schema/defaults.ts';
import type { StructSchema } from '../../machinery/schema/schema.ts';
import { rootSchema, type StructuralSchema } from './structural-schema.ts';

function stored(schema: StructuralSchema, object: object): unknown {
  const root = rootSchema({ type: 'object', properties: { spec: schema } }, 'com.example.v1.Thing');
  const checked = checkObject(root, { spec: structuredClone(object) }, { directive: 'Ignore' });
  if (checked.error) throw new Error(checked.error);
  applySchemaDefaults(root, checked.object);
  return checked.object.spec;
}

test('fields that the schema does not name are dropped, unless it says that it is kept', () => {
  const properties = { a: { type: 'string' }, port: { 'x-kubernetes-int-or-string': true } };
  expect(stored({ type: 'object', properties }, { a: 'x', b: 1, port: 'http' })).toEqual({ a: 'x', port: 'http' });
  const open = { type: 'object', properties, 'x-kubernetes-preserve-unknown-fields': true };
  expect(stored(open, { a: 'x', b: { c: [null] } })).toEqual({ a: 'x', b: { c: [null] } });
  expect(() => stored(open, { a: 1 })).toThrow('cannot unmarshal number into Go struct field ThingSpec.spec.a');
  expect(stored({ type: 'object' }, { a: 'x' })).toEqual({});
  expect(stored({ type: 'object', additionalProperties: { type: 'integer' } }, { a: 1 })).toEqual({ a: 1 });
});

test('defaults fill what is absent, within what they made, too; an empty text is not absent', () => {
  const inner = { type: 'object', default: {}, properties: { size: { type: 'integer', default: 3 } } };
  const schema = { type: 'object', properties: { inner, name: { type: 'string', default: 'n' } } };
  expect(stored(schema, {})).toEqual({ inner: { size: 3 }, name: 'n' });
  expect(stored(schema, { inner: { size: 0 }, name: '' })).toEqual({ inner: { size: 0 }, name: '' });
});

test('an embedded resource has the type and metadata of all objects, also where its schema names metadata alone', () => {
  const schema = {
    type: 'object',
    'x-kubernetes-embedded-resource': true,
    properties: { metadata: { type: 'object' }, data: { type: 'string' } },
  };
  const root = rootSchema({ type: 'object', properties: { spec: schema } }, 'com.example.v1.Thing');
  const { schema: spec } = root.fields.get('spec') ?? {};
  expect([...((spec as StructSchema).fields.keys() ?? [])]).toEqual(['metadata', 'data', 'apiVersion', 'kind']);
  const checked = checkObject(
    root,
    { spec: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', other: 1 } } },
    { directive: 'Warn' },
  );
  expect(checked.strict).toEqual(['unknown field "spec.metadata.other"']);
});
