/** The order of values (cel-go `common/stdlib/standard.go`, `common/types`). */
import {
  CelError,
  compareBytes,
  compareNumbers,
  compareStrings,
  Duration,
  isNumber,
  NO_SUCH_OVERLOAD,
  Timestamp,
  type Value,
} from '../../values/value.ts';
import { type CelFunction, type Overload, overload } from '../define.ts';

/** `Compare`: -1, 0, 1, or an error. NaN is neither less nor greater. */
export function compare(a: Value, b: Value): number | CelError {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  if (isNumber(a)) {
    if (!isNumber(b)) return NO_SUCH_OVERLOAD;
    const order = compareNumbers(a, b);
    return Number.isNaN(order) ? new CelError('NaN values cannot be ordered') : order;
  }
  if (typeof a === 'string') return typeof b === 'string' ? compareStrings(a, b) : NO_SUCH_OVERLOAD;
  if (typeof a === 'boolean') return typeof b === 'boolean' ? Number(a) - Number(b) : NO_SUCH_OVERLOAD;
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? compareBytes(a, b) : NO_SUCH_OVERLOAD;
  const times = (a instanceof Timestamp && b instanceof Timestamp) || (a instanceof Duration && b instanceof Duration);
  if (times) return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
  return NO_SUCH_OVERLOAD;
}

export function isComparable(value: Value): boolean {
  return (
    isNumber(value) ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    value instanceof Uint8Array ||
    value instanceof Timestamp ||
    value instanceof Duration
  );
}

const comparison =
  (fn: string, test: (order: number) => boolean) =>
  (a: Value, b: Value): Value => {
    if (!isComparable(a)) return new CelError(`no such overload: ${fn}`);
    const order = compare(a, b);
    return order instanceof CelError ? order : test(order);
  };

const ORDERED =
  'bool int64 int64_double int64_uint64 uint64 uint64_double uint64_int64 double double_int64 double_uint64 string bytes timestamp duration';
const CEL_NAME: Readonly<Record<string, string>> = { int64: 'int', uint64: 'uint' };

function comparisons(name: string): Overload[] {
  return ORDERED.split(' ').map((types) => {
    const [left = '', right = left] = types.split('_').map((type) => CEL_NAME[type] ?? type);
    return overload(`${name}_${types}`, `${left}, ${right} -> bool`);
  });
}

const TESTS: readonly [string, string, (order: number) => boolean][] = [
  ['_<_', 'less', (order) => order < 0],
  ['_<=_', 'less_equals', (order) => order <= 0],
  ['_>_', 'greater', (order) => order > 0],
  ['_>=_', 'greater_equals', (order) => order >= 0],
];

export const COMPARISONS: readonly CelFunction[] = TESTS.map(([name, id, test]) => ({
  name,
  overloads: comparisons(id),
  operator: comparison(name, test) as CelFunction['operator'],
}));
