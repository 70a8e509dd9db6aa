/** The cost of a call when it is evaluated (cel-go `interpreter/runtimecost.go`, apiserver `pkg/cel/library/cost.go`). */
import { NamedFormat } from '../library/kubernetes/named-formats.ts';
import { searchCost } from '../library/kubernetes/regex.ts';
import { sizeOf } from '../library/standard/conversions.ts';
import { Dict, Foreign, List, Optional, type Value } from '../values/value.ts';

/** `result` is undefined while the call has not been made: most costs are known before. */
export type CallCost = (args: readonly Value[], result?: Value) => number;

export interface CostRule {
  cost: CallCost;
  /** The cost depends on the result, so that it is charged afterwards. */
  afterwards?: true;
}

const TRAVERSAL = 0.1;
const REGEX = 0.25;
const LIST_BASE = 10;

export function actualSize(value: Value | undefined): number {
  if (value === undefined) return 1;
  if (value instanceof Foreign) return value.bytes ?? 1;
  if (value instanceof Optional) return value.value === undefined ? 1 : actualSize(value.value);
  return sizeOf(value) ?? 1;
}

/** The cost of reading all of a value (`traversalCost`). */
function traversal(value: Value): number {
  if (typeof value === 'string') return Math.floor(new TextEncoder().encode(value).length * TRAVERSAL);
  if (value instanceof Uint8Array) return Math.floor(value.length * TRAVERSAL);
  let cost = 0;
  if (value instanceof List) {
    for (let i = 0; i < value.size; i++) cost += traversal(value.at(i));
    return cost;
  }
  if (value instanceof Dict) {
    for (const key of value.keys()) cost += traversal(key) + traversal(value.find(key) as Value);
    return cost;
  }
  return 1;
}

const ONE: CostRule = { cost: () => 1 };
const first: CostRule = { cost: ([value]) => Math.ceil(actualSize(value) * TRAVERSAL) };
const twice: CostRule = { cost: ([value]) => Math.ceil(actualSize(value) * 2 * TRAVERSAL) };
const pattern: CostRule = {
  cost: ([text, regex]) => {
    const upstream = Math.ceil((1 + actualSize(text)) * TRAVERSAL) * Math.ceil(actualSize(regex) * REGEX);
    return typeof text === 'string' && typeof regex === 'string'
      ? Math.max(upstream, searchCost(text, regex))
      : upstream;
  },
};
const smaller: CostRule = { cost: ([a, b]) => Math.ceil(Math.min(actualSize(a), actualSize(b)) * TRAVERSAL) };
const both: CostRule = { cost: ([a, b]) => Math.ceil((actualSize(a) + actualSize(b)) * TRAVERSAL) };
const output: CostRule = { cost: (_, result) => actualSize(result) + 1 + LIST_BASE, afterwards: true };

const selfCompare =
  (index: number): CallCost =>
  (args) => {
    const list = args[index];
    const size = actualSize(list);
    const item = list instanceof List && list.size > 0 ? list.at(0) : undefined;
    const text = typeof item === 'string' || item instanceof Uint8Array;
    return Math.floor(size * size * (text ? 2 + TRAVERSAL : 2)) + 1 + LIST_BASE;
  };

const sets = (factor: number): CostRule => ({
  cost: ([a, b]) => 1 + Math.floor(actualSize(a) * actualSize(b) * factor),
});

const flatten: CostRule = {
  cost: ([list, depth]) =>
    Math.floor(actualSize(list) * (typeof depth === 'bigint' ? Number(depth) : 1)) + 1 + LIST_BASE,
};

/** By overload, before all others. */
const LIST_OVERLOADS: Readonly<Record<string, CostRule>> = {
  list_slice: output,
  lists_range: { cost: ([count]) => Math.max(typeof count === 'bigint' ? Number(count) : 1, 0) + 1 + LIST_BASE },
  list_reverse: output,
  list_flatten: flatten,
  list_flatten_int: flatten,
  list_distinct: { cost: selfCompare(0) },
  list_sets_contains_list: sets(1),
  list_sets_intersects_list: sets(1),
  list_sets_equivalent_list: sets(2),
};

