/** Type checking (cel-go `checker/checker.go`, `checker/errors.go`). Types and overloads are written in the tree. */

import type { CelFunction } from '../library/define.ts';
import { type Call, type Comprehension, type Expr, qualifiedName, type StructLiteral } from '../syntax/ast.ts';
import type { SyntaxProblem } from '../syntax/errors.ts';
import { type Environment, literalType, Names } from './names.ts';
import { resolveOverloads } from './overloads.ts';
import {
  Bindings,
  BOOL,
  DYN,
  ERROR,
  formatType,
  INT,
  isDyn,
  listOf,
  mapOf,
  mostGeneral,
  optionalOf,
  param,
  type Type,
  unwrapOptional,
} from './type.ts';
import { WELL_KNOWN } from './well-known.ts';

export function check(expr: Expr, environment: Environment): SyntaxProblem[] {
  return new Checker(environment).run(expr);
}

class Checker {
  private readonly environment: Environment;
  private readonly problems: SyntaxProblem[] = [];
  private readonly bindings = new Bindings();
  private readonly names: Names;
  private readonly typed: Expr[] = [];
  private fresh = 0;

  constructor(environment: Environment) {
    this.environment = environment;
    this.names = new Names(environment);
  }

  run(expr: Expr): SyntaxProblem[] {
    this.check(expr);
    for (const node of this.typed) node.type = this.bindings.substitute(node.type as Type, true);
    return this.problems;
  }

  private report(at: number, message: string): Type {
    this.problems.push({ at, message });
    return ERROR;
  }

  private undeclared(at: number, name: string): Type {
    return this.report(at, `undeclared reference to '${name}' (in container '')`);
  }

  private check(expr: Expr): Type {
    const type = this.typeOf(expr);
    expr.type = type;
    this.typed.push(expr);
    return type;
  }

  private typeOf(expr: Expr): Type {
    switch (expr.kind) {
      case 'literal':
        return literalType(expr.value);
      case 'ident':
        return this.named(expr, expr.name) ?? this.undeclared(expr.at, expr.name);
      case 'select': {
        const name = qualifiedName(expr);
        const named = name === undefined ? undefined : this.named(expr, name);
        if (named) return named;
        const field = this.field(expr.at, expr.operand, expr.field, false);
        return expr.test ? BOOL : this.bindings.substitute(field, false);
      }
      case 'call':
        return this.call(expr);
      case 'list':
        return this.list(expr.items, expr.optional);
      case 'map':
        return this.map(expr);
      case 'struct':
        return this.struct(expr);
      case 'comprehension':
        return this.comprehension(expr);
    }
  }

  /** The type of a variable or of a type's name; the node becomes that name. */
  private named(expr: Expr, written: string): Type | undefined {
    const name = written.startsWith('.') ? written.slice(1) : written;
    const type = this.names.find(name, written !== name);
    if (!type) return undefined;
    const { constant } = type;
    Object.assign(expr, { kind: 'ident', name, ...(constant !== undefined && { constant }) });
    return type.type;
  }

  private field(at: number, operand: Expr, field: string, optional: boolean): Type {
    const operandType = this.bindings.substitute(this.check(operand), false);
    const unwrapped = unwrapOptional(operandType);
    const result = this.fieldOf(at, unwrapped ?? operandType, field);
    return unwrapped || optional ? optionalOf(result) : result;
  }

  private fieldOf(at: number, target: Type, field: string): Type {
    switch (target.kind) {
      case 'map':
        return target.params[1] ?? DYN;
      case 'struct':
        return this.fieldType(at, target.name, field) ?? ERROR;
      case 'param':
        this.bindings.assignable([DYN], [target]);
        return DYN;
      case 'dyn':
      case 'any':
      case 'error':
        return DYN;
      default:
        this.report(at, `type '${formatType(target)}' does not support field selection`);
        return DYN;
    }
  }

  private fieldType(at: number, type: string, field: string): Type | undefined {
    const fields = WELL_KNOWN.get(type)?.fields ?? this.environment.fieldsOf(type);
    if (!fields) {
      this.report(at, `unexpected failed resolution of '${type}'`);
      return undefined;
    }
    const found = fields.get(field);
    if (!found) this.report(at, `undefined field '${field}'`);
    return found;
  }

  private call(call: Call): Type {
    const { functions } = this.environment;
    if (call.fn === '_?._') {
      const [operand, field] = call.args as [Expr, Expr];
      call.overloads = ['select_optional_field'];
      const name = field.kind === 'literal' ? (field.value as string) : '';
      return this.bindings.substitute(this.field(call.at, operand, name, true), false);
    }
    for (const arg of call.args) this.check(arg);
    if (call.target) {
      const prefix = qualifiedName(call.target);
      const qualified = prefix === undefined ? undefined : functions.get(`${prefix}.${call.fn}`);
      if (qualified) {
        call.fn = qualified.name;
        call.target = undefined;
        return this.resolve(call, qualified);
      }
      this.check(call.target);
    }
    const name = call.fn.startsWith('.') ? call.fn.slice(1) : call.fn;
    const fn = functions.get(name);
    if (!fn) return this.undeclared(call.at, name);
    call.fn = name;
    return this.resolve(call, fn);
  }

