/**
 * The largest cost that an expression can have, from its text and the bounds of the schema (cel-go `checker/cost.go`).
 */
import type { Type } from '../check/type.ts';
import type { Call, Comprehension, Expr } from '../syntax/ast.ts';
import { callEstimate, type Operand } from './call-estimate.ts';
import { isBind, isScalar, ownSize, regexCost } from './own-size.ts';
import { add, fixed, multiply, type Range, scale, UNKNOWN, union } from './size.ts';

/** The size of what a path leads to, as `self`, `items`, `@items`; undefined where nothing is known of it. */
export type SizeOf = (path: readonly string[]) => Range | undefined;

const TRAVERSAL = 0.1;
const NOTHING = fixed(0);
const ONE = fixed(1);

export function estimateCost(expr: Expr, sizeOf: SizeOf): Range {
  return new Estimator(sizeOf).cost(expr);
}

/** Sizes of the members of a list or a map. */
interface Entries {
  list: boolean;
  key: Range;
  value: Range;
}

interface Local {
  path: readonly string[] | undefined;
  size: Range | undefined;
  entries: Entries | undefined;
}

class Estimator {
  private readonly sizeOf: SizeOf;
  private readonly paths = new Map<Expr, readonly string[]>();
  private readonly sizes = new Map<Expr, Range>();
  private readonly entries = new Map<Expr, Entries>();
  private readonly locals = new Map<string, Local[]>();

  constructor(sizeOf: SizeOf) {
    this.sizeOf = sizeOf;
  }

  cost(expr: Expr): Range {
    switch (expr.kind) {
      case 'literal':
        return NOTHING;
      case 'ident':
        this.paths.set(expr, this.local(expr.name)?.path ?? [expr.name]);
        return ONE;
      case 'select': {
        const cost = this.cost(expr.operand);
        if (expr.test) return cost;
        this.paths.set(expr, [...this.pathOf(expr.operand), expr.field]);
        const { kind } = expr.operand.type as Type;
        return kind === 'map' || kind === 'struct' || kind === 'param' ? add(cost, ONE) : cost;
      }
      case 'call':
        return this.call(expr);
      case 'list': {
        let total = fixed(10);
        let value: Range | undefined;
        for (const item of expr.items) {
          total = add(total, this.cost(item));
          value = value ? union(value, this.sizeOrUnknown(item)) : this.sizeOrUnknown(item);
        }
        this.entries.set(expr, { list: true, key: ONE, value: value ?? NOTHING });
        return total;
      }
      case 'map': {
        let total = fixed(30);
        let sizes: { key: Range; value: Range } | undefined;
        for (const { key, value } of expr.entries) {
          total = add(total, add(this.cost(key), this.cost(value)));
          const [k, v] = [this.sizeOrUnknown(key), this.sizeOrUnknown(value)];
          sizes = sizes ? { key: union(sizes.key, k), value: union(sizes.value, v) } : { key: k, value: v };
        }
        this.entries.set(expr, { list: false, ...(sizes ?? { key: NOTHING, value: NOTHING }) });
        return total;
      }
      case 'struct':
        return expr.fields.reduce((total, { value }) => add(total, this.cost(value)), fixed(40));
      case 'comprehension':
        return isBind(expr) ? this.bind(expr) : this.fold(expr);
    }
  }

  private local(name: string): Local | undefined {
    return this.locals.get(name)?.at(-1);
  }

  private push(name: string, local: Local): void {
    const stack = this.locals.get(name);
    if (stack) stack.push(local);
    else this.locals.set(name, [local]);
  }

  private pop(name: string): void {
    this.locals.get(name)?.pop();
  }

  private pathOf(expr: Expr): readonly string[] {
    const local = expr.kind === 'ident' ? this.local(expr.name) : undefined;
    return (local ? local.path : this.paths.get(expr)) ?? [];
  }

  private entriesOf(expr: Expr): Entries | undefined {
    return this.entries.get(expr) ?? (expr.kind === 'ident' ? this.local(expr.name)?.entries : undefined);
  }

  private sizeOrUnknown(expr: Expr): Range {
    return this.size(expr) ?? UNKNOWN;
  }

  /** `computeSize` */
  private size(expr: Expr): Range | undefined {
    const known = this.sizes.get(expr) ?? ownSize(expr);
    if (known) return known;
    const path = this.pathOf(expr);
    const found = path.length > 0 ? this.sizeOf(path) : undefined;
    if (found) {
      this.sizes.set(expr, found);
      return found;
    }
    if (isScalar(expr.type as Type)) return ONE;
    return expr.kind === 'ident' ? this.local(expr.name)?.size : undefined;
  }

  private operandOf(expr: Expr): Operand {
    const path = this.pathOf(expr);
    const rooted = path[0] === '@result' ? [] : path;
    return { expr, type: expr.type as Type, path: rooted, size: this.size(expr) };
  }

  private call(call: Call): Range {
    const { args, target, overloads = [] } = call;
    if (call.fn === 'dyn') {
      const [arg] = args as [Expr];
      const cost = add(this.cost(arg), ONE);
      this.copy(call, arg);
      return cost;
    }
    const costs = args.map((arg) => this.cost(arg));
    const operands = args.map((arg) => this.operandOf(arg));
    const targetCost = target ? this.cost(target) : NOTHING;
    const receiver = target && this.operandOf(target);
    if (overloads.length === 0) return NOTHING;
    let cost: Range | undefined;
    let size: Range | undefined;
    for (const id of overloads) {
      const found = this.overload(call, id, receiver, operands, costs);
      cost = cost ? union(cost, found.cost) : found.cost;
      if (found.size) size = size ? union(size, found.size) : found.size;
      if (id === 'index_list' || id === 'index_map') {
        const [container] = args as [Expr];
        size = this.entriesOf(container)?.value;
        this.paths.set(call, [...this.pathOf(container), id === 'index_list' ? '@items' : '@values']);
      }
      size ??= this.size(call);
    }
    if (size) this.sizes.set(call, size);
    return add(targetCost, cost ?? NOTHING);
  }

