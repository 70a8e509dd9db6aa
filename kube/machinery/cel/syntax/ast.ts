/** The syntax tree of a CEL expression, macros expanded (cel-go `common/ast`). The checker writes the types in it. */
import type { Type } from '../check/type.ts';
import type { Value } from '../values/value.ts';

interface Node {
  /** Where the error is reported that concerns this node: an offset in the text. */
  at: number;
  /** Set by the checker. */
  type?: Type;
}

export interface Literal extends Node {
  kind: 'literal';
  value: Value;
}

export interface Ident extends Node {
  kind: 'ident';
  name: string;
  /** The type that the name stands for, as in `type(x) == int`. */
  constant?: Value;
}

export interface Select extends Node {
  kind: 'select';
  operand: Expr;
  field: string;
  /** `has(operand.field)` */
  test: boolean;
}

export interface Call extends Node {
  kind: 'call';
  fn: string;
  target?: Expr | undefined;
  args: readonly Expr[];
  /** Ids of the overloads that the types admit. */
  overloads?: readonly string[];
}

export interface ListLiteral extends Node {
  kind: 'list';
  items: readonly Expr[];
  /** Positions that are written as `?item`. */
  optional: ReadonlySet<number>;
}

export interface Entry {
  at: number;
  key: Expr;
  value: Expr;
  optional: boolean;
}

export interface MapLiteral extends Node {
  kind: 'map';
  entries: readonly Entry[];
}

export interface StructLiteral extends Node {
  kind: 'struct';
  name: string;
  fields: readonly { at: number; name: string; value: Expr; optional: boolean }[];
}

export interface Comprehension extends Node {
  kind: 'comprehension';
  range: Expr;
  variable: string;
  variable2?: string | undefined;
  accumulator: string;
  init: Expr;
  condition: Expr;
  step: Expr;
  result: Expr;
}

export type Expr = Literal | Ident | Select | Call | ListLiteral | MapLiteral | StructLiteral | Comprehension;

/** Visits a node and all beneath it, parents first. */
export function walk(expr: Expr, visit: (node: Expr, parents: readonly Expr[]) => void): void {
  const parents: Expr[] = [];
  const go = (node: Expr): void => {
    visit(node, parents);
    parents.push(node);
    for (const child of childrenOf(node)) go(child);
    parents.pop();
  };
  go(expr);
}

function childrenOf(node: Expr): readonly Expr[] {
  switch (node.kind) {
    case 'literal':
    case 'ident':
      return [];
    case 'select':
      return [node.operand];
    case 'call':
      return node.target ? [node.target, ...node.args] : node.args;
    case 'list':
      return node.items;
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'struct':
      return node.fields.map(({ value }) => value);
    case 'comprehension':
      return [node.range, node.init, node.condition, node.step, node.result];
  }
}

/** `a.b.c` as a name; undefined for any other expression. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name;
  if (expr.kind !== 'select' || expr.test) return undefined;
  const prefix = qualifiedName(expr.operand);
  return prefix === undefined ? undefined : `${prefix}.${expr.field}`;
}