const selector: CostRule = {
  cost: ([, text]) => {
    const length = actualSize(text);
    return LIST_BASE + Math.ceil(length * TRAVERSAL) + Math.ceil(Math.ceil(length * 0.5) * (LIST_BASE + 40));
  },
};
const wholeList: CostRule = { cost: ([list]) => traversal(list as Value) };

const contains =
  (parse: string, more: (size: number) => number) =>
  (id: string): CostRule => ({
    cost: ([range, other]) => {
      const size = actualSize(range);
      const parsed = id === parse ? Math.ceil(actualSize(other) * TRAVERSAL) : 0;
      return Math.ceil(size * 2 * TRAVERSAL) + more(size) + parsed;
    },
  });

const KUBERNETES: Readonly<Record<string, CostRule | ((id: string) => CostRule)>> = {
  check: { cost: () => 350_000 },
  fieldSelector: selector,
  labelSelector: selector,
  ...Object.fromEntries(['isSorted', 'sum', 'max', 'min', 'indexOf', 'lastIndexOf'].map((fn) => [fn, wholeList])),
  ...Object.fromEntries(
    'url lowerAscii upperAscii substring trim jsonpatch.escapeKey cidr isIP isCIDR quantity isQuantity semver isSemver'
      .split(' ')
      .map((fn) => [fn, first]),
  ),
  replace: twice,
  split: twice,
  join: { cost: (_, result) => Math.ceil(actualSize(result) * 2 * TRAVERSAL), afterwards: true },
  find: pattern,
  findAll: pattern,
  ip: (id) => (id === 'cidr_ip' ? ONE : first),
  'ip.isCanonical': twice,
  containsIP: contains('cidr_contains_ip_string', () => 0),
  containsCIDR: contains('cidr_contains_cidr_string', (size) => Math.ceil(size * TRAVERSAL) + 1),
  validate: {
    cost: ([format, text]) =>
      format instanceof NamedFormat
        ? Math.ceil((1 + actualSize(text)) * TRAVERSAL) * Math.ceil(format.regexSize * REGEX)
        : 1,
  },
  '_==_': {
    cost: ([a, b]) => (a instanceof Foreign ? 1 : smaller.cost([a as Value, b as Value])),
  },
};

const STANDARD: Readonly<Record<string, CostRule>> = {
  ...Object.fromEntries(
    [
      'starts_with_string',
      'ends_with_string',
      'string_to_bytes',
      'bytes_to_string',
      'strings_quote',
      'string_format',
    ].map((id) => [id, first]),
  ),
  in_list: { cost: ([, list]) => actualSize(list) },
  ...Object.fromEntries(
    ['less', 'less_equals', 'greater', 'greater_equals'].flatMap((id) => [
      [`${id}_string`, smaller],
      [`${id}_bytes`, smaller],
    ]),
  ),
  equals: smaller,
  not_equals: smaller,
  add_string: both,
  add_bytes: both,
  matches_string: pattern,
  contains_string: {
    cost: ([a, b]) => Math.ceil(actualSize(a) * TRAVERSAL) * Math.ceil(actualSize(b) * TRAVERSAL),
  },
};

/** `id` is empty where several overloads may be meant. */
export function costRule(fn: string, id: string): CostRule {
  const list = LIST_OVERLOADS[id];
  if (list) return list;
  if (/^list_.*_sort$/.test(id)) return { cost: selfCompare(0) };
  if (id.endsWith('_sortByAssociatedKeys')) return { cost: selfCompare(1) };
  const own = Object.hasOwn(KUBERNETES, fn) ? KUBERNETES[fn] : undefined;
  if (own) return typeof own === 'function' ? own(id) : own;
  return STANDARD[id] ?? ONE;
}
