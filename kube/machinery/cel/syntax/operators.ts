/**
 * Conditions and operators that stand between two operands. The rules call each other directly, without closures between
 * them: an expression may nest 250 deep, and each frame on the way takes of the stack.
 */
import type { Expr } from './ast.ts';
import { Cursor } from './cursor.ts';

/** How tightly an operator binds that stands between two operands. */
const PRECEDENCES = [
  ['<', '<=', '>=', '>', '==', '!=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
];
const RELATION = 0;
const BINARY: ReadonlyMap<string, number> = new Map(
  PRECEDENCES.flatMap((operators, precedence) => operators.map((operator) => [operator, precedence] as const)),
);

/** Operands of one operator, and the places of the operators between them. */
interface Chain {
  terms: Expr[];
  places: number[];
}

export abstract class Operators extends Cursor {
  protected abstract unary(): Expr;
  protected abstract call(at: number, fn: string, ...args: Expr[]): Expr;

  protected expr(): Expr {
    this.enter('expr');
    const before = this.height;
    this.height = 0;
    let result = this.disjunction();
    const mark = this.takeIf('?');
    if (mark) {
      const yes = this.disjunction();
      this.expect(':');
      result = this.call(mark.at, '_?_:_', result, yes, this.expr());
      this.height++;
    }
    this.height = Math.max(before, this.height);
    this.leave('expr');
    return result;
  }

  private disjunction(): Expr {
    const first = this.conjunction();
    if (!this.is('||')) return first;
    const chain: Chain = { terms: [first], places: [] };
    for (let mark = this.takeIf('||'); mark; mark = this.takeIf('||')) {
      chain.places.push(mark.at);
      chain.terms.push(this.conjunction());
    }
    return this.balanced('_||_', chain, 0, chain.places.length - 1);
  }

  private conjunction(): Expr {
    const first = this.relation();
    if (!this.is('&&')) return first;
    const chain: Chain = { terms: [first], places: [] };
    for (let mark = this.takeIf('&&'); mark; mark = this.takeIf('&&')) {
      chain.places.push(mark.at);
      chain.terms.push(this.relation());
    }
    return this.balanced('_&&_', chain, 0, chain.places.length - 1);
  }

  /** Of operators that are balanced, so that long chains do not nest deep (`balancer`). */
  private balanced(fn: string, chain: Chain, low: number, high: number): Expr {
    const middle = (low + high + 1) >> 1;
    const left = middle === low ? chain.terms[middle] : this.balanced(fn, chain, low, middle - 1);
    const right = middle === high ? chain.terms[middle + 1] : this.balanced(fn, chain, middle + 1, high);
    return this.call(chain.places[middle] as number, fn, left as Expr, right as Expr);
  }

  private relation(): Expr {
    this.enter('relation');
    this.enter('calc');
    const expr = this.binary(RELATION);
    this.leave('calc');
    this.leave('relation');
    return expr;
  }

  /** Operators that bind at least so tightly. Their right operands are read by the grammar's rule that reads the whole. */
  private binary(least: number): Expr {
    const before = this.height;
    this.height = 0;
    let left = this.unary();
    for (;;) {
      const { type, text, at } = this.next;
      const precedence = type === 'operator' ? BINARY.get(text) : undefined;
      if (precedence === undefined || precedence < least) break;
      this.take();
      const rule = precedence === RELATION ? 'relation' : 'calc';
      this.enter(rule);
      const right = this.binary(precedence + 1);
      this.leave(rule);
      this.height++;
      left = this.call(at, text === 'in' ? '@in' : `_${text}_`, left, right);
    }
    this.height = Math.max(before, this.height);
    return left;
  }
}
