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
      return `[]${goTypeName(schema.items)}`;
    case 'map':
      if (schema.goType) return lastTwo(schema.goType);
      return `map[string]${goTypeName(schema.values)}`;
    case 'any':
      return 'interface {}';
    default:
      if (schema.goType) return lastTwo(schema.goType);
      return schema.type === 'integer' ? (schema.format ?? 'int64') : (SCALARS[schema.type] ?? '');
  }
}

function lastTwo(name: string): string {
  return name.split('.').slice(-2).join('.');
}

/** The decoder's name of a value that does not fit. */
export function goValueName(value: unknown, numberText: boolean): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'object') return 'object';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' && numberText) return `number ${value}`;
  return typeof value;
}

/** `strconv.Quote`, as near as JSON's quoting is. */
export function goQuote(text: string): string {
  return JSON.stringify(text);
}