  private resolve(call: Call, fn: CelFunction): Type {
    const argNodes = call.target ? [call.target, ...call.args] : call.args;
    const args = argNodes.map(({ type }) => type as Type);
    if (fn.name === '_&&_' || fn.name === '_||_') return this.logical(call, args, fn);
    const found = resolveOverloads(fn, call.target !== undefined, args, this.bindings, () => this.variable());
    if (found) {
      call.overloads = found.ids;
      return found.type;
    }
    const [first, ...rest] = args.map((type) => formatType(this.bindings.substitute(type, true)));
    const list = call.target || first === undefined ? rest : [first, ...rest];
    const signature = `${call.target ? `${first}.` : ''}(${list.join(', ')})`;
    return this.report(call.at, `found no matching overload for '${fn.name}' applied to '${signature}'`);
  }

  private logical(call: Call, args: readonly Type[], fn: CelFunction): Type {
    let valid = true;
    for (const [i, type] of args.entries()) {
      if (this.bindings.assignable([type], [BOOL])) continue;
      this.mismatch((call.args[i] as Expr).at, BOOL, type);
      valid = false;
    }
    call.overloads = fn.overloads.map(({ id }) => id);
    return valid ? BOOL : ERROR;
  }

  private mismatch(at: number, expected: Type, found: Type): Type {
    const actual = formatType(this.bindings.substitute(found, false));
    return this.report(at, `expected type '${formatType(expected)}' but found '${actual}'`);
  }

  private variable(): Type {
    return param(`_var${this.fresh++}`);
  }

  /** Members of different types make the literal one of dyn; {@link validateLiterals} reports them. */
  private join(previous: Type | undefined, current: Type): Type {
    if (!previous) return current;
    return this.bindings.assignable([previous], [current]) ? mostGeneral(previous, current) : DYN;
  }

  private unwrapped(value: Expr, type: Type): Type {
    const inner = unwrapOptional(type);
    if (!inner && !isDyn(type)) this.mismatch(value.at, optionalOf(type), type);
    return inner ?? type;
  }

  private list(items: readonly Expr[], optional: ReadonlySet<number>): Type {
    let type: Type | undefined;
    for (const [i, item] of items.entries()) {
      const found = this.check(item);
      type = this.join(type, optional.has(i) ? this.unwrapped(item, found) : found);
    }
    return listOf(type ?? this.variable());
  }

  private map({ entries }: Extract<Expr, { kind: 'map' }>): Type {
    let keys: Type | undefined;
    let values: Type | undefined;
    for (const { key, value, optional } of entries) {
      keys = this.join(keys, this.check(key));
      const found = this.check(value);
      values = this.join(values, optional ? this.unwrapped(value, found) : found);
    }
    return mapOf(keys ?? this.variable(), values ?? this.variable());
  }

  private struct({ at, name, fields }: StructLiteral): Type {
    const message = name.startsWith('.') ? name.slice(1) : name;
    const known = this.names.find(message, true);
    if (!known) return this.undeclared(at, name);
    let result: Type = known.type.params[0] ?? ERROR;
    if (known.type.kind !== 'type') result = this.report(at, `'${formatType(known.type)}' is not a type`);
    else if (result.kind !== 'struct' && !WELL_KNOWN.has(message))
      result = this.report(at, `'${result.name}' is not a message type`);
    for (const field of fields) {
      let type = this.check(field.value);
      const expected = this.fieldType(field.at, WELL_KNOWN.has(message) ? message : result.name, field.name) ?? ERROR;
      if (field.optional) type = this.unwrapped(field.value, type);
      if (this.bindings.assignable([expected], [type])) continue;
      const texts = `'${field.name}' is '${formatType(expected)}' but provided type is '${formatType(type)}'`;
      this.report(field.at, `expected type of field ${texts}`);
    }
    return result;
  }

  private comprehension(fold: Comprehension): Type {
    this.check(fold.range);
    const accumulated = this.check(fold.init);
    const range = this.bindings.substitute(fold.range.type as Type, false);
    this.names.enter([[fold.accumulator, accumulated]]);
    const [first, second] = this.iterated(fold, range);
    const names: [string, Type][] = [[fold.variable, first]];
    if (fold.variable2 !== undefined) names.push([fold.variable2, second]);
    this.names.enter(names);
    this.check(fold.condition);
    this.require(fold.condition, BOOL);
    this.check(fold.step);
    this.require(fold.step, accumulated);
    this.names.leave();
    const result = this.check(fold.result);
    this.names.leave();
    return this.bindings.substitute(result, false);
  }

  private require(expr: Expr, type: Type): void {
    if (!this.bindings.assignable([type], [expr.type as Type])) this.mismatch(expr.at, type, expr.type as Type);
  }

  private iterated({ range, variable2 }: Comprehension, type: Type): [Type, Type] {
    const two = variable2 !== undefined;
    const [first = DYN, second = DYN] = type.params;
    switch (type.kind) {
      case 'list':
        return two ? [INT, first] : [first, DYN];
      case 'map':
        return [first, second];
      case 'dyn':
      case 'error':
      case 'param':
        this.bindings.assignable([DYN], [type]);
        return [DYN, DYN];
      default: {
        const what = `expression of type '${formatType(type)}'`;
        this.report(range.at, `${what} cannot be range of a comprehension (must be list, map, or dynamic)`);
        return [ERROR, ERROR];
      }
    }
  }
}
