/** The largest costs of library functions (apiserver `pkg/cel/library/cost.go`; cel-go `ext/lists.go`, `ext/sets.go`). */
import type { Type } from '../check/type.ts';
import type { Expr } from '../syntax/ast.ts';
import type { SizeOf } from './estimate.ts';
import { regexCost } from './own-size.ts';
import { add, fixed, multiply, type Range, scale, UNKNOWN, union } from './size.ts';

export interface Operand {
  expr: Expr;
  type: Type;
  /** Empty where the operand is no part of a variable. */
  path: readonly string[];
  size: Range | undefined;
}

export interface CallEstimate {
  cost: Range;
  /** Of the result. */
  size?: Range | undefined;
}

const TRAVERSAL = 0.1;
const LIST_BASE = 10;
const ONE = fixed(1);
const NAME_REGEX_SIZE = 128;
const FORMAT_SIZE = 64;

const sized = (operand: Operand | undefined): Range => operand?.size ?? UNKNOWN;
const traverse = (operand: Operand | undefined, factor = 1): CallEstimate => ({
  cost: scale(sized(operand), factor * TRAVERSAL),
});
const traverseAll = (operand: Operand | undefined): CallEstimate => ({
  cost: scale(sized(operand), TRAVERSAL),
  size: sized(operand),
});

const CHEAP: ReadonlySet<string> = new Set(
  (
    'serviceAccount path group resource subresource namespace name allowed reason error errored masked prefixLength family ' +
    'isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast format.named sign asInteger isInteger ' +
    'asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch getScheme getHostname getHost getPort ' +
    'getEscapedPath getQuery'
  ).split(' '),
);
const PARSING: ReadonlySet<string> = new Set('cidr isIP isCIDR quantity isQuantity semver isSemver'.split(' '));
const WHOLE: ReadonlySet<string> = new Set('isSorted sum max min indexOf lastIndexOf'.split(' '));
const TEXT: ReadonlySet<string> = new Set('lowerAscii upperAscii substring trim'.split(' '));

/** undefined for a function of the standard library. */
export function callEstimate(
  fn: string,
  id: string,
  target: Operand | undefined,
  args: readonly Operand[],
  sizeOf: SizeOf,
): CallEstimate | undefined {
  const list = listEstimate(id, target, args);
  if (list) return list;
  const [first, second] = args;
  if (CHEAP.has(fn)) return { cost: ONE };
  if (PARSING.has(fn) && first) return traverse(first);
  if (WHOLE.has(fn) && target) return wholeList(target, sizeOf);
  if (TEXT.has(fn) && target) return traverseAll(target);
  switch (fn) {
    case 'check':
      return { cost: fixed(350_000) };
    case 'fieldSelector':
    case 'labelSelector':
      return { cost: selectorCost(sized(first)) };
    case 'url':
    case 'jsonpatch.escapeKey':
      return args.length === 1 ? traverseAll(first) : undefined;
    case 'replace':
      return target && second ? replaceEstimate(sized(target), sized(first), sized(second)) : undefined;
    case 'split':
      return target && splitEstimate(target, second);
    case 'join':
      return target && joinEstimate(target, first, sizeOf);
    case 'find':
    case 'findAll':
      return target && { cost: regexCost(sized(target), sized(first)), size: { min: 0, max: sized(target).max } };
    case 'ip':
      if (id === 'cidr_ip') return { cost: ONE };
      return first && traverse(first);
    case 'ip.isCanonical':
      return first && traverse(first, 2);
    case 'containsIP':
    case 'containsCIDR':
      return containsEstimate(fn, id, first);
    case 'validate':
      return { cost: scale(scale(sized(first), TRAVERSAL), NAME_REGEX_SIZE * 0.25) };
    case '_==_':
      return equalsEstimate(first, second);
    default:
      return undefined;
  }
}

function selectorCost(length: Range): Range {
  return add(fixed(LIST_BASE), add(scale(length, TRAVERSAL), scale(scale(length, 0.5), LIST_BASE + 40)));
}

/** An item of the list, so that its own bounds are found. */
function itemOf({ type, path }: Operand, sizeOf: SizeOf): { type: Type; size: Range } | undefined {
  const [item] = type.params;
  if (!item) return undefined;
  return { type: item, size: (path.length > 0 ? sizeOf([...path, '@items']) : undefined) ?? UNKNOWN };
}

function wholeList(target: Operand, sizeOf: SizeOf): CallEstimate {
  const item = itemOf(target, sizeOf);
  if (!item) return traverse(target);
  const text = item.type.kind === 'string' || item.type.kind === 'bytes';
  return { cost: multiply(sized(target), text ? add(ONE, scale(item.size, TRAVERSAL)) : ONE) };
}

