/** Operators (cel-go `common/stdlib/standard.go`). */

import { goFloat } from '../../../go-number.ts';
import { isTime } from '../../values/time-formats.ts';
import {
  CelError,
  Dict,
  Duration,
  equal,
  List,
  NO_SUCH_OVERLOAD,
  Timestamp,
  UInt,
  type Value,
} from '../../values/value.ts';
import { type CelFunction, overload } from '../define.ts';
import { COMPARISONS } from './comparisons.ts';

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;

const DIVISION = new CelError('division by zero');

export function toInt(value: bigint): Value {
  return value < MIN_INT || value > MAX_INT ? new CelError('integer overflow') : value;
}

export function toUInt(value: bigint): Value {
  return value < 0n || value > MAX_UINT ? new CelError('unsigned integer overflow') : new UInt(value);
}

function toDuration(nanos: bigint): Value {
  return nanos < MIN_INT || nanos > MAX_INT ? new CelError('integer overflow') : new Duration(nanos);
}

function toTime(nanos: bigint, offset: number): Value {
  return isTime(nanos) ? new Timestamp(nanos, offset) : new CelError('timestamp overflow');
}

function without(fn: string): CelError {
  return new CelError(`no such overload: ${fn}`);
}

export function add(a: Value, b: Value): Value {
  if (typeof a === 'bigint') return typeof b === 'bigint' ? toInt(a + b) : NO_SUCH_OVERLOAD;
  if (typeof a === 'string') return typeof b === 'string' ? a + b : NO_SUCH_OVERLOAD;
  if (typeof a === 'number') return typeof b === 'number' ? a + b : NO_SUCH_OVERLOAD;
  if (a instanceof List) return b instanceof List ? a.concat(b) : NO_SUCH_OVERLOAD;
  if (a instanceof UInt) return b instanceof UInt ? toUInt(a.value + b.value) : NO_SUCH_OVERLOAD;
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? Uint8Array.from([...a, ...b]) : NO_SUCH_OVERLOAD;
  if (a instanceof Timestamp) return b instanceof Duration ? toTime(a.nanos + b.nanos, a.offset) : NO_SUCH_OVERLOAD;
  if (!(a instanceof Duration)) return without('_+_');
  if (b instanceof Timestamp) return toTime(a.nanos + b.nanos, b.offset);
  return b instanceof Duration ? toDuration(a.nanos + b.nanos) : NO_SUCH_OVERLOAD;
}

function subtract(a: Value, b: Value): Value {
  if (typeof a === 'bigint') return typeof b === 'bigint' ? toInt(a - b) : NO_SUCH_OVERLOAD;
  if (typeof a === 'number') return typeof b === 'number' ? a - b : NO_SUCH_OVERLOAD;
  if (a instanceof UInt) return b instanceof UInt ? toUInt(a.value - b.value) : NO_SUCH_OVERLOAD;
  if (a instanceof Duration) return b instanceof Duration ? toDuration(a.nanos - b.nanos) : NO_SUCH_OVERLOAD;
  if (!(a instanceof Timestamp)) return without('_-_');
  if (b instanceof Timestamp) return toDuration(a.nanos - b.nanos);
  return b instanceof Duration ? toTime(a.nanos - b.nanos, a.offset) : NO_SUCH_OVERLOAD;
}

function multiply(a: Value, b: Value): Value {
  if (typeof a === 'bigint') return typeof b === 'bigint' ? toInt(a * b) : NO_SUCH_OVERLOAD;
  if (typeof a === 'number') return typeof b === 'number' ? a * b : NO_SUCH_OVERLOAD;
  if (a instanceof UInt) return b instanceof UInt ? toUInt(a.value * b.value) : NO_SUCH_OVERLOAD;
  return without('_*_');
}

