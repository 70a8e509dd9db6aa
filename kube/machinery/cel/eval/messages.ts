/** Values of the messages that every expression knows (`check/well-known.ts`), made of their fields as cel-go does. */

import { binaryString } from '../../binary-string.ts';
import { structType, type Type } from '../check/type.ts';
import { TYPES_AS_VALUES, WELL_KNOWN } from '../check/well-known.ts';
import { formatSeconds, formatTimestamp } from '../values/time-formats.ts';
import {
  CelError,
  Dict,
  Duration,
  Foreign,
  List,
  NativeDict,
  NativeList,
  Optional,
  Timestamp,
  TypeValue,
  typeName,
  UInt,
  type Value,
} from '../values/value.ts';
import { unpacked } from './any-message.ts';
import { work } from './work.ts';

type Fields = ReadonlyMap<string, Value>;
/** The field's value in the type that the message has for it. */
type Convert = (value: Value) => Value;

const PREFIX = 'google.protobuf.';
const SECOND = 1_000_000_000n;
const MAX_NANOS = 2n ** 63n - 1n;

/** The full name of a message as it is written; undefined for other types. */
export function messageName(written: string): string | undefined {
  const name = written.startsWith('.') ? written.slice(1) : written;
  return WELL_KNOWN.has(name) ? name : undefined;
}

/** Whether it is a type that stands before braces alone. */
export function isNoValue(constant: Value | undefined): boolean {
  return constant instanceof TypeValue && WELL_KNOWN.has(constant.name) && !TYPES_AS_VALUES.has(constant.name);
}

export function makeMessage(type: string, fields: Fields): Value {
  const make = MAKERS.get(type.slice(PREFIX.length));
  return make ? make(fields, type) : new CelError(`unknown type '${type}'`);
}

/** The values that JSON in a message is made of: upstream copies them for nothing, however many they are. */
export function copiedValues(made: Value): number {
  let count = 0;
  if (made instanceof NativeList) for (const item of made.items) count += 1 + copiedValues(item);
  if (made instanceof NativeDict) for (const [, value] of made.entries.values()) count += 1 + copiedValues(value);
  return count;
}

class Empty extends Foreign {
  readonly type: Type = structType('google.protobuf.Empty');
  equals(other: Value): boolean {
    return other instanceof Empty;
  }
  toString(): string {
    return '';
  }
}

/** The error of a value of another type that is to become a Go type (`ConvertToNative` of each). */
function unfit(value: Value, wanted: string): CelError {
  switch (typeof value) {
    case 'bigint':
      return new CelError(`unsupported type conversion from 'int' to ${wanted}`);
    case 'string':
      return new CelError(`unsupported native conversion from string to '${wanted}'`);
    case 'number':
      return new CelError(`type conversion error from Double to '${wanted}'`);
  }
  if (typeof value === 'boolean') return new CelError(`type conversion error from bool to '${wanted}'`);
  if (value instanceof UInt) return new CelError(`unsupported type conversion from 'uint' to ${wanted}`);
  const name = value instanceof Uint8Array ? 'Bytes' : value === null ? "'null_type'" : typeName(value);
  return new CelError(`type conversion error from ${name.replace(PREFIX, '')} to '${wanted}'`);
}

const int =
  (bits: number): Convert =>
  (value) => {
    if (typeof value !== 'bigint') return unfit(value, `int${bits}`);
    return BigInt.asIntN(bits, value) === value ? value : new CelError('integer overflow');
  };
const uint =
  (bits: number): Convert =>
  (value) => {
    if (!(value instanceof UInt)) return unfit(value, `uint${bits}`);
    return BigInt.asUintN(bits, value.value) === value.value ? value : new CelError('unsigned integer overflow');
  };
const float =
  (bits: number): Convert =>
  (value) => {
    if (typeof value !== 'number') return unfit(value, `float${bits}`);
    return bits === 32 ? Math.fround(value) : value;
  };
const text: Convert = (value) => (typeof value === 'string' ? value : unfit(value, 'string'));
const flag: Convert = (value) => (typeof value === 'boolean' ? value : unfit(value, 'bool'));
const bytes: Convert = (value) => (value instanceof Uint8Array ? value : unfit(value, '[]uint8'));

function inField(type: string, name: string, { message }: CelError): CelError {
  return new CelError(`field type conversion error for ${type}.${name} value type: ${message}`);
}

/** The fields that were set, converted; an error names the field. */
function converted(type: string, fields: Fields, by: Readonly<Record<string, Convert>>): Map<string, Value> | CelError {
  const found = new Map<string, Value>();
  for (const [name, value] of fields) {
    const convert = by[name];
    const native = convert ? convert(value) : new CelError(`no such field: ${name}`);
    if (native instanceof CelError) {
      return inField(type, name, native);
    }
    found.set(name, native);
  }
  return found;
}

type Make = (fields: Fields, type: string) => Value;

