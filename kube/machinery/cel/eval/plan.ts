/**
 * Turns a checked tree into functions that evaluate it and charge its cost (cel-go `interpreter/planner.go`,
 * `attributes.go`, `runtimecost.go`).
 */
import { isExpression } from '../../regular-expressions.ts';
import { costRule } from '../cost/actual.ts';
import { type CelFunction, dispatch, type Overload } from '../library/define.ts';
import type { Functions } from '../library/index.ts';
import { compilePattern } from '../library/kubernetes/regex.ts';
import { select } from '../library/standard/operators.ts';
import type { Call, Comprehension, Expr, StructLiteral } from '../syntax/ast.ts';
import { CelError, Dict, List, NativeDict, NativeList, Optional, type Value } from '../values/value.ts';
import {
  flattened,
  freeMembership,
  goTypeName,
  growing,
  hasField,
  isAttribute,
  isSet,
  ofOptional,
  qualifier,
} from './attributes.ts';
import { Frame, type Step } from './frame.ts';
import { listStep, type MakeStruct, mapStep, structStep } from './literals.ts';
import { conditional, logical, notStrictlyFalse, orElse } from './logic.ts';
import { copiedValues, isNoValue, makeMessage, messageName } from './messages.ts';

/** The program cannot be made: a conversion of a literal fails. */
export class PlanError extends Error {}

export function plan(expr: Expr, functions: Functions, makeStruct?: MakeStruct): Step {
  return new Planner(functions, makeStruct).step(expr, true);
}

const CONVERSIONS: ReadonlySet<string> = new Set(
  'bool bytes double duration dyn int string timestamp uint type'.split(' '),
);

const TAKES_PATTERN: ReadonlySet<string> = new Set(['find', 'findAll', 'matches']);

class Planner {
  private readonly functions: Functions;
  private readonly makeStruct: MakeStruct | undefined;
  private readonly scopes: { name: string; slot: number }[] = [];
  /** Values of nodes that are known without an evaluation. */
  private readonly constants = new Map<Step, Value>();
  private slots = 0;

  constructor(functions: Functions, makeStruct: MakeStruct | undefined) {
    this.functions = functions;
    this.makeStruct = makeStruct;
  }

  /** Where not `charged`, reading a variable costs nothing of its own, as in a branch of `?:`. */
  step(expr: Expr, charged: boolean): Step {
    switch (expr.kind) {
      case 'literal':
        return this.constant(expr.value);
      case 'ident':
        if (isNoValue(expr.constant)) throw new PlanError(`reference to undefined type: ${expr.name}`);
        return expr.constant === undefined ? this.variable(expr.name, charged) : this.constant(expr.constant);
      case 'select':
        return this.selection(expr.operand, expr.field, expr.test, charged);
      case 'call':
        return this.call(expr, charged);
      case 'list':
        return this.list(expr);
      case 'map':
        return this.map(expr);
      case 'struct':
        return this.struct(expr);
      case 'comprehension':
        return this.fold(expr);
    }
  }

  private constant(value: Value): Step {
    const step: Step = () => value;
    this.constants.set(step, value);
    return step;
  }

  private variable(name: string, charged: boolean): Step {
    const cost = charged ? 1 : 0;
    const local = this.scopes.findLast((scope) => scope.name === name);
    if (local) {
      const { slot } = local;
      return (frame) => {
        frame.charge(cost);
        return flattened(frame.slots[slot] as Value);
      };
    }
    const missing = new CelError(`no such attribute(s): ${name}`);
    return (frame) => {
      frame.charge(cost);
      return frame.variables(name) ?? (frame.variables(name) === null ? null : missing);
    };
  }

  /** The operand of a field selection or an index. */
  private operand(expr: Expr, charged: boolean): Step {
    const attribute =
      (expr.kind === 'ident' && expr.constant === undefined) ||
      (expr.kind === 'select' && !expr.test) ||
      (expr.kind === 'call' && ['_[_]', '_[?_]', '_?._', '_?_:_'].includes(expr.fn));
    if (attribute) return this.step(expr, charged);
    const inner = this.step(expr, true);
    if (!charged) return inner;
    return (frame) => {
      const value = inner(frame);
      frame.charge(1);
      return value;
    };
  }

  private selection(operand: Expr, field: string, test: boolean, charged: boolean): Step {
    const target = this.operand(operand, charged);
    if (test) return (frame) => hasField(target(frame), field);
    return (frame) => {
      const value = target(frame);
      if (value instanceof CelError) return value;
      if (!(value instanceof Optional)) {
        frame.charge(1);
        return select(value, field);
      }
      return ofOptional(frame, value, field);
    };
  }

  private index(args: readonly Expr[], optional: boolean, charged: boolean): Step {
    const [operand, key] = args as [Expr, Expr];
    const target = this.operand(operand, charged);
    const index = this.step(key, false);
    const known = this.constants.has(index) && qualifier(this.constants.get(index) as Value);
    if (known instanceof CelError) throw new PlanError(known.message);
    return (frame) => {
      const value = target(frame);
      if (value instanceof CelError) return value;
      const at = qualifier(index(frame));
      if (at instanceof CelError) {
        frame.charge(1);
        return at;
      }
      if (value instanceof Optional) return ofOptional(frame, value, at);
      if (optional) return ofOptional(frame, new Optional(value), at);
      frame.charge(1);
      return select(value, at);
    };
  }

