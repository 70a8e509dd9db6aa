import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorText } from '../field-error.ts';
import { applyDefaults } from './defaults.ts';
import { coerceEmbedded, validateEmbedded } from './embedded.ts';
import { validateListTypes } from './list-types.ts';
import { prune, pruneNulls } from './prune.ts';
import { structuralProblem, validateStructural } from './rules.ts';
import type { StructuralSchema } from './schema.ts';
import { anySchema } from './testing.ts';
import { validateValue } from './validate/value.ts';
import { validateDefaults } from './validate-defaults.ts';

const text: StructuralSchema = { type: 'string' };
const object = (properties: Record<string, StructuralSchema>, more: StructuralSchema = {}): StructuralSchema => ({
  type: 'object',
  properties,
  ...more,
});

test('fields without a schema go, but for the type and metadata of a resource, and are told by their paths', () => {
  const schema = object({
    spec: object({ a: text, open: object({ b: object({}) }, { 'x-kubernetes-preserve-unknown-fields': true }) }),
    list: { type: 'array', items: object({ a: text }) },
    map: { type: 'object', additionalProperties: object({ a: text }) },
  });
  const value = {
    apiVersion: 'v1',
    kind: 'X',
    metadata: { name: 'a', any: 1 },
    spec: { a: '', x: 1, open: { kept: { deep: 1 }, b: { gone: 1 } } },
    list: [{ a: '', x: 1 }],
    map: { key: { a: '', x: 1 } },
    more: [],
  };
  const dropped: string[] = [];
  prune(value, schema, true, (path) => dropped.push(path));
  expect(dropped).toEqual(['spec.x', 'spec.open.b.gone', 'list[0].x', 'map.key.x', 'more']);
  expect(value).toEqual({
    apiVersion: 'v1',
    kind: 'X',
    metadata: { name: 'a', any: 1 },
    spec: { a: '', open: { kept: { deep: 1 }, b: {} } },
    list: [{ a: '' }],
    map: { key: { a: '' } },
  });
});

test('nulls go where none may be, and are replaced where there is a default', () => {
  const schema = object({
    plain: text,
    nullable: { type: 'string', nullable: true, default: 'x' },
    preset: { type: 'string', default: 'x' },
    nested: object({ size: { type: 'integer', default: 3 } }, { default: {} }),
    list: { type: 'array', items: object({ weight: { type: 'integer', default: 1 } }) },
  });
  const value = { plain: null, nullable: null, preset: null, list: [{}] };
  pruneNulls(value, schema);
  applyDefaults(value, schema);
  expect(value).toEqual({ nullable: null, preset: 'x', nested: { size: 3 }, list: [{ weight: 1 }] });
});

test('names of fields that objects have from JavaScript are fields like any other', () => {
  const schema = object({
    ['__proto__']: object({ a: { type: 'integer', default: 1 } }, { default: {} }),
    constructor: text,
  });
  const value = JSON.parse('{"toString": 1}') as object;
  prune(value, schema);
  applyDefaults(value, schema);
  expect(JSON.stringify(value)).toBe('{"__proto__":{"a":1}}');
  expect(validateValue(object({}, { required: ['constructor'] }), {}).map(errorText)).toEqual([
    'constructor: Required value',
  ]);
});

test('metadata of embedded resources is read as metadata', () => {
  const schema = object({
    template: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
  });
  const value = { template: { kind: 'Pod', metadata: { name: 'a', creationTimestamp: null, extra: 1 } } };
  const dropped: string[] = [];
  expect(coerceEmbedded(value, schema, { dropped: (path) => dropped.push(path) })).toBeUndefined();
  expect([value.template.metadata, dropped]).toEqual([{ name: 'a' }, ['template.metadata.extra']]);
  expect(validateEmbedded(value, schema).map(errorText)).toEqual(['template.apiVersion: Required value']);
  const wrong = { template: { metadata: { labels: 1 } } };
  const error = coerceEmbedded(wrong, schema);
  expect(error && errorText(error)).toMatch(
    /^template\.metadata: Invalid value: .*json: cannot unmarshal number into Go struct field ObjectMeta\.labels/,
  );
});

test('items of sets and keys of maps are there once', () => {
  const schema = object({
    set: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
    map: {
      type: 'array',
      items: object({ name: text, port: { type: 'integer' } }),
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name', 'port'],
    },
  });
  const value = { set: ['a', 'b', 'a', 'a'], map: [{ name: 'a', port: 1 }, { name: 'a' }, { port: 1, name: 'a' }] };
  expect(validateListTypes(schema, value).map(errorText)).toEqual([
    'set[2]: Duplicate value: "a"',
    'map[2]: Duplicate value: {"name":"a","port":1}',
  ]);
});

