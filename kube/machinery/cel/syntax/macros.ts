/** Macros and what they become (cel-go `parser/macro.go`, `ext/comprehensions.go`, `cel/library.go`, `ext/lists.go`). */
import type { Call, Comprehension, Expr, Ident } from './ast.ts';

/** Bad arguments of a macro. */
export class MacroError extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** The name of the variable that a comprehension folds into; no expression can name it. */
export const ACCUMULATOR = '@result';
const RESERVED = '__result__';
const UNUSED = '#unused';
const NO_OPTIONALS: ReadonlySet<number> = new Set();

type Expand = (target: Expr, args: readonly Expr[], make: Maker) => Expr;

/**
 * Nodes that the macros of an expression copy at most: each `optMap` in a row of them doubles those before it. Upstream
 * copies on until the memory is full.
 */
const MAX_COPIED = 20_000;

/** What holds for all macros of an expression. */
export interface Macros {
  /** `cel.bind` is one. */
  binds: boolean;
  /** Nodes that were copied. */
  copied: number;
}

/** Makes nodes at the place of the macro. */
class Maker {
  readonly at: number;
  private readonly macros: Macros;
  constructor(at: number, macros: Macros) {
    this.at = at;
    this.macros = macros;
  }
  /** A copy, whose nodes get types of their own. */
  copy<T>(node: T): T {
    if (Array.isArray(node)) return node.map((item) => this.copy(item)) as T;
    if (typeof node !== 'object' || node === null) return node;
    if (Object.getPrototypeOf(node) !== Object.prototype) return node;
    if (++this.macros.copied > MAX_COPIED) {
      throw new MacroError(this.at, 'the expression is too large with its macros expanded');
    }
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, this.copy(value)])) as T;
  }
  literal(value: boolean | bigint): Expr {
    return { kind: 'literal', at: this.at, value };
  }
  ident(name: string): Ident {
    return { kind: 'ident', at: this.at, name };
  }
  call(fn: string, ...args: Expr[]): Call {
    return { kind: 'call', at: this.at, fn, args };
  }
  method(fn: string, target: Expr, ...args: Expr[]): Call {
    return { kind: 'call', at: this.at, fn, target, args };
  }
  list(...items: Expr[]): Expr {
    return { kind: 'list', at: this.at, items, optional: NO_OPTIONALS };
  }
  fold(rest: Omit<Comprehension, 'kind' | 'at' | 'accumulator' | 'result'> & { result?: Expr }): Expr {
    return { result: this.ident(ACCUMULATOR), ...rest, kind: 'comprehension', at: this.at, accumulator: ACCUMULATOR };
  }
  accumulated(): Ident {
    return this.ident(ACCUMULATOR);
  }
  /** `name` stands for `value` in `result`. */
  bind(name: string, value: Expr, result: Expr): Expr {
    return {
      kind: 'comprehension',
      at: this.at,
      range: this.list(),
      variable: UNUSED,
      accumulator: name,
      init: value,
      condition: this.literal(false),
      step: this.ident(name),
      result,
    };
  }
}

function variableOf(arg: Expr, message: string): string {
  if (arg.kind !== 'ident') throw new MacroError(arg.at, message);
  if (arg.name === ACCUMULATOR || arg.name === RESERVED) {
    throw new MacroError(arg.at, 'iteration variable overwrites accumulator variable');
  }
  return arg.name;
}

interface Variables {
  variable: string;
  variable2?: string;
}

function twoVariables(args: readonly Expr[]): Variables {
  const [first, second] = args as [Expr, Expr];
  const message = 'argument must be a simple name';
  if (first.kind !== 'ident') throw new MacroError(first.at, message);
  if (second.kind !== 'ident') throw new MacroError(second.at, message);
  if (first.name === second.name) throw new MacroError(second.at, `duplicate variable name: ${first.name}`);
  return { variable: variableOf(first, message), variable2: variableOf(second, message) };
}

const all = (range: Expr, names: Variables, test: Expr, make: Maker): Expr =>
  make.fold({
    range,
    ...names,
    init: make.literal(true),
    condition: make.call('@not_strictly_false', make.accumulated()),
    step: make.call('_&&_', make.accumulated(), test),
  });

const exists = (range: Expr, names: Variables, test: Expr, make: Maker): Expr =>
  make.fold({
    range,
    ...names,
    init: make.literal(false),
    condition: make.call('@not_strictly_false', make.call('!_', make.accumulated())),
    step: make.call('_||_', make.accumulated(), test),
  });

const existsOne = (range: Expr, names: Variables, test: Expr, make: Maker): Expr =>
  make.fold({
    range,
    ...names,
    init: make.literal(0n),
    condition: make.literal(true),
    step: make.call('_?_:_', test, make.call('_+_', make.accumulated(), make.literal(1n)), make.accumulated()),
    result: make.call('_==_', make.accumulated(), make.literal(1n)),
  });

type Quantifier = typeof all;

const quantifier =
  (build: Quantifier): Expand =>
  (target, args, make) =>
    build(target, { variable: variableOf(args[0] as Expr, 'argument must be a simple name') }, args[1] as Expr, make);

