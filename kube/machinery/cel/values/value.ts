/**
 * The values of CEL (cel-go `common/types`): an int is a bigint, a double a number; strings, booleans and null are
 * those of JavaScript; bytes are a Uint8Array. The rest has a class here. An error is a value, too, since `&&`, `||` and
 * the macros built on them absorb it.
 */
import type { Type } from '../check/type.ts';
import { work } from '../eval/work.ts';

export class CelError {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

export const NO_SUCH_OVERLOAD = new CelError('no such overload');

export class UInt {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

export class Timestamp {
  /** Nanoseconds since 1970. */
  readonly nanos: bigint;
  /** Seconds east of UTC, as it was written. */
  readonly offset: number;
  constructor(nanos: bigint, offset = 0) {
    this.nanos = nanos;
    this.offset = offset;
  }
}

export class Duration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

export class TypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

export class Optional {
  static readonly none = new Optional(undefined);
  readonly value: Value | undefined;
  constructor(value: Value | undefined) {
    this.value = value;
  }
}

/** A list: of data that is read when it is asked for, or one that an expression has made. */
export abstract class List {
  abstract readonly size: number;
  /** `index` is within the list. */
  abstract at(index: number): Value;
  abstract concat(other: List): Value;
  equals(other: Value): boolean | CelError {
    if (!(other instanceof List)) return false;
    if (other.size !== this.size) return false;
    for (let i = 0; i < this.size; i++) {
      work(1);
      const same = equal(this.at(i), other.at(i));
      if (same !== true) return same;
    }
    return true;
  }
  /** The plain values, as JSON has them. */
  raw(): unknown[] {
    return Array.from({ length: this.size }, (_, i) => toJson(this.at(i)));
  }
}

export class NativeList extends List {
  readonly items: Value[];
  /** A list that a macro still builds: what is added to it is added in place. */
  growing: boolean;
  constructor(items: Value[], growing = false) {
    super();
    this.items = items;
    this.growing = growing;
  }
  get size(): number {
    return this.items.length;
  }
  at(index: number): Value {
    return this.items[index] as Value;
  }
  concat(...others: List[]): Value {
    if (!this.growing) work(others.reduce((sum, { size }) => sum + size, this.size));
    const items = this.growing ? this.items : [...this.items];
    for (const other of others) for (let i = 0; i < other.size; i++) items.push(other.at(i));
    return this.growing ? this : new NativeList(items);
  }
}

/** A map or an object. */
export abstract class Dict {
  abstract readonly size: number;
  /** undefined where the key is missing. */
  abstract find(key: Value): Value | undefined;
  abstract keys(): Value[];
  /** Whether the key is in it, which `find` may not tell where it has a value for any key. */
  has(key: Value): boolean {
    return this.find(key) !== undefined;
  }
  /** The name of the type, where it is an object of a declared one. */
  readonly typeName: string = 'map';
  equals(other: Value): boolean | CelError {
    if (!(other instanceof Dict)) return false;
    if (other.size !== this.size) return false;
    for (const key of this.keys()) {
      work(1);
      const theirs = other.find(key);
      if (theirs === undefined) return false;
      const same = equal(this.find(key) as Value, theirs);
      if (same !== true) return same;
    }
    return true;
  }
  raw(): unknown {
    return Object.fromEntries(this.keys().map((key) => [String(toJson(key)), toJson(this.find(key) as Value)]));
  }
}

/** Numbers that are equal are one key. */
export function keyOf(value: Value): string | undefined {
  switch (typeof value) {
    case 'string':
      return `s${value}`;
    case 'bigint':
      return `n${value}`;
    case 'number':
      return Number.isInteger(value) ? `n${BigInt(value)}` : `n${value}`;
    case 'boolean':
      return `b${value}`;
    default:
      return value instanceof UInt ? `n${value.value}` : undefined;
  }
}

export class NativeDict extends Dict {
  readonly entries: Map<string, [Value, Value]>;
  growing: boolean;
  constructor(entries: Iterable<[Value, Value]>, growing = false) {
    super();
    this.entries = new Map();
    for (const [key, value] of entries) this.entries.set(keyOf(key) ?? '', [key, value]);
    this.growing = growing;
  }
  get size(): number {
    return this.entries.size;
  }
  find(key: Value): Value | undefined {
    const name = keyOf(key);
    return name === undefined ? undefined : this.entries.get(name)?.[1];
  }
  keys(): Value[] {
    work(this.size);
    return [...this.entries.values()].map(([key]) => key);
  }
}

/** A value of a library: an address, a quantity, a URL. */
export abstract class Foreign {
  abstract readonly type: Type;
  abstract equals(other: Value): boolean | CelError;
  /** The number of bytes, for values that have a size. */
  get bytes(): number | undefined {
    return undefined;
  }
  abstract toString(): string;
}

export type Value =
  | bigint
  | number
  | string
  | boolean
  | null
  | UInt
  | Uint8Array
  | Timestamp
  | Duration
  | TypeValue
  | Optional
  | List
  | Dict
  | Foreign
  | CelError;

/** `Type().TypeName()` */
export function typeName(value: Value): string {
  switch (typeof value) {
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
  }
  if (value === null) return 'null_type';
  if (value instanceof UInt) return 'uint';
  if (value instanceof List) return 'list';
  if (value instanceof Dict) return value.typeName;
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof TypeValue) return 'type';
  if (value instanceof Optional) return 'optional_type';
  if (value instanceof Foreign) return value.type.name;
  return 'error';
}

/**
 * `Equal` of any two values; numbers of different types are compared by their value. No scalar equals an error, which an
 * old object may hold that does not fit its schema any more.
 */
export function equal(a: Value, b: Value): boolean | CelError {
  if (a instanceof CelError) return a;
  if (a === null || b === null) return a === b;
  if (typeof a === 'string' || typeof a === 'boolean') return a === b;
  if (isNumber(a)) return isNumber(b) && compareNumbers(a, b) === 0;
  if (a instanceof List || a instanceof Dict || a instanceof Foreign) return a.equals(b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && compareBytes(a, b) === 0;
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (!(b instanceof Optional)) return false;
  if (a.value === undefined || b.value === undefined) return a.value === b.value;
  return equal(a.value, b.value);
}

export type NumberValue = bigint | number | UInt;

export function isNumber(value: Value): value is NumberValue {
  return typeof value === 'bigint' || typeof value === 'number' || value instanceof UInt;
}

/** NaN where they cannot be compared. */
export function compareNumbers(a: NumberValue, b: NumberValue): number {
  const left = a instanceof UInt ? a.value : a;
  const right = b instanceof UInt ? b.value : b;
  if (left < right) return -1;
  if (left > right) return 1;
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number are compared by their value.
  return left == right ? 0 : Number.NaN;
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(a.length - b.length);
}

/** By code points, as Go's strings are by bytes. */
export function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (left === right) continue;
    const surrogate = (code: number) => code >= 0xd800 && code <= 0xdfff;
    if (surrogate(left) !== surrogate(right)) return surrogate(left) ? 1 : -1;
    return left < right ? -1 : 1;
  }
  return Math.sign(a.length - b.length);
}

/** The value as plain JSON; what JSON has no form for becomes its text. */
export function toJson(value: Value): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof UInt) return Number(value.value);
  if (value instanceof List || value instanceof Dict) return value.raw();
  if (value instanceof Optional) return value.value === undefined ? null : toJson(value.value);
  if (value instanceof Foreign) return value.toString();
  return value;
}
