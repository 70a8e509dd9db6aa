/** Values that a field is tried with: valid ones, those at a bound, and those that some rule refuses. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Json } from '../mutations.ts';
import { type Definitions, resolved, type Schema } from './openapi.ts';
import { raw } from './raw.ts';

interface Examples {
  /** A valid value by the name of its definition. */
  types: Record<string, Json>;
  /** Values of texts by a pattern of the field's name. */
  texts: Record<string, string[]>;
}

const examples = parse(readFileSync(join(import.meta.dirname, 'examples.yaml'), 'utf8')) as Examples;
const ANY_TEXT = [
  ...['', 'a', 'A_b', '-a', 'a.b', 'a/b', ' ', 'ü', 'x'.repeat(64), 'x'.repeat(254)],
  ...[' a', 'a ', 'a\n', 'a\u0000b', '😀', 'a%20b', '__proto__', 'x'.repeat(5000), raw('"\\ud800"')],
];
const NO_TEXTS = [7, null, {}];
const INTEGERS = [
  ...[-1, 0, 1, 2, 101, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 'a', 1.5],
  ...[
    '1e0',
    '2.0',
    '10e-1',
    '1E2',
    '-0',
    '1e400',
    '9007199254740993',
    '9223372036854775807',
    '9223372036854775808',
    '-2147483649',
  ].map(raw),
];
const NUMBERS = [...INTEGERS, ...['0.1e1', '1e-400', '0.30000000000000004', '123456789012345678901234567890'].map(raw)];
const QUANTITIES = [
  ...['0', '-1', '1', '100m', '1Gi', '1.5', 'x', '10Ei', '0.0001', '', 1],
  ...['1n', '1u', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Ti', '1Pi', '1Ei', '0.5Ki', '1K', '1mi'],
  ...['1e3', '1E3', '1e-3', '+1', '.5', '5.', '-.5', '1 ', ' 1', '1e', '-0', '007', '0.1m', '1.0000000001', '1e30'],
  ...['9223372036854775807', '9223372036854775808', '-9223372036854775808', '1e400', raw('1e3'), raw('0.10'), 0.1],
];
const INT_OR_STRING = [
  ...[0, 1, -1, 65536, 2 ** 31, '50%', '101%', '-1%', 'http', '', 'A_b', '5', 1.5],
  ...['%', '05%', '5.5%', '50 %', '1e1%', raw('1e0'), raw('-2147483649'), true],
];
const TIMES = [
  ...['2025-11-12T13:14:15Z', '2025-11-12T13:14:15.123456Z', 'yesterday', '', 5],
  ...['2025-11-12T13:14:15+01:00', '2025-11-12T13:14:15.1Z', '2025-11-12T13:14:15.123456789Z', '2025-11-12t13:14:15z'],
  ...['2025-02-30T00:00:00Z', '2025-11-12T13:14:60Z', '2025-11-12T24:00:00Z', '10000-01-01T00:00:00Z'],
  ...['0000-01-01T00:00:00Z', '0001-01-01T00:00:01Z', '2025-11-12 13:14:15Z', '2025-11-12', '2025-11-12T13:14:15,5Z'],
];
const BYTES = ['YQ==', '', 'a', '####', 'YQ', 'YQ==\n', ' YQ==', 'YR==', 'YQ=', '_-8=', '/+8='];
const KEYS = [
  ...['a', '', 'A b', 'example.com/x', '-', 'x'.repeat(64), 'kubernetes.io/x', 'cpu', 'a/b/c'],
  ...[
    `${'a.'.repeat(126)}a/x`,
    `${'a.'.repeat(126)}ab/x`,
    `a/${'y'.repeat(63)}`,
    'A.B/c',
    'a.b/',
    '/a',
    'ü',
    '__proto__',
  ],
];
const MAX_DEPTH = 4;

/** A valid value, as far as the schema and the examples know. */
export function exampleOf(definitions: Definitions, raw: Json, field: string, depth = 0): Json {
  const schema = resolved(definitions, raw);
  const known = schema.name === undefined ? undefined : examples.types[schema.name];
  if (known !== undefined) return structuredClone(known);
  if (schema.enum) return schema.enum[0];
  switch (schema.type) {
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return 1;
    case 'array':
      return depth > MAX_DEPTH ? [] : [exampleOf(definitions, schema.items, singular(field), depth + 1)];
    case 'object':
      if (!schema.properties) {
        return schema.additionalProperties && depth <= MAX_DEPTH
          ? { a: exampleOf(definitions, schema.additionalProperties, field, depth + 1) }
          : {};
      }
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [
          name,
          exampleOf(definitions, schema.properties?.[name], name, depth + 1),
        ]),
      );
    case 'string':
      return textsOf(schema, field)[0];
    default:
      return schema.format === 'int-or-string' ? 1 : { a: 1 };
  }
}

