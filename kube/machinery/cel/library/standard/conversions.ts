/** Conversions between types, and sizes (cel-go `common/types/*.go`). */
import { goFloat64 } from '../../../go-number.ts';
import { workOn } from '../../eval/work.ts';
import { formatSeconds, formatTimestamp, isTime, parseDuration, parseTimestamp } from '../../values/time-formats.ts';
import {
  CelError,
  Dict,
  Duration,
  List,
  Timestamp,
  TypeValue,
  typeName,
  UInt,
  type Value,
} from '../../values/value.ts';
import { type CelFunction, overload } from '../define.ts';
import { toInt, toUInt } from './operators.ts';

const SECOND = 1_000_000_000n;

const SURROGATE = /[\ud800-\udfff]/;

export function sizeOf(value: Value): number | undefined {
  if (typeof value === 'string') return codePoints(value);
  if (value instanceof List || value instanceof Dict) return value.size;
  return value instanceof Uint8Array ? value.length : undefined;
}

export function codePoints(text: string): number {
  workOn(text);
  if (!SURROGATE.test(text)) return text.length;
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xd800 && code <= 0xdbff) {
      count--;
      i++;
    }
  }
  return count;
}

function conversionError(from: string, to: string): CelError {
  return new CelError(`type conversion error from '${from}' to '${to}'`);
}

/** Go's `strconv.FormatFloat(value, 'g', -1)`. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

export function toText(value: Value): Value {
  switch (typeof value) {
    case 'string':
      return value;
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'number':
      return formatDouble(value);
  }
  if (value instanceof UInt) return String(value.value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatSeconds(value.nanos);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Uint8Array) {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
    } catch {
      return new CelError('invalid UTF-8 in bytes, cannot convert to string');
    }
  }
  return conversionError(typeName(value), 'string');
}

const BOOLS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
]);

function stringToDouble(text: string): Value {
  return goFloat64(text) ?? conversionError('string', 'double');
}

function doubleToInt(value: number): Value {
  if (Number.isNaN(value) || !Number.isFinite(value)) return new CelError('integer overflow');
  // Upstream refuses the outermost doubles, which other languages may not represent.
  return value <= -(2 ** 63) || value >= 2 ** 63 ? new CelError('integer overflow') : BigInt(Math.trunc(value));
}

const identity = (value: Value): Value => value;
const TIMESTAMP = 'google.protobuf.Timestamp';
const DURATION = 'google.protobuf.Duration';

/** Without zeros before them; undefined where there are more than a number of 64 bits has. */
function digitsOf(text: string): string | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const digits = text.replace(/^0+(?=\d)/, '');
  return digits.length <= 20 ? digits : undefined;
}

function stringToInt(text: string): Value {
  const digits = digitsOf(text.replace(/^[+-]/, ''));
  if (digits === undefined) return conversionError('string', 'int');
  const value = toInt(BigInt(text.startsWith('-') ? `-${digits}` : digits));
  return value instanceof CelError ? conversionError('string', 'int') : value;
}

function stringToUint(text: string): Value {
  const digits = digitsOf(text);
  const value = digits === undefined ? undefined : toUInt(BigInt(digits));
  return value === undefined || value instanceof CelError ? conversionError('string', 'uint') : value;
}

function doubleToUint(value: number): Value {
  if (!(value >= 0) || value >= 2 ** 64) return new CelError('unsigned integer overflow');
  return new UInt(BigInt(Math.trunc(value)));
}

function intToTimestamp(seconds: bigint): Value {
  const nanos = seconds * SECOND;
  const valid = seconds >= -62_135_596_800n && seconds <= 253_402_300_799n;
  return valid ? new Timestamp(nanos) : new CelError('timestamp overflow');
}

