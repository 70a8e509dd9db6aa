/**
 * Functions of lists and sets (cel-go `ext/lists.go` at version 3, `ext/sets.go`; apiserver
 * `pkg/cel/library/lists.go`).
 */
import { work } from '../../eval/work.ts';
import {
  CelError,
  type Dict,
  Duration,
  equal,
  List,
  NativeDict,
  NativeList,
  NO_SUCH_OVERLOAD,
  Optional,
  typeName,
  UInt,
  type Value,
} from '../../values/value.ts';
import { type CelFunction, type Library, overload, templated } from '../define.ts';
import { compare, isComparable } from './comparisons.ts';
import { add } from './operators.ts';

const COMPARABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const ZERO: Readonly<Record<string, Value>> = { int: 0n, uint: new UInt(0n), double: 0, duration: new Duration(0n) };
/** A longer list, which upstream would build and then charge for, would fill the memory here. */
const MAX_ITEMS = 2_000_000n;

export function itemsOf(list: List): Value[] {
  return list instanceof NativeList ? list.items : Array.from({ length: list.size }, (_, i) => list.at(i));
}

function isSorted(list: List): Value {
  const items = itemsOf(list);
  return items.every((item, i) => i === 0 || compare(items[i - 1] as Value, item) !== 1);
}

function sum(list: List, zero: Value): Value {
  let total = zero;
  for (const item of itemsOf(list)) {
    total = add(total, item);
    if (total instanceof CelError) return total;
  }
  return total;
}

function extreme(list: List, name: string, replaces: number): Value {
  let found: Value | undefined;
  for (const item of itemsOf(list)) {
    if (!isComparable(item)) return NO_SUCH_OVERLOAD;
    if (found === undefined || compare(found, item) === replaces) found = item;
  }
  return found === undefined ? new CelError(`${name} called on empty list`) : found;
}

function indexOf(list: List, item: Value): Value {
  return BigInt(itemsOf(list).findIndex((other) => equal(other, item) === true));
}

function lastIndexOf(list: List, item: Value): Value {
  return BigInt(itemsOf(list).findLastIndex((other) => equal(other, item) === true));
}

function slice(list: List, start: bigint, end: bigint): Value {
  const call = `cannot slice(${start}, ${end})`;
  if (start < 0n || end < 0n) return new CelError(`${call}, negative indexes not supported`);
  if (start > end) return new CelError(`${call}, start index must be less than or equal to end index`);
  if (BigInt(list.size) < end) return new CelError(`${call}, list is length ${list.size}`);
  return new NativeList(itemsOf(list).slice(Number(start), Number(end)));
}

function flatten(list: List, depth: bigint): Value {
  if (depth < 0n) return new CelError('level must be non-negative');
  const flat = (items: Value[], left: bigint): Value[] => {
    work(items.length);
    return items.flatMap((item) => (item instanceof List && left > 0n ? flat(itemsOf(item), left - 1n) : [item]));
  };
  return new NativeList(flat(itemsOf(list), depth));
}

function sortByKeys(list: List, keys: List): Value {
  if (list.size !== keys.size) {
    return new CelError(
      `@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${list.size} and ${keys.size} elements respectively`,
    );
  }
  const order = itemsOf(keys);
  const [first] = order;
  if (first === undefined) return list;
  if (!isComparable(first)) return new CelError('list elements must be comparable');
  if (order.some((key) => typeName(key) !== typeName(first))) {
    return new CelError('list elements must have the same type');
  }
  const items = itemsOf(list);
  const positions = items.map((_, i) => i);
  positions.sort((a, b) => {
    const result = compare(order[a] as Value, order[b] as Value);
    return typeof result === 'number' ? result : 0;
  });
  return new NativeList(positions.map((i) => items[i] as Value));
}

function range(count: bigint): Value {
  if (count > MAX_ITEMS) return new CelError('the list is too long');
  return new NativeList(Array.from({ length: Math.max(Number(count), 0) }, (_, i) => BigInt(i)));
}

function distinct(list: List): Value {
  const found: Value[] = [];
  for (const item of itemsOf(list)) {
    if (!found.some((other) => equal(item, other) === true)) found.push(item);
  }
  return new NativeList(found);
}

function has(list: List, item: Value): boolean {
  return itemsOf(list).some((other) => equal(other, item) === true);
}

const includes = (list: List, part: List) => itemsOf(part).every((item) => has(list, item));

const sortId = (type: string) =>
  type === 'duration' ? 'google.protobuf.Duration' : type === 'timestamp' ? 'google.protobuf.Timestamp' : type;

