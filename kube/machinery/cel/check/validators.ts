/** Faults of literals whose types fit (cel-go `cel/validator.go`, `ext/formatting.go`). */

import { isExpression } from '../../regular-expressions.ts';
import { clauseError, FormatError, parseFormat } from '../library/standard/format.ts';
import { type Call, type Expr, walk } from '../syntax/ast.ts';
import type { SyntaxProblem } from '../syntax/errors.ts';
import { isTime, parseDuration, parseTimestamp } from '../values/time-formats.ts';
import { formatType, sameType, type Type, type TypeKind, unwrapOptional } from './type.ts';

/** The tree has been checked without an error. */
export function validateLiterals(expr: Expr): SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  const report = (at: number, message: string) => problems.push({ at, message });
  walk(expr, (node, parents) => {
    if (node.kind === 'call') {
      argumentProblem(node, report);
      if (node.fn === 'format' && node.target) formatProblem(node, report);
    }
    if (node.kind === 'list' || node.kind === 'map') {
      if (!parents.some((parent) => parent.kind === 'call' && parent.fn === 'format')) mixedProblem(node, report);
    }
  });
  return problems;
}

type Report = (at: number, message: string) => void;

const LITERAL_TESTS: Readonly<Record<string, (text: string) => boolean>> = {
  duration: (text) => parseDuration(text) !== undefined,
  timestamp: (text) => isTime(parseTimestamp(text)?.nanos),
  matches: isExpression,
};

function argumentProblem({ fn, args }: Call, report: Report): void {
  const [arg] = args;
  if (!Object.hasOwn(LITERAL_TESTS, fn) || arg?.kind !== 'literal') return;
  const { value } = arg;
  const isRight =
    typeof value === 'string' ? LITERAL_TESTS[fn]?.(value) : typeof value !== 'bigint' || isRightInteger(fn, value);
  if (!isRight) report(arg.at, `invalid ${fn} argument`);
}

/** No integer becomes a duration, although the checker has an overload for it. */
function isRightInteger(fn: string, value: bigint): boolean {
  return fn !== 'duration' && (fn !== 'timestamp' || isTime(value * 1_000_000_000n));
}

function mixedProblem(node: Extract<Expr, { kind: 'list' | 'map' }>, report: Report): void {
  const typeOf = (expr: Expr, optional: boolean): Type => {
    const type = expr.type as Type;
    return (optional && unwrapOptional(type)) || type;
  };
  const differs = (first: Type, expr: Expr, optional: boolean): boolean => {
    const type = typeOf(expr, optional);
    if (sameType(first, type)) return false;
    report(expr.at, `expected type '${formatType(first)}' but found '${formatType(type)}'`);
    return true;
  };
  if (node.kind === 'list') {
    const [first] = node.items;
    const type = first && typeOf(first, node.optional.has(0));
    if (type) node.items.some((item, i) => differs(type, item, node.optional.has(i)));
    return;
  }
  const [first] = node.entries;
  if (!first) return;
  const [keys, values] = [typeOf(first.key, false), typeOf(first.value, first.optional)];
  for (const { key, value, optional } of node.entries) {
    differs(keys, key, false);
    differs(values, value, optional);
  }
}

const ALLOWED: Readonly<Record<string, readonly TypeKind[]>> = {
  s: ['list', 'map', 'int', 'uint', 'double', 'bool', 'string', 'timestamp', 'bytes', 'duration', 'type', 'null'],
  d: ['int', 'uint'],
  f: ['double', 'string'],
  e: ['double', 'string'],
  b: ['int', 'uint', 'bool'],
  x: ['int', 'uint', 'string', 'bytes'],
  X: ['int', 'uint', 'string', 'bytes'],
  o: ['int', 'uint'],
};

function formatProblem({ at, target, args }: Call, report: Report): void {
  const [list] = args;
  if (target?.kind !== 'literal' || typeof target.value !== 'string' || list?.kind !== 'list') return;
  try {
    let used = 0;
    for (const part of parseFormat(target.value)) {
      if (typeof part === 'string') continue;
      const arg = list.items[used];
      if (!arg) return void report(at, `index ${used} out of range`);
      used++;
      const bad = misfit(arg, ALLOWED[part.verb] ?? [], part.verb === 's');
      if (bad)
        return void report(bad.at, `error during formatting: ${clauseError(part.verb, (bad.type as Type).name)}`);
    }
    if (list.items.length > used) {
      const counts = `expected ${used}, got ${list.items.length}`;
      report(at, `too many arguments supplied to string.format (${counts})`);
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    report(at, error.message);
  }
}

/** The argument, or the member of it, that the clause does not take. */
function misfit(arg: Expr, allowed: readonly TypeKind[], deep: boolean): Expr | undefined {
  const { kind } = arg.type as Type;
  if (kind !== 'dyn' && !allowed.includes(kind)) return arg;
  if (!deep) return undefined;
  const members =
    arg.kind === 'list' ? arg.items : arg.kind === 'map' ? arg.entries.flatMap(({ key, value }) => [key, value]) : [];
  for (const member of members) {
    const bad = misfit(member, allowed, true);
    if (bad) return bad;
  }
  return undefined;
}