test('a key of items may be called as what every object has', () => {
  const schema: StructuralSchema = {
    type: 'array',
    items: JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}'),
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['__proto__'],
  };
  const list = (text: string) => validateListTypes(object({ list: schema }), { list: JSON.parse(text) }).map(errorText);
  expect(list('[{"__proto__":"a"},{"__proto__":"b"}]')).toEqual([]);
  expect(list('[{"__proto__":"a"},{"__proto__":"a"}]')).toEqual(['list[1]: Duplicate value: {"__proto__":"a"}']);
});

test.each<[string, StructuralSchema, string[]]>([
  [
    'a field without a type',
    object({ a: {} }),
    ['s.properties[a].type: Required value: must not be empty for specified object fields'],
  ],
  [
    'a type beneath anyOf',
    object({ a: { type: 'string', anyOf: [{ type: 'string' }] } }),
    ['s.properties[a].anyOf[0].type: Forbidden: must be empty to be structural'],
  ],
  [
    'a field that is judged only',
    object({}, { allOf: [{ properties: { a: { minLength: 1 } } }] }),
    ['s.properties[a]: Required value: because it is defined in s.allOf[0].properties[a]'],
  ],
  [
    'metadata',
    object({ metadata: object({ labels: object({}) }) }),
    [
      's.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified',
    ],
  ],
  ['an int-or-string', object({ a: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, text] } }), []],
])('%s', (_, schema, errors) => {
  expect(validateStructural(schema, 's').map(errorText)).toEqual(errors);
});

test('defaults are valid, and have no unknown fields', () => {
  const schema = object({ spec: object({ size: { type: 'integer' } }, { default: { size: 'big', other: 1 } }) });
  expect(validateDefaults(schema, 's', { requirePruned: true }).map(errorText)).toEqual([
    's.properties[spec].default: Invalid value: {"other":1,"size":"big"}: must not have unknown fields',
    's.properties[spec].default.size: Invalid value: "string": size in body must be of type integer: "string"',
  ]);
});

test('a default loses what the metadata of a resource within it does not have', () => {
  const preset = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', extra: 1 } };
  const resource = { 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true };
  const schema = object({ spec: { type: 'object', ...resource, default: preset } });
  expect(validateDefaults(schema, 's', { requirePruned: true })).toEqual([]);
  expect(preset.metadata).toEqual({ name: 'a' });
});

test('any schema and value are answered, and what was pruned and defaulted stays as it is', () => {
  fc.assert(
    fc.property(anySchema, fc.jsonValue({ maxDepth: 4 }), (schema, value) => {
      const whole = { spec: value };
      const root = object({ spec: schema });
      const prepare = (object: unknown) => {
        prune(object, root, true);
        pruneNulls(object, root);
        applyDefaults(object, root);
        return JSON.stringify(object);
      };
      const once = prepare(whole);
      expect(prepare(whole)).toBe(once);
      validateValue(root, whole).map(errorText);
      validateEmbedded(whole, root);
      validateListTypes(root, whole);
      if (structuralProblem(root) === undefined) validateStructural(root, 's');
    }),
    { numRuns: 100 },
  );
});

test.each<[string, StructuralSchema, unknown]>([
  [
    'for many items',
    {
      type: 'array',
      items: object(Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`f${at}`, { ...text, default: 'x' }]))),
    },
    Array.from({ length: 20_000 }, () => ({})),
  ],
  ['within defaults within defaults', doubling(30), {}],
  [
    'that are long, for many items',
    { type: 'array', items: object({ a: { ...text, default: 'x'.repeat(10_000) } }) },
    Array.from({ length: 20_000 }, () => ({})),
  ],
])('defaults %s end before they fill the memory', (_what, schema, value) => {
  expect(applyDefaults(value, schema)).toBe(false);
  expect(applyDefaults({}, object({ a: { ...text, default: 'x' } }))).toBe(true);
});

/** A list of two by default, whose items have one, and so on. */
function doubling(depth: number): StructuralSchema {
  if (depth === 0) return object({});
  return object({ l: { type: 'array', items: doubling(depth - 1), default: [{}, {}] } });
}

test('patterns of a schema may not take long together, while one that comes again costs nothing', () => {
  const patterned = (count: number, patternOf: (at: number) => string): StructuralSchema =>
    object(
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, { ...text, pattern: patternOf(at) }])),
    );
  const problems = (schema: StructuralSchema) => validateStructural(schema, 's').map(({ detail }) => detail);
  expect(problems(patterned(300, () => 'a'.repeat(900)))).toEqual([]);
  expect(problems(patterned(11, (at) => `${'a'.repeat(9000)}${at}`))).toEqual([]);
  expect(problems(patterned(12, (at) => `${'a'.repeat(9000)}${at}`))).toEqual([
    'the patterns of the schema are too long together',
  ]);
});
