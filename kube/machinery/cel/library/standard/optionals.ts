/**
 * Optional values (cel-go `cel/library.go`). `or` and `orValue` are evaluated by the evaluator, which may leave out the
 * right side.
 */
import {
  CelError,
  Dict,
  Duration,
  List,
  NativeList,
  Optional,
  Timestamp,
  UInt,
  type Value,
} from '../../values/value.ts';
import { type Library, overload } from '../define.ts';
import { itemsOf } from './lists.ts';

function isZero(value: Value): boolean {
  if (value instanceof List || value instanceof Dict) return value.size === 0;
  if (value instanceof Uint8Array) return value.length === 0;
  if (value instanceof UInt) return value.value === 0n;
  if (value instanceof Duration) return value.nanos === 0n;
  if (value instanceof Timestamp) return value.nanos === -62_135_596_800_000_000_000n;
  return value === null || value === '' || value === false || value === 0n || value === 0;
}

function unwrap(list: List): Value {
  const values: Value[] = [];
  for (const item of itemsOf(list)) {
    if (!(item instanceof Optional)) return new CelError(`value ${String(item)} is not optional`);
    if (item.value !== undefined) values.push(item.value);
  }
  return new NativeList(values);
}

export const OPTIONALS: Library = {
  'optional.of': [overload('optional_of', 'V -> optional(V)', (value: Value) => new Optional(value))],
  'optional.ofNonZeroValue': [
    overload('optional_ofNonZeroValue', 'V -> optional(V)', (value: Value) =>
      isZero(value) ? Optional.none : new Optional(value),
    ),
  ],
  'optional.none': [overload('optional_none', '-> optional(V)', () => Optional.none)],
  value: [
    overload('optional_value', '.optional(V) -> V', ({ value }: Optional) =>
      value === undefined ? new CelError('optional.none() dereference') : value,
    ),
  ],
  hasValue: [overload('optional_hasValue', '.optional(V) -> bool', ({ value }: Optional) => value !== undefined)],
  or: [overload('optional_or_optional', '.optional(V), optional(V) -> optional(V)')],
  orValue: [overload('optional_orValue_value', '.optional(V), V -> V')],
  'optional.unwrap': [overload('optional_unwrap', 'list(optional(V)) -> list(V)', unwrap)],
  unwrapOpt: [overload('optional_unwrapOpt', '.list(optional(V)) -> list(V)', unwrap)],
};