  private overload(
    call: Call,
    id: string,
    target: Operand | undefined,
    args: readonly Operand[],
    costs: readonly Range[],
  ): { cost: Range; size?: Range | undefined } {
    const sum = costs.reduce(add, NOTHING);
    const own = callEstimate(call.fn, id, target, args, this.sizeOf);
    if (own) return { cost: add(own.cost, sum), size: own.size };
    const [first, second, third] = args;
    const sizeOf = (operand: Operand | undefined) => operand?.size ?? UNKNOWN;
    switch (id) {
      case 'string_format':
        if (target) return { cost: add(scale(sizeOf(target), TRAVERSAL), sum) };
        break;
      case 'string_to_bytes': {
        const size = sizeOf(first);
        return { cost: add(scale(size, TRAVERSAL), sum), size: { min: size.min, max: scale(size, 4).max } };
      }
      case 'bytes_to_string': {
        const size = sizeOf(first);
        return { cost: add(scale(size, TRAVERSAL), sum), size: { min: Math.floor(size.min / 4), max: size.max } };
      }
      case 'strings_quote': {
        const size = sizeOf(first);
        return { cost: add(scale(size, TRAVERSAL), sum), size: add(multiply(size, { min: 1, max: 2 }), fixed(2)) };
      }
      case 'starts_with_string':
      case 'ends_with_string':
        return { cost: add(scale(sizeOf(first), TRAVERSAL), sum) };
      case 'in_list':
        return { cost: add(sizeOf(second), sum) };
      case 'matches_string':
        if (target) return { cost: add(regexCost(sizeOf(target), sizeOf(first)), sum) };
        break;
      case 'contains_string':
        return { cost: add(multiply(scale(sizeOf(target), TRAVERSAL), scale(sizeOf(first), TRAVERSAL)), sum) };
      case 'logical_or':
      case 'logical_and':
        return { cost: { min: costs[0]?.min ?? 0, max: sum.max } };
      case 'conditional': {
        const [test = NOTHING, yes = NOTHING, no = NOTHING] = costs;
        this.unite(call, second, third);
        return { cost: add(test, union(yes, no)), size: union(sizeOf(second), sizeOf(third)) };
      }
      case 'add_string':
      case 'add_bytes':
      case 'add_list': {
        const size = add(sizeOf(first), sizeOf(second));
        this.unite(call, first, second);
        return { cost: add(id === 'add_list' ? ONE : scale(size, TRAVERSAL), sum), size };
      }
    }
    if (id === 'equals' || id === 'not_equals' || /^(?:less|greater)(?:_equals)?_(?:string|bytes)$/.test(id)) {
      const max = Math.min(sizeOf(first).max, sizeOf(second).max);
      return { cost: add(scale({ min: max > 0 ? 1 : 0, max }, TRAVERSAL), sum) };
    }
    return { cost: add(ONE, sum) };
  }

  /** The members of what is one or the other. */
  private unite(call: Expr, a: Operand | undefined, b: Operand | undefined): void {
    const [left, right] = [a && this.entriesOf(a.expr), b && this.entriesOf(b.expr)];
    if (!left || !right) return;
    this.entries.set(call, { list: left.list, key: union(left.key, right.key), value: union(left.value, right.value) });
  }

  private copy(to: Expr, from: Expr): void {
    const size = this.size(from);
    if (size) this.sizes.set(to, size);
    const entries = this.entriesOf(from);
    if (entries) this.entries.set(to, entries);
  }

  private bind(fold: Comprehension): Range {
    const cost = add(this.cost(fold.range), this.cost(fold.init));
    this.pushValue(fold.accumulator, fold.init);
    const total = add(cost, this.cost(fold.result));
    this.copy(fold, fold.result);
    this.pop(fold.accumulator);
    return total;
  }

  private pushValue(name: string, expr: Expr): void {
    this.push(name, { path: this.pathOf(expr), size: this.size(expr), entries: this.entriesOf(expr) });
  }

  private fold(fold: Comprehension): Range {
    const { range, variable, variable2 } = fold;
    const start = add(this.cost(range), this.cost(fold.init));
    this.pushValue(fold.accumulator, fold.init);
    const entries = this.entriesOf(range);
    const list = entries ? entries.list : (range.type as Type).kind === 'list';
    const path = this.pathOf(range);
    const keys: Local = { path: [...path, list ? '@indices' : '@keys'], size: entries?.key, entries: undefined };
    const values: Local = { path: [...path, list ? '@items' : '@values'], size: entries?.value, entries: undefined };
    if (variable2 !== undefined) {
      this.push(variable, keys);
      this.push(variable2, values);
    } else this.push(variable, list ? values : keys);
    const loop = add(this.cost(fold.condition), this.cost(fold.step));
    this.pop(variable);
    if (variable2 !== undefined) this.pop(variable2);
    const result = this.cost(fold.result);
    this.pop(fold.accumulator);
    const count = this.sizeOrUnknown(range);
    if (fold.init.kind === 'literal') {
      const size = this.size(fold.init);
      if (size) this.sizes.set(fold, size);
    } else if (fold.init.kind === 'list' || fold.init.kind === 'map') {
      this.sizes.set(fold, count);
      const members = this.entriesOf(fold.step);
      if (members) this.entries.set(fold, members);
    }
    return add(add(start, result), multiply(count, loop));
  }
}