function divide(a: Value, b: Value): Value {
  if (typeof a === 'number') return typeof b === 'number' ? a / b : NO_SUCH_OVERLOAD;
  if (typeof a === 'bigint') return typeof b !== 'bigint' ? NO_SUCH_OVERLOAD : b === 0n ? DIVISION : toInt(a / b);
  if (!(a instanceof UInt)) return without('_/_');
  if (!(b instanceof UInt)) return NO_SUCH_OVERLOAD;
  return b.value === 0n ? DIVISION : toUInt(a.value / b.value);
}

function modulo(a: Value, b: Value): Value {
  if (!(typeof a === 'bigint' || a instanceof UInt)) return without('_%_');
  const zero = new CelError('modulus by zero');
  if (typeof a === 'bigint') {
    if (typeof b !== 'bigint') return NO_SUCH_OVERLOAD;
    if (b === 0n) return zero;
    return a === MIN_INT && b === -1n ? new CelError('integer overflow') : a % b;
  }
  if (!(b instanceof UInt)) return NO_SUCH_OVERLOAD;
  return b.value === 0n ? zero : new UInt(a.value % b.value);
}

function contains(item: Value, container: Value): Value {
  if (container instanceof List) {
    for (let i = 0; i < container.size; i++) {
      const found = equal(container.at(i), item);
      if (found === true) return true;
    }
    return false;
  }
  if (!(container instanceof Dict)) return NO_SUCH_OVERLOAD;
  const found = container.find(item);
  return found instanceof CelError ? found : container.has(item);
}

function negate(value: Value): Value {
  if (typeof value === 'bigint') return toInt(-value);
  if (typeof value === 'number') return -value;
  if (value instanceof Duration) return toDuration(-value.nanos);
  const isOther = typeof value === 'boolean' || typeof value === 'string' || value instanceof Timestamp;
  return isOther ? NO_SUCH_OVERLOAD : without('-_');
}

/** The place that an index names, or an error with upstream's words. */
function position(list: List, index: Value): number | CelError {
  let at: number;
  if (typeof index === 'bigint') at = Number(index);
  else if (index instanceof UInt) at = Number(index.value);
  else if (typeof index === 'number' && Number.isInteger(index)) at = index;
  else if (typeof index === 'number') return new CelError(`unsupported index value ${goFloat(index)} in list`);
  else return new CelError(`unsupported index type '${indexType(index)}' in list`);
  return at >= 0 && at < list.size
    ? at
    : new CelError(`index out of bounds: ${typeof index === 'bigint' ? index : at}`);
}

function indexType(value: Value): string {
  return typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'bool' : 'double';
}

/** `container[key]`; `missing` is what upstream calls the key. */
export function select(container: Value, key: Value): Value {
  if (container instanceof CelError) return container;
  if (key instanceof CelError) return key;
  if (container instanceof List) {
    const at = position(container, key);
    return typeof at === 'number' ? container.at(at) : at;
  }
  const found = container instanceof Dict ? container.find(key) : undefined;
  return found ?? (found === null ? null : new CelError(`no such key: ${printKey(key)}`));
}

/** undefined where there is no such key or index. */
export function lookup(container: Value, key: Value): Value | undefined {
  if (container instanceof CelError) return container;
  if (container instanceof Dict) return container.find(key);
  if (!(container instanceof List)) return undefined;
  const at = position(container, key);
  return typeof at === 'number' ? container.at(at) : undefined;
}

function printKey(key: Value): string {
  if (typeof key === 'object' && key !== null) return key instanceof UInt ? String(key.value) : '';
  return String(key);
}

