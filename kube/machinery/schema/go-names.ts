/** The names of types in errors of Go's decoder (`encoding/json` UnmarshalTypeError, sigs.k8s.io/json). */
import type { Schema } from './schema.ts';

const SCALARS: Record<string, string> = {
  string: 'string',
  boolean: 'bool',
  number: 'float64',
  'int-or-string': 'int32',
  quantity: 'resource.Quantity',
  time: 'string',
  'micro-time': 'string',
  duration: 'string',
  bytes: '[]uint8',
};

/** `int32`, `v1.PodSpec`, `[]v1.Container`, `map[string]string`. */
export function goTypeName(schema: Schema): string {
  switch (schema.type) {
    case 'struct': {
      const [name, version] = schema.name.split('.').reverse();
      return `${version}.${name}`;
    }
    case 'list':
      if (schema.goType) return lastTwo(schema.goType);
      return `[]${innerName(schema.items)}`;
    case 'map':
      if (schema.goType) return lastTwo(schema.goType);
      return `map[${schema.keyType ? lastTwo(schema.keyType) : 'string'}]${innerName(schema.values)}`;
    case 'any':
      return 'interface {}';
    default:
      if (schema.goType) return lastTwo(schema.goType);
      return schema.type === 'integer' ? (schema.format ?? 'int64') : (SCALARS[schema.type] ?? '');
  }
}

/** Go's names of types with a decoder of their own, as they stand in the names of lists and maps of them. */
const INNER: Readonly<Record<string, string>> = {
  'int-or-string': 'intstr.IntOrString',
  time: 'v1.Time',
  'micro-time': 'v1.MicroTime',
  duration: 'v1.Duration',
};

function innerName(schema: Schema): string {
  return INNER[schema.type] ?? goTypeName(schema);
}

function lastTwo(name: string): string {
  return name.split('.').slice(-2).join('.');
}

/** The decoder's name of a value that does not fit. */
export function goValueName(value: unknown, numberText: boolean): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'object') return 'object';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' || typeof value === 'bigint') return numberText ? `number ${value}` : 'number';
  return typeof value;
}

/** Values that the converter has no other name for: `reflect.Kind`, and the types that JSON numbers become. */
function kindName(value: unknown): string {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'bigint') return 'int64';
  if (typeof value === 'boolean') return 'bool';
  return Array.isArray(value) ? 'slice' : typeof value === 'object' ? 'map' : 'string';
}

/**
 * Why an object in memory does not become a Go value (apimachinery `pkg/runtime/converter.go` fromUnstructured), which
 * is how a strategic merge patch is read; undefined for types that decode themselves, as from JSON.
 */
export function conversionError(schema: Schema, value: unknown): string | undefined {
  const [from, to] = [kindName(value), goTypeName(schema)];
  switch (schema.type) {
    case 'struct':
      return `cannot restore struct from: ${from}`;
    case 'map':
      return `cannot restore map from ${from}`;
    case 'list':
    case 'bytes':
      return `cannot restore slice from ${from}`;
    case 'string':
      return from === 'int64' ? `cannot convert int64 to ${to}` : 'unrecognized type: string';
    case 'integer':
      return typeof value === 'number' || typeof value === 'bigint'
        ? `cannot convert ${from} to ${to}`
        : `unrecognized type: ${schema.format ?? 'int64'}`;
    case 'boolean':
      return 'unrecognized type: bool';
    case 'number':
      return 'unrecognized type: float64';
    default:
      return undefined;
  }
}

const SHORT: Readonly<Record<string, string>> = { '\u0007': '\\a', '\b': '\\b', '\f': '\\f', '\v': '\\v' };

// biome-ignore lint/suspicious/noControlCharactersInRegex: Go writes these otherwise than JSON
const SPECIAL = /[\u0000-\u0007\u000b\u000e-\u001f\u007f]/;

/** No letter, mark, number, punctuation or symbol beyond ASCII. */
const UNPRINTABLE = /(?![ \x7f])[\p{Z}\p{C}]/gu;

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}

/** `strconv.Quote`: JSON's quoting but for characters that cannot be printed. */
export function goQuote(text: string): string {
  const quoted = JSON.stringify(text).replace(UNPRINTABLE, escaped);
  if (!SPECIAL.test(text)) return quoted;
  return quoted.replace(/\\(?:u00([01][0-9a-f])|.)|\u007f/g, (found, code: string | undefined) => {
    if (code === undefined && found.length > 1) return found;
    const point = code ?? '7f';
    return SHORT[String.fromCharCode(Number.parseInt(point, 16))] ?? `\\x${point}`;
  });
}