  private call(call: Call, charged: boolean): Step {
    switch (call.fn) {
      case '_&&_':
      case '_||_':
        return logical(
          this.step(call.args[0] as Expr, true),
          this.step(call.args[1] as Expr, true),
          call.fn === '_||_',
        );
      case '_?_:_': {
        const [test, yes, no] = call.args as [Expr, Expr, Expr];
        const branches = [yes, no].map((branch) => this.step(branch, !isAttribute(branch))) as [Step, Step];
        return conditional(this.step(test, true), ...branches);
      }
      case '_[_]':
      case '_[?_]':
        return this.index(call.args, call.fn === '_[?_]', charged);
      case '_?._':
        return this.index(call.args, true, charged);
      case '@not_strictly_false':
        return notStrictlyFalse(this.step(call.args[0] as Expr, true));
      case 'or':
      case 'orValue':
        if (call.target)
          return orElse(this.step(call.target, true), this.step(call.args[0] as Expr, true), call.fn === 'or');
    }
    const args = (call.target ? [call.target, ...call.args] : call.args).map((arg) => this.step(arg, true));
    const fn = this.functions.get(call.fn) as CelFunction;
    const overloads = fn.overloads.filter(({ id }) => call.overloads?.includes(id));
    const run = fn.operator ?? dispatch(fn, overloads);
    const id = overloads.length === 1 ? (overloads[0] as Overload).id : '';
    const [first, second] = args as [Step, Step];
    if (args.length === 1 && this.constants.has(first) && CONVERSIONS.has(call.fn)) {
      const value = run(this.constants.get(first) as Value);
      if (value instanceof CelError) throw new PlanError(value.message);
      return this.constant(value);
    }
    const set = call.fn === '@in' ? this.constants.get(second) : undefined;
    if (isSet(set)) return freeMembership(first, run, set);
    this.checkPattern(call.fn, second);
    const { cost, afterwards } = costRule(call.fn, id);
    return (frame) => {
      const values: Value[] = [];
      let failed: CelError | undefined;
      for (const arg of args) {
        const value = arg(frame);
        if (value instanceof CelError) failed ??= value;
        values.push(value);
      }
      if (failed) {
        frame.charge(cost(values, failed));
        return failed;
      }
      if (!afterwards) frame.charge(cost(values));
      const result = run(...values);
      if (afterwards) frame.charge(cost(values, result));
      return result;
    };
  }

  /** Upstream compiles patterns that are known beforehand. */
  private checkPattern(fn: string, step: Step | undefined): void {
    const pattern = step && TAKES_PATTERN.has(fn) ? this.constants.get(step) : undefined;
    const isWrong = typeof pattern === 'string' && !isExpression(pattern);
    const compiled = isWrong ? compilePattern(pattern) : undefined;
    if (compiled instanceof CelError) throw new PlanError(compiled.message);
  }

  private list({ items, optional }: Extract<Expr, { kind: 'list' }>): Step {
    const steps = items.map((item) => this.step(item, true));
    const step = listStep(steps, optional);
    return this.folded(step, optional.size === 0 ? steps : undefined);
  }

  private map({ entries }: Extract<Expr, { kind: 'map' }>): Step {
    const steps = entries.map(({ key, value, optional }) => ({
      key: this.step(key, true),
      value: this.step(value, true),
      optional,
    }));
    const plain = steps.every(({ optional }) => !optional);
    return this.folded(mapStep(steps), plain ? steps.flatMap(({ key, value }) => [key, value]) : undefined);
  }

  /** A literal of constants is one, which costs nothing. */
  private folded(step: Step, members: readonly Step[] | undefined): Step {
    if (!members?.every((member) => this.constants.has(member))) return step;
    return this.constant(step(new Frame(() => undefined, Number.POSITIVE_INFINITY)));
  }

  private struct({ name, fields }: StructLiteral): Step {
    const steps = fields.map((field) => ({
      name: field.name,
      value: this.step(field.value, true),
      optional: field.optional,
    }));
    const message = messageName(name);
    if (message === undefined) return structStep(name, steps, this.makeStruct);
    return structStep(message, steps, makeMessage, copiedValues);
  }

  private fold(fold: Comprehension): Step {
    const range = this.step(fold.range, true);
    const init = this.step(fold.init, true);
    const accumulator = this.slots++;
    this.scopes.push({ name: fold.accumulator, slot: accumulator });
    const [first, second] = [this.slots++, this.slots++];
    this.scopes.push({ name: fold.variable, slot: first });
    if (fold.variable2 !== undefined) this.scopes.push({ name: fold.variable2, slot: second });
    const condition = this.step(fold.condition, true);
    const step = this.step(fold.step, true);
    this.scopes.splice(fold.variable2 === undefined ? -1 : -2);
    const result = this.step(fold.result, true);
    this.scopes.pop();
    const two = fold.variable2 !== undefined;
    return (frame) => {
      const over = range(frame);
      if (over instanceof CelError) return over;
      if (!(over instanceof List || over instanceof Dict)) {
        return new CelError(`got 'types.${goTypeName(over)}', expected iterable type`);
      }
      const { slots } = frame;
      slots[accumulator] = growing(init(frame));
      const keys = over instanceof Dict ? over.keys() : undefined;
      const count = keys ? keys.length : over.size;
      for (let i = 0; i < count; i++) {
        const key = keys?.[i];
        if (over instanceof List) {
          if (two) slots[first] = BigInt(i);
          slots[two ? second : first] = over.at(i);
        } else {
          slots[first] = key as Value;
          if (two) slots[second] = over.find(key as Value) as Value;
        }
        if (condition(frame) === false) break;
        slots[accumulator] = step(frame);
      }
      const accumulated = slots[accumulator];
      if (accumulated instanceof NativeList || accumulated instanceof NativeDict) accumulated.growing = false;
      return result(frame);
    };
  }
}