export const OPERATORS: readonly CelFunction[] = [
  { name: '_?_:_', overloads: [overload('conditional', 'bool, A, A -> A')] },
  { name: '_&&_', overloads: [overload('logical_and', 'bool, bool -> bool')] },
  { name: '_||_', overloads: [overload('logical_or', 'bool, bool -> bool')] },
  {
    name: '!_',
    overloads: [overload('logical_not', 'bool -> bool')],
    operator: (value) => (typeof value === 'boolean' ? !value : NO_SUCH_OVERLOAD),
  },
  { name: '@not_strictly_false', overloads: [overload('not_strictly_false', 'bool -> bool')] },
  { name: '_==_', overloads: [overload('equals', 'A, A -> bool')], operator: (a, b) => equal(a as Value, b as Value) },
  {
    name: '_!=_',
    overloads: [overload('not_equals', 'A, A -> bool')],
    operator: (a, b) => {
      const same = equal(a as Value, b as Value);
      return typeof same === 'boolean' ? !same : same;
    },
  },
  {
    name: '_+_',
    operator: (a, b) => add(a as Value, b as Value),
    overloads: [
      overload('add_bytes', 'bytes, bytes -> bytes'),
      overload('add_double', 'double, double -> double'),
      overload('add_duration_duration', 'duration, duration -> duration'),
      overload('add_duration_timestamp', 'duration, timestamp -> timestamp'),
      overload('add_timestamp_duration', 'timestamp, duration -> timestamp'),
      overload('add_int64', 'int, int -> int'),
      overload('add_list', 'list(A), list(A) -> list(A)'),
      overload('add_string', 'string, string -> string'),
      overload('add_uint64', 'uint, uint -> uint'),
    ],
  },
  {
    name: '_/_',
    operator: (a, b) => divide(a as Value, b as Value),
    overloads: [
      overload('divide_double', 'double, double -> double'),
      overload('divide_int64', 'int, int -> int'),
      overload('divide_uint64', 'uint, uint -> uint'),
    ],
  },
  {
    name: '_%_',
    operator: (a, b) => modulo(a as Value, b as Value),
    overloads: [overload('modulo_int64', 'int, int -> int'), overload('modulo_uint64', 'uint, uint -> uint')],
  },
  {
    name: '_*_',
    operator: (a, b) => multiply(a as Value, b as Value),
    overloads: [
      overload('multiply_double', 'double, double -> double'),
      overload('multiply_int64', 'int, int -> int'),
      overload('multiply_uint64', 'uint, uint -> uint'),
    ],
  },
  {
    name: '-_',
    operator: (value) => negate(value as Value),
    overloads: [overload('negate_double', 'double -> double'), overload('negate_int64', 'int -> int')],
  },
  {
    name: '_-_',
    operator: (a, b) => subtract(a as Value, b as Value),
    overloads: [
      overload('subtract_double', 'double, double -> double'),
      overload('subtract_duration_duration', 'duration, duration -> duration'),
      overload('subtract_int64', 'int, int -> int'),
      overload('subtract_timestamp_duration', 'timestamp, duration -> timestamp'),
      overload('subtract_timestamp_timestamp', 'timestamp, timestamp -> duration'),
      overload('subtract_uint64', 'uint, uint -> uint'),
    ],
  },
  ...COMPARISONS,
  {
    name: '_[_]',
    overloads: [
      overload('index_list', 'list(A), int -> A'),
      overload('index_map', 'map(A, B), A -> B'),
      overload('optional_list_index_int', 'optional(list(V)), int -> optional(V)'),
      overload('optional_map_index_value', 'optional(map(K, V)), K -> optional(V)'),
    ],
  },
  {
    name: '_[?_]',
    overloads: [
      overload('list_optindex_optional_int', 'list(V), int -> optional(V)'),
      overload('optional_list_optindex_optional_int', 'optional(list(V)), int -> optional(V)'),
      overload('map_optindex_optional_value', 'map(K, V), K -> optional(V)'),
      overload('optional_map_optindex_optional_value', 'optional(map(K, V)), K -> optional(V)'),
    ],
  },
  { name: '_?._', overloads: [overload('select_optional_field', 'dyn, string -> optional(V)')] },
  {
    name: '@in',
    overloads: [overload('in_list', 'A, list(A) -> bool'), overload('in_map', 'A, map(A, B) -> bool')],
    operator: (item, container) => contains(item as Value, container as Value),
  },
];