const quantifier2 =
  (build: Quantifier): Expand =>
  (target, args, make) =>
    build(target, twoVariables(args), args[2] as Expr, make);

/** Folds into `init` by `add`, for what passes the filter, if there is one. */
function collect(range: Expr, names: Variables, filter: Expr | undefined, init: Expr, add: Expr, make: Maker): Expr {
  const step = filter ? make.call('_?_:_', filter, add, make.accumulated()) : add;
  return make.fold({ range, ...names, init, condition: make.literal(true), step });
}

const map: Expand = (target, args, make) => {
  const variable = variableOf(args[0] as Expr, 'argument is not an identifier');
  const filter = args.length === 3 ? args[1] : undefined;
  const add = make.call('_+_', make.accumulated(), make.list(args.at(-1) as Expr));
  return collect(target, { variable }, filter, make.list(), add, make);
};

const filter: Expand = (target, args, make) => {
  const item = args[0] as Expr;
  const variable = variableOf(item, 'argument is not an identifier');
  const add = make.call('_+_', make.accumulated(), make.list(item));
  return collect(target, { variable }, args[1], make.list(), add, make);
};

const transformList: Expand = (target, args, make) => {
  const add = make.call('_+_', make.accumulated(), make.list(args.at(-1) as Expr));
  return collect(target, twoVariables(args), args.length === 4 ? args[2] : undefined, make.list(), add, make);
};

const transformMap =
  (keyed: boolean): Expand =>
  (target, args, make) => {
    const names = twoVariables(args);
    const value = args.at(-1) as Expr;
    const add = make.call('cel.@mapInsert', make.accumulated(), ...(keyed ? [make.ident(names.variable)] : []), value);
    const empty: Expr = { kind: 'map', at: make.at, entries: [] };
    return collect(target, names, args.length === 4 ? args[2] : undefined, empty, add, make);
  };

const optionalMap =
  (flat: boolean): Expand =>
  (target, args, make) => {
    const [name, transform] = args as [Expr, Expr];
    const macro = flat ? 'optFlatMap' : 'optMap';
    if (name.kind !== 'ident') throw new MacroError(name.at, `${macro}() variable name must be a simple identifier`);
    const bound = make.bind(name.name, make.method('value', make.copy(target)), transform);
    return make.call(
      '_?_:_',
      make.method('hasValue', target),
      flat ? bound : make.call('optional.of', bound),
      make.call('optional.none'),
    );
  };

const SORT_INPUT = '@__sortBy_input__';

const sortBy: Expand = (target, args, make) => {
  if (target.kind === 'literal' || target.kind === 'map' || target.kind === 'struct') {
    const allowed = 'a list, identifier, comprehension, call or select expression';
    throw new MacroError(target.at, `sortBy can only be applied to ${allowed}`);
  }
  const keys = map(make.ident(SORT_INPUT), args, make);
  return make.bind(SORT_INPUT, target, make.method('@sortByAssociatedKeys', make.ident(SORT_INPUT), keys));
};

/** By name and number of arguments. */
const RECEIVER: ReadonlyMap<string, Expand> = new Map<string, Expand>([
  ['all/2', quantifier(all)],
  ['exists/2', quantifier(exists)],
  ['exists_one/2', quantifier(existsOne)],
  ['map/2', map],
  ['map/3', map],
  ['filter/2', filter],
  ['all/3', quantifier2(all)],
  ['exists/3', quantifier2(exists)],
  ['existsOne/3', quantifier2(existsOne)],
  ['exists_one/3', quantifier2(existsOne)],
  ['transformList/3', transformList],
  ['transformList/4', transformList],
  ['transformMap/3', transformMap(true)],
  ['transformMap/4', transformMap(true)],
  ['transformMapEntry/3', transformMap(false)],
  ['transformMapEntry/4', transformMap(false)],
  ['optMap/2', optionalMap(false)],
  ['optFlatMap/2', optionalMap(true)],
  ['sortBy/2', sortBy],
]);

/** The expansion of a call of a macro; undefined for other calls. Throws a MacroError. */
export function expandMacro(
  at: number,
  fn: string,
  target: Expr | undefined,
  args: readonly Expr[],
  macros: Macros,
): Expr | undefined {
  if (macros.binds && fn === 'bind' && target?.kind === 'ident' && target.name === 'cel' && args.length === 3) {
    const [name, value, result] = args as [Expr, Expr, Expr];
    if (name.kind !== 'ident') throw new MacroError(name.at, 'cel.bind() variable names must be simple identifiers');
    return new Maker(at, macros).bind(name.name, value, result);
  }
  if (target) return RECEIVER.get(`${fn}/${args.length}`)?.(target, args, new Maker(at, macros));
  if (fn !== 'has' || args.length !== 1) return undefined;
  const [arg] = args as [Expr];
  if (arg.kind !== 'select') throw new MacroError(arg.at, 'invalid argument to has() macro');
  return { kind: 'select', at, operand: arg.operand, field: arg.field, test: true };
}
