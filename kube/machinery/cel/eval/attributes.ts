/** Fields and indexes of values (cel-go `interpreter/attributes.go`). */
import { lookup } from '../library/standard/operators.ts';
import type { Expr } from '../syntax/ast.ts';
import {
  CelError,
  Duration,
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
import type { Frame, Step } from './frame.ts';

/** Reads of a variable and its fields, which cost nothing of their own in some places. */
export function isAttribute(expr: Expr): boolean {
  if (expr.kind === 'ident') return expr.constant === undefined;
  if (expr.kind === 'select') return !expr.test;
  return expr.kind === 'call' && ['_[_]', '_[?_]', '_?._', '_?_:_'].includes(expr.fn);
}

/** A fresh list or map to which a macro adds in place. */
export function growing(value: Value): Value {
  if (value instanceof NativeList && value.size === 0) return new NativeList([], true);
  return value instanceof NativeDict && value.size === 0 ? new NativeDict([], true) : value;
}

export function hasField(value: Value, field: string): Value {
  if (value instanceof CelError) return value;
  if (value instanceof Optional) return value.value !== undefined && hasField(value.value, field);
  if (value instanceof List) return new CelError("unsupported index type 'string' in list");
  const found = lookup(value, field);
  return found instanceof CelError ? found : found !== undefined;
}

/**
 * The value that a variable or a condition gives: upstream takes an optional apart there and puts it together again, by
 * which one within another is lost (`applyQualifiers`).
 */
export function flattened(value: Value): Value {
  if (!(value instanceof Optional && value.value instanceof Optional)) return value;
  let inner: Value | undefined = value.value;
  while (inner instanceof Optional) inner = inner.value;
  return new Optional(inner ?? null);
}

export function ofOptional(frame: Frame, optional: Optional, key: Value): Value {
  const { value } = flattened(optional) as Optional;
  if (value === undefined) return Optional.none;
  const found = lookup(value, key);
  if (found === undefined) return Optional.none;
  frame.charge(1);
  return found instanceof CelError ? found : new Optional(found);
}

export function freeMembership(item: Step, run: (...args: Value[]) => Value, list: List): Step {
  return (frame) => {
    if (list.size === 0) return false;
    const value = item(frame);
    return value instanceof CelError ? value : run(value, list);
  };
}

/** The key, or the error of one that upstream makes no qualifier of. */
export function qualifier(key: Value): Value {
  if (key instanceof TypeValue) return new CelError('invalid qualifier type: *types.Type');
  const isWrong = key === null || key instanceof Uint8Array || key instanceof Timestamp || key instanceof Duration;
  return isWrong ? new CelError(`invalid qualifier type: types.${goTypeName(key)}`) : key;
}

/** A list of literals, in which upstream looks values up as in a set, at no cost. */
export function isSet(value: Value | undefined): value is NativeList {
  if (!(value instanceof NativeList)) return false;
  return value.items.every(
    (item) => ['string', 'bigint', 'number', 'boolean'].includes(typeof item) || item instanceof UInt,
  );
}

/** As upstream's error has it. */
export function goTypeName(value: Value): string {
  if (value instanceof TypeValue) return '*Type';
  if (value instanceof Optional) return '*Optional';
  const name = typeName(value)
    .replace(/^google\.protobuf\./, '')
    .replace(/_type$/, '');
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