function singular(field: string): string {
  return field.replace(/e?s$/, '');
}

function textsOf(schema: Schema, field: string): readonly Json[] {
  if (schema.name === 'Quantity') return QUANTITIES;
  if (schema.format === 'date-time') return TIMES;
  if (schema.format === 'byte') return BYTES;
  const own = Object.entries(examples.texts).find(([pattern]) => new RegExp(pattern, 'i').test(field));
  return [...(own?.[1] ?? []), ...ANY_TEXT];
}

/** The values that a field of the schema is tried with; undefined: the field is left out. */
export function valuesOf(definitions: Definitions, raw: Json, field: string): Json[] {
  const schema = resolved(definitions, raw);
  const example = exampleOf(definitions, raw, field);
  if (schema.enum) return [undefined, ...schema.enum, ...misspelt(schema.enum[0] ?? ''), '', 'Nonsense', ...NO_TEXTS];
  if (schema.format === 'int-or-string') return [undefined, ...INT_OR_STRING, ...NO_TEXTS];
  switch (schema.type) {
    case 'boolean':
      return [undefined, true, false, 'true', 1];
    case 'integer':
      return [undefined, ...INTEGERS, null];
    case 'number':
      return [undefined, ...NUMBERS, null];
    case 'string':
      return [undefined, ...textsOf(schema, field), ...NO_TEXTS];
    case 'array':
      return listsOf(example[0]);
    case 'object':
      return schema.properties
        ? [undefined, example, {}, null, [], 'a', { unknown: 1, ...example }, ...unions(definitions, schema)]
        : mapsOf(definitions, schema, field);
    default:
      return [undefined, { a: 1 }, [], 1, 'a', null];
  }
}

function misspelt(value: string): string[] {
  return [value.toLowerCase(), value.toUpperCase(), ` ${value}`, `${value} `];
}

/** Empty, of one item, of one that stands twice, of one twice with another last field, of many, and wrong ones. */
function listsOf(item: Json): Json[] {
  const lists = [[], [item], [item, item], Array(40).fill(item), [null], [item, null], [[]], {}, 'a', null];
  if (typeof item !== 'object' || item === null) return [undefined, ...lists];
  const { [Object.keys(item).at(-1) ?? '']: _, ...rest } = item;
  return [undefined, ...lists, [item, rest], [rest, item], [{ ...item, unknown: 1 }]];
}

function mapsOf(definitions: Definitions, schema: Schema, field: string): Json[] {
  if (!schema.additionalProperties) return [undefined, {}, null, 'a', { a: 1 }];
  const value = exampleOf(definitions, schema.additionalProperties, field);
  const wrong = [null, 7, '', 'x'.repeat(64), 'a b'].map((each) => ({ a: each }));
  return [undefined, {}, null, [], ...KEYS.map((key) => ({ [key]: value })), ...wrong];
}

/** Each member alone, none of them required, and each two neighbours: of a union one may be given. */
function unions(definitions: Definitions, schema: Schema): Json[] {
  const names = Object.keys(schema.properties ?? {});
  if (schema.required && schema.required.length > 1) return [];
  const valued = names.map((name) => [name, exampleOf(definitions, schema.properties?.[name], name)] as const);
  return valued.flatMap((entry, index) => [
    Object.fromEntries([entry]),
    Object.fromEntries([entry, valued[(index + 1) % valued.length] ?? entry]),
  ]);
}
