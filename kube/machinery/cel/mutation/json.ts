/** Objects and operations that an expression made, as JSON (apiserver `pkg/cel/mutation/dynamic/objects.go`). */
import { binaryString } from '../../binary-string.ts';
import type { Json } from '../../object.ts';
import { formatSeconds, formatTimestamp } from '../values/time-formats.ts';
import {
  Dict,
  Duration,
  List,
  NativeDict,
  NativeList,
  Timestamp,
  typeName,
  UInt,
  type Value,
} from '../values/value.ts';
import { MadeObject, type MadeOperation } from './types.ts';

/** The value is none that JSON has. */
export class NoJsonError extends Error {}

/** Upstream has one more for each place where a type does not lie where its name says. Empty where all do. */
export function misplacedTypes(value: Value, path: string): string[] {
  const errors: string[] = [];
  if (value instanceof MadeObject) {
    const { name } = value.type;
    if (name !== path) {
      const expected = `expected ${JSON.stringify(path)}, which matches field name path from root Object type`;
      errors.push(`unexpected type name ${JSON.stringify(name)}, ${expected}`);
    }
    for (const [field, inner] of value.fields) errors.push(...misplacedTypes(inner, `${path}.${field}`));
  } else if (value instanceof NativeList) {
    for (const item of value.items) errors.push(...misplacedTypes(item, path));
  } else if (value instanceof Dict) {
    for (const key of value.keys()) errors.push(...misplacedTypes(value.find(key) as Value, path));
  }
  return errors;
}

/**
 * A value of an operation of a JSON patch, and of an applied configuration: there, what no JSON has is `foreign`. Throws
 * NoJsonError.
 */
export function jsonOf(value: Value, foreign?: (value: Value) => unknown): Json {
  const inner = (each: Value): Json => jsonOf(each, foreign);
  if (value instanceof MadeObject) return members([...value.fields], inner);
  if (value instanceof List) return Array.from({ length: value.size }, (_, i) => inner(value.at(i)));
  if (value instanceof Dict) {
    // A value that was read of an object is JSON already, null included.
    if (!(value instanceof NativeDict)) return value.raw() as Json;
    return members(
      value.keys().map((key) => [nameOf(key, foreign !== undefined), value.find(key) as Value]),
      inner,
    );
  }
  switch (typeof value) {
    case 'bigint':
      return numberOf(value);
    case 'string':
    case 'boolean':
    case 'number':
      return value;
    default:
      if (value instanceof UInt) return numberOf(value.value);
      return foreign ? (foreign(value) as Json) : protobufJson(value);
  }
}

function protobufJson(value: Value): Json {
  if (value === null) return null;
  if (value instanceof Uint8Array) return btoa(binaryString(value));
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatSeconds(value.nanos);
  const type = typeName(value).replace(/^.*\./, '');
  throw new NoJsonError(`type conversion error from '${type}' to '*structpb.Value'`);
}

function members(entries: readonly (readonly [string, Value])[], inner: (value: Value) => Json): Json {
  return Object.fromEntries(entries.map(([name, value]) => [name, inner(value)]));
}

function nameOf(key: Value, strict: boolean): string {
  if (typeof key === 'string') return key;
  if (!strict && (typeof key === 'bigint' || typeof key === 'boolean')) return String(key);
  if (!strict && key instanceof UInt) return String(key.value);
  throw new NoJsonError(`map key of type ${typeName(key)} is no string`);
}

/** A 64-bit integer that a double cannot hold is a string. */
function numberOf(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** The operations of a JSON patch. Throws NoJsonError. */
export function operationJson({ fields }: MadeOperation): Json {
  const operation: Record<string, Json> = { op: '', path: '' };
  for (const [name, value] of fields) {
    if (name !== 'from' || value !== '') operation[name] = name === 'value' ? jsonOf(value) : String(value);
  }
  return operation;
}