/** `cel.@mapInsert`: what transformMap adds by. */
function insert(dict: Dict, key: Value, value: Value): Value {
  const target = dict instanceof NativeDict && dict.growing ? dict : copyOf(dict);
  const found = target.find(key);
  if (found !== undefined) return new CelError(`insert failed: key ${String(key)} already exists`);
  return setEntry(target, key, value);
}

function setEntry(target: NativeDict, key: Value, value: Value): Value {
  for (const [name, entry] of new NativeDict([[key, value]]).entries) target.entries.set(name, entry);
  return target;
}

function copyOf(dict: Dict): NativeDict {
  return new NativeDict(dict.keys().map((key): [Value, Value] => [key, dict.find(key) as Value]));
}

function insertAll(dict: Dict, other: Dict): Value {
  let result: Value = dict;
  for (const key of other.keys()) {
    result = insert(result as Dict, key, other.find(key) as Value);
    if (result instanceof CelError) return result;
  }
  return result;
}

const optional = (value: Value | undefined) => (value === undefined ? Optional.none : new Optional(value));

export const LISTS: Library = {
  isSorted: templated(COMPARABLE, (type) =>
    overload(`list_${type}_is_sorted_bool`, `.list(${type}) -> bool`, isSorted),
  ),
  sum: templated(Object.keys(ZERO), (type) =>
    overload(`list_${type}_sum_${type}`, `.list(${type}) -> ${type}`, (list: List) => sum(list, ZERO[type] as Value)),
  ),
  max: templated(COMPARABLE, (type) =>
    overload(`list_${type}_max_${type}`, `.list(${type}) -> ${type}`, (list: List) => extreme(list, 'max', -1)),
  ),
  min: templated(COMPARABLE, (type) =>
    overload(`list_${type}_min_${type}`, `.list(${type}) -> ${type}`, (list: List) => extreme(list, 'min', 1)),
  ),
  indexOf: [overload('list_a_index_of_int', '.list(A), A -> int', indexOf)],
  lastIndexOf: [overload('list_a_last_index_of_int', '.list(A), A -> int', lastIndexOf)],
  slice: [overload('list_slice', '.list(T), int, int -> list(T)', slice)],
  sort: templated(COMPARABLE, (type) =>
    overload(`list_${sortId(type)}_sort`, `.list(${type}) -> list(${type})`, (list: List) => sortByKeys(list, list)),
  ),
  '@sortByAssociatedKeys': templated(COMPARABLE, (type) =>
    overload(`list_${sortId(type)}_sortByAssociatedKeys`, `.list(T), list(${type}) -> list(T)`, sortByKeys),
  ),
  'lists.range': [overload('lists_range', 'int -> list(int)', range)],
  reverse: [
    overload('list_reverse', '.list(T) -> list(T)', (list: List) => new NativeList([...itemsOf(list)].reverse())),
  ],
  distinct: [overload('list_distinct', '.list(T) -> list(T)', distinct)],
  first: [
    overload('list_first', '.list(V) -> optional(V)', (list: List) => optional(list.size > 0 ? list.at(0) : undefined)),
  ],
  last: [
    overload('list_last', '.list(V) -> optional(V)', (list: List) =>
      optional(list.size > 0 ? list.at(list.size - 1) : undefined),
    ),
  ],
  'sets.contains': [overload('list_sets_contains_list', 'list(T), list(T) -> bool', includes)],
  'sets.equivalent': [
    overload(
      'list_sets_equivalent_list',
      'list(T), list(T) -> bool',
      (a: List, b: List) => includes(a, b) && includes(b, a),
    ),
  ],
  'sets.intersects': [
    overload('list_sets_intersects_list', 'list(T), list(T) -> bool', (a: List, b: List) =>
      itemsOf(a).some((item) => has(b, item)),
    ),
  ],
  'cel.@mapInsert': [
    overload('@mapInsert_map_key_value', 'map(K, V), K, V -> map(K, V)', insert),
    overload('@mapInsert_map_map', 'map(K, V), map(K, V) -> map(K, V)', insertAll),
  ],
};

/** It also takes lists that only turn out to hold lists. */
export const FLATTEN: CelFunction = {
  name: 'flatten',
  overloads: [
    overload('list_flatten', '.list(list(T)) -> list(T)'),
    overload('list_flatten_int', '.list(dyn), int -> list(dyn)'),
  ],
  operator: (list, depth = 1n) =>
    list instanceof List && typeof depth === 'bigint'
      ? flatten(list, depth)
      : new CelError(`no such overload: ${typeName(list as Value)}.flatten()`),
};