const wrapper =
  (convert: Convert, zero: Value): Make =>
  (fields, type) => {
    const found = converted(type, fields, { value: convert });
    return found instanceof CelError ? found : (found.get('value') ?? zero);
  };

/** The nanoseconds of a time or duration. */
const time =
  (make: (nanos: bigint) => Value): Make =>
  (fields, type) => {
    const found = converted(type, fields, { seconds: int(64), nanos: int(32) });
    if (found instanceof CelError) return found;
    const of = (name: string): bigint => (found.get(name) as bigint | undefined) ?? 0n;
    return make(of('seconds') * SECOND + of('nanos'));
  };

/** A value as a `google.protobuf.Value` holds it, in which all numbers are doubles. */
function jsonValue(value: Value): Value {
  switch (typeof value) {
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case 'string':
    case 'boolean':
    case 'number':
      return value;
  }
  if (value === null || value instanceof CelError) return value;
  if (value instanceof UInt) return jsonValue(value.value);
  if (value instanceof Uint8Array) return btoa(binaryString(value));
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatSeconds(value.nanos);
  if (value instanceof List) return jsonList(value);
  if (value instanceof Dict) return jsonMap(value);
  if (value instanceof Empty) return new NativeDict([]);
  if (value instanceof Optional) return value.value === undefined ? null : jsonValue(value.value);
  if (value instanceof TypeValue) return new CelError("type conversion not supported for 'type'");
  return new CelError(`type conversion error from '${typeName(value)}' to '*structpb.Value'`);
}

function jsonList(list: List): Value {
  work(4 * list.size);
  const items = Array.from({ length: list.size }, (_, i) => jsonValue(list.at(i)));
  return items.find((item) => item instanceof CelError) ?? new NativeList(items);
}

function jsonMap(map: Dict): Value {
  work(4 * map.size);
  const entries: [Value, Value][] = [];
  for (const key of map.keys()) {
    if (typeof key !== 'string') return unfit(key, 'string');
    const value = jsonValue(map.find(key) as Value);
    if (value instanceof CelError) return value;
    entries.push([key, value]);
  }
  return new NativeDict(entries);
}

const list: Convert = (value) => (value instanceof List ? jsonList(value) : unfit(value, '*structpb.ListValue'));
const map: Convert = (value) => (value instanceof Dict ? jsonMap(value) : unfit(value, '*structpb.Struct'));

/** One field of several, of which the last that is set counts. */
const oneOf: Make = (fields, type) => {
  const found = converted(type, fields, {
    null_value: (value) => (typeof value === 'bigint' ? null : unfit(value, 'structpb.NullValue')),
    number_value: float(64),
    string_value: text,
    bool_value: flag,
    struct_value: map,
    list_value: list,
  });
  return found instanceof CelError ? found : ([...found.values()].at(-1) ?? null);
};

const collection =
  (name: string, convert: (value: Value) => Value | undefined, empty: () => Value): Make =>
  (fields, type) => {
    const value = fields.get(name);
    if (value === undefined) return empty();
    const found = convert(value);
    if (found === undefined) return new CelError(`unsupported field type for ${type}.${name}: ${typeName(value)}`);
    return found instanceof CelError ? inField(type, name, found) : found;
  };

/** Go's durations have 64 bits, and end there. */
function saturated(nanos: bigint): bigint {
  if (nanos > MAX_NANOS) return MAX_NANOS;
  return nanos < -MAX_NANOS - 1n ? -MAX_NANOS - 1n : nanos;
}

const MAKERS: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['BoolValue', wrapper(flag, false)],
  ['BytesValue', wrapper(bytes, new Uint8Array())],
  ['DoubleValue', wrapper(float(64), 0)],
  ['FloatValue', wrapper(float(32), 0)],
  ['Int32Value', wrapper(int(32), 0n)],
  ['Int64Value', wrapper(int(64), 0n)],
  ['StringValue', wrapper(text, '')],
  ['UInt32Value', wrapper(uint(32), new UInt(0n))],
  ['UInt64Value', wrapper(uint(64), new UInt(0n))],
  [
    'Any',
    (fields, type) => {
      const found = converted(type, fields, { type_url: text, value: bytes });
      return found instanceof CelError ? found : unpacked(found, makeMessage);
    },
  ],
  ['Duration', time((nanos) => new Duration(saturated(nanos)))],
  ['Empty', () => new Empty()],
  [
    'ListValue',
    collection(
      'values',
      (value) => (value instanceof List ? jsonList(value) : undefined),
      () => new NativeList([]),
    ),
  ],
  [
    'Struct',
    collection(
      'fields',
      (value) => (value instanceof Dict ? jsonMap(value) : undefined),
      () => new NativeDict([]),
    ),
  ],
  ['Timestamp', time((nanos) => new Timestamp(nanos))],
  ['Value', oneOf],
]);