function replaceEstimate(text: Range, old: Range, by: Range): CallEstimate {
  const count = { min: 0, max: 0 };
  const kept = { min: 0, max: 0 };
  if (old.min === 0) {
    count.max = text.max + 1;
    kept.max = text.max;
  } else if (by.max <= old.min) kept.max = text.max;
  else count.max = Math.ceil(text.max / old.min);
  if (old.max === 0) {
    count.min = text.min + 1;
    kept.min = text.min;
  } else if (old.max <= by.min) kept.min = text.min;
  else count.min = Math.ceil(text.min / old.max);
  return { cost: scale(text, 2 * TRAVERSAL), size: add(multiply(count, by), kept) };
}

function splitEstimate(target: Operand, limit: Operand | undefined): CallEstimate {
  let { max } = sized(target);
  if (limit?.expr.kind === 'literal' && typeof limit.expr.value === 'bigint') {
    const count = Number(limit.expr.value);
    max = count < 0 ? 2 ** 64 : count;
  }
  return { cost: scale(sized(target), 2 * TRAVERSAL), size: { min: 0, max } };
}

function joinEstimate(target: Operand, separator: Operand | undefined, sizeOf: SizeOf): CallEstimate {
  const list = sized(target);
  const item = itemOf(target, sizeOf);
  let size = item ? multiply(list, item.size) : fixed(0);
  if (separator) {
    const between = { min: Math.max(list.min - 1, 0), max: Math.max(list.max - 1, 0) };
    size = add(size, multiply(sized(separator), between));
  }
  return { cost: scale(size, TRAVERSAL), size };
}

function containsEstimate(fn: string, id: string, other: Operand | undefined): CallEstimate {
  const bytes: Range = { min: 4, max: 16 };
  let cost = scale(add(bytes, bytes), TRAVERSAL);
  if (fn === 'containsCIDR') cost = add(add(cost, scale(bytes, TRAVERSAL)), ONE);
  if (id.endsWith('_string')) cost = add(cost, scale(sized(other), TRAVERSAL));
  return { cost };
}

const ATOMIC: ReadonlySet<string> = new Set([
  'net.IP',
  'net.CIDR',
  'kubernetes.Quantity',
  'kubernetes.Semver',
  ...['Authorizer', 'PathCheck', 'GroupCheck', 'ResourceCheck', 'Decision'].map(
    (name) => `kubernetes.authorization.${name}`,
  ),
]);

function equalsEstimate(a: Operand | undefined, b: Operand | undefined): CallEstimate | undefined {
  if (!a || !b || a.type.name !== b.type.name) return undefined;
  const { name } = a.type;
  if (ATOMIC.has(name)) return { cost: ONE };
  if (name === 'kubernetes.NamedFormat') return { cost: scale({ min: 1, max: FORMAT_SIZE }, TRAVERSAL) };
  if (name !== 'kubernetes.URL') return undefined;
  const size = b.size ? union(ONE, b.size) : ONE;
  return { cost: scale({ min: 1, max: size.max }, TRAVERSAL) };
}

/** Of a function that makes a list. */
function allocating(factor: number, size: Range): CallEstimate {
  return { cost: add(scale(size, factor), fixed(1 + LIST_BASE)), size };
}

function literalInt(operand: Operand | undefined, otherwise: number): number {
  if (operand?.expr.kind !== 'literal' || typeof operand.expr.value !== 'bigint') return otherwise;
  return Math.max(Number(operand.expr.value), 0);
}

function listEstimate(id: string, target: Operand | undefined, args: readonly Operand[]): CallEstimate | undefined {
  const [first, second] = args;
  switch (id) {
    case 'list_slice': {
      const size = literalInt(second, sized(target).max) - literalInt(first, 0);
      return allocating(1, fixed(size < 0 ? 2 ** 64 : size));
    }
    case 'lists_range':
      return allocating(1, fixed(literalInt(first, 2 ** 64)));
    case 'list_reverse':
      return allocating(1, sized(target));
    case 'list_flatten':
      return allocating(1, sized(target));
    case 'list_flatten_int':
      return allocating(literalInt(first, 2 ** 64), sized(target));
    case 'list_distinct':
      return allocating(2, multiply(sized(target), sized(target)));
    case 'list_sets_contains_list':
    case 'list_sets_intersects_list':
      return { cost: add(multiply(sized(first), sized(second)), ONE) };
    case 'list_sets_equivalent_list':
      return { cost: add(scale(multiply(sized(first), sized(second)), 2), ONE) };
  }
  const sorted = /^list_(.*)_sort(ByAssociatedKeys)?$/.exec(id);
  if (!sorted) return undefined;
  const size = sized(sorted[2] ? first : target);
  const text = sorted[1] === 'string' || sorted[1] === 'bytes';
  return allocating(text ? 2 + TRAVERSAL : 2, multiply(size, size));
}