export const CONVERSIONS: readonly CelFunction[] = [
  {
    name: 'size',
    overloads: [
      overload('size_bytes', 'bytes -> int'),
      overload('bytes_size', '.bytes -> int'),
      overload('size_list', 'list(A) -> int'),
      overload('list_size', '.list(A) -> int'),
      overload('size_map', 'map(A, B) -> int'),
      overload('map_size', '.map(A, B) -> int'),
      overload('size_string', 'string -> int'),
      overload('string_size', '.string -> int'),
    ],
    operator: (value) => {
      const size = sizeOf(value as Value);
      return size === undefined ? new CelError('no such overload: size') : BigInt(size);
    },
  },
  {
    name: 'type',
    overloads: [overload('type', 'A -> type(A)')],
    operator: (value) => new TypeValue(typeName(value as Value)),
  },
  {
    name: 'bool',
    overloads: [
      overload('bool_to_bool', 'bool -> bool', identity),
      overload(
        'string_to_bool',
        'string -> bool',
        (text: string) => BOOLS.get(text) ?? conversionError('string', 'bool'),
      ),
    ],
  },
  {
    name: 'bytes',
    overloads: [
      overload('bytes_to_bytes', 'bytes -> bytes', identity),
      overload('string_to_bytes', 'string -> bytes', (text: string) => new TextEncoder().encode(text)),
    ],
  },
  {
    name: 'double',
    overloads: [
      overload('double_to_double', 'double -> double', identity),
      overload('int64_to_double', 'int -> double', (value: bigint) => Number(value)),
      overload('string_to_double', 'string -> double', stringToDouble),
      overload('uint64_to_double', 'uint -> double', ({ value }: UInt) => Number(value)),
    ],
  },
  {
    name: 'duration',
    overloads: [
      overload('duration_to_duration', 'duration -> duration', identity),
      overload('int64_to_duration', 'int -> duration', () => conversionError('int', DURATION)),
      overload('string_to_duration', 'string -> duration', (text: string) => {
        const nanos = parseDuration(text);
        return nanos === undefined ? conversionError('string', DURATION) : new Duration(nanos);
      }),
    ],
  },
  { name: 'dyn', overloads: [overload('to_dyn', 'A -> dyn')], operator: identity as CelFunction['operator'] },
  {
    name: 'int',
    overloads: [
      overload('int64_to_int64', 'int -> int', identity),
      overload('double_to_int64', 'double -> int', doubleToInt),
      overload('duration_to_int64', 'duration -> int', ({ nanos }: Duration) => nanos),
      overload('string_to_int64', 'string -> int', stringToInt),
      overload('timestamp_to_int64', 'timestamp -> int', ({ nanos }: Timestamp) => {
        return nanos < 0n && nanos % SECOND !== 0n ? nanos / SECOND - 1n : nanos / SECOND;
      }),
      overload('uint64_to_int64', 'uint -> int', ({ value }: UInt) => toInt(value)),
    ],
  },
  {
    name: 'string',
    overloads: [
      overload('string_to_string', 'string -> string', identity),
      ...['bool', 'bytes', 'double', 'duration', 'int', 'timestamp', 'uint'].map((type) => {
        const id = type === 'int' ? 'int64' : type === 'uint' ? 'uint64' : type;
        return overload(`${id}_to_string`, `${type} -> string`, toText);
      }),
    ],
  },
  {
    name: 'timestamp',
    overloads: [
      overload('timestamp_to_timestamp', 'timestamp -> timestamp', identity),
      overload('int64_to_timestamp', 'int -> timestamp', intToTimestamp),
      overload('string_to_timestamp', 'string -> timestamp', (text: string) => {
        const time = parseTimestamp(text);
        if (!time) return conversionError('string', TIMESTAMP);
        return isTime(time.nanos) ? time : new CelError('timestamp overflow');
      }),
    ],
  },
  {
    name: 'uint',
    overloads: [
      overload('uint64_to_uint64', 'uint -> uint', identity),
      overload('double_to_uint64', 'double -> uint', doubleToUint),
      overload('int64_to_uint64', 'int -> uint', toUInt),
      overload('string_to_uint64', 'string -> uint', stringToUint),
    ],
  },
];
