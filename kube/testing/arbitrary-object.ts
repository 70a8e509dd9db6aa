/** Objects of any built-in kind, sparse ones and full ones, from its schema. */

import fc from 'fast-check';
import { parseExact } from '../machinery/exact-json.ts';
import type { FieldSchema, Schema, StructSchema } from '../machinery/schema/schema.ts';
import { goDuration } from '../machinery/time.ts';

const TEXTS = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('', 'a', 'web-0', 'say "hi"\\n\n\t\u0001\u2028', 'é😀', 'x'.repeat(200)),
);
const KEYS = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  fc.constantFrom('b', 'a', 'app', '\ud83d\ude00', '\uff5e', 'q"'),
);
const NUMBERS = fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.constantFrom(0, 1, 80, 30000));
const LONG = fc.oneof(NUMBERS, fc.maxSafeInteger());
const QUANTITIES = fc.constantFrom('0', '1', '100m', '1Gi', '1500m', '12e6', '5k');
const SECONDS = fc.integer({ min: -62135596799, max: 253402300799 });
const printed = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19);
const TIMES = SECONDS.map((seconds) => `${printed(seconds)}Z`);
const MICRO_TIMES = fc
  .tuple(SECONDS, fc.integer({ min: 0, max: 999_999 }))
  .map(([seconds, micros]) => `${printed(seconds)}.${String(micros).padStart(6, '0')}Z`);
const BYTES = fc.uint8Array({ maxLength: 20 }).map((bytes) => btoa(String.fromCharCode(...bytes)));
/** As it is read again: JSON has no negative zero. */
const JSON_VALUES = fc.jsonValue({ maxDepth: 2 }).map((value) => parseExact(JSON.stringify(value)));
const JSON_OBJECTS = fc.dictionary(KEYS, JSON_VALUES, { maxKeys: 3, noNullPrototype: true });

/** `depth`: of structs within structs, beneath which nothing optional is given. */
export function arbitraryValue(schema: Schema, depth = 6): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case 'string':
      return TEXTS;
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return schema.format === 'int64' ? LONG : NUMBERS;
    case 'number':
      return fc.oneof(NUMBERS, fc.constantFrom(0.5, -1.25, 1e21));
    case 'bytes':
      return BYTES;
    case 'quantity':
      return QUANTITIES;
    case 'int-or-string':
      return fc.oneof(NUMBERS, TEXTS);
    case 'time':
      return TIMES;
    case 'micro-time':
      return MICRO_TIMES;
    case 'duration':
      return fc.nat(100_000_000).map(goDuration);
    case 'any':
      return arbitraryAny(schema.form, depth);
    case 'list':
      return fc.array(arbitraryValue(schema.items, depth - 1), { maxLength: depth > 0 ? 3 : 0 });
    case 'map':
      return fc.dictionary(KEYS, arbitraryValue(schema.values, depth - 1), {
        maxKeys: depth > 0 ? 3 : 0,
        noNullPrototype: true,
      });
    case 'struct':
      return arbitraryStruct(schema, depth);
  }
}

function arbitraryAny(form: string | undefined, depth: number): fc.Arbitrary<unknown> {
  if (form === 'json') return JSON_VALUES.filter((value) => value !== null);
  if (form === 'schema-or-boolean') return depth > 0 ? fc.oneof(fc.boolean(), SCHEMAS) : fc.boolean();
  if (form === 'schema-or-list') return fc.oneof(SCHEMAS, fc.array(SCHEMAS, { minLength: 1, maxLength: 2 }));
  if (form === 'schema-or-names') return fc.oneof(SCHEMAS, fc.array(TEXTS, { minLength: 1, maxLength: 2 }));
  return JSON_OBJECTS;
}

const SCHEMAS = fc.constantFrom({ type: 'string' }, { type: 'object', required: ['a'] }, {});

function arbitraryStruct(schema: StructSchema, depth: number): fc.Arbitrary<Record<string, unknown>> {
  // The set of fields is drawn first: most types have dozens, of which an object has a few.
  const names = [...schema.fields]
    .filter(([name, { number }]) => number !== undefined && name !== 'kind')
    .map(([name]) => name);
  return fc.oneof(fc.subarray(names, { maxLength: Math.min(names.length, 4) }), fc.subarray(names)).chain((chosen) => {
    const some = depth > 0 ? chosen : [];
    const fields = some.map(
      (name) => [name, arbitraryValue((schema.fields.get(name) as FieldSchema).schema, depth - 1)] as const,
    );
    return fc.record(Object.fromEntries(fields), { noNullPrototype: true });
  });
}

export function arbitraryObject(
  { group, version, kind }: { group: string; version: string; kind: string },
  schema: StructSchema,
  depth = 6,
): fc.Arbitrary<Record<string, unknown>> {
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return arbitraryStruct(schema, depth).map((fields) => ({ kind, apiVersion, ...fields }));
}
