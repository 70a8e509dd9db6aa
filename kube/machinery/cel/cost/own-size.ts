/** Sizes that an expression has of itself, and what follows of sizes (cel-go `checker/cost.go`). */
import type { Type } from '../check/type.ts';
import type { Comprehension, Expr } from '../syntax/ast.ts';
import { add, fixed, multiply, type Range, scale } from './size.ts';

const TRAVERSAL = 0.1;
const ONE = fixed(1);
const SCALARS: ReadonlySet<string> = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint']);

export function regexCost(text: Range, pattern: Range): Range {
  return multiply(scale(add(text, ONE), TRAVERSAL), scale(pattern, 0.25));
}

/** A comprehension that only names a value. */
export function isBind({ range, condition, accumulator }: Comprehension): boolean {
  const empty = range.kind === 'list' && range.items.length === 0;
  return empty && condition.kind === 'literal' && condition.value === false && accumulator !== '__result__';
}

export function ownSize(expr: Expr): Range | undefined {
  switch (expr.kind) {
    case 'literal': {
      const { value } = expr;
      if (typeof value === 'string') return fixed([...value].length);
      return fixed(value instanceof Uint8Array ? value.length : 1);
    }
    case 'list':
      return fixed(expr.items.length);
    case 'map':
      return fixed(expr.entries.length);
    default:
      return undefined;
  }
}

export function isScalar(type: Type): boolean {
  if (type.kind === 'opaque' && type.name === 'optional_type') return isScalar(type.params[0] as Type);
  return SCALARS.has(type.kind);
}
