/**
 * The parser (cel-go `parser/parser.go`): a descent over the grammar of `CEL.g4`. Upstream's generated parser goes on
 * after an error; this one reports the first, in upstream's words for it.
 */
import { CelError } from '../values/value.ts';
import type { Entry, Expr, StructLiteral } from './ast.ts';
import { Abandoned, START, START_OR_CLOSED } from './cursor.ts';
import type { SyntaxProblem } from './errors.ts';
import { type Token, tokens } from './lexer.ts';
import { literalValue } from './literals.ts';
import { expandMacro, MacroError, type Macros } from './macros.ts';
import { Operators } from './operators.ts';

const RESERVED: ReadonlySet<string> = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);
const MAX_LENGTH = 100_000;
export interface Parsed {
  expr: Expr;
  problems: readonly SyntaxProblem[];
}

/**
 * The tree, and what is wrong with the text; the tree is of use only where nothing is. `binds`: it may have `cel.bind`.
 */
export function parse(source: string, binds = false): Parsed {
  const problems: SyntaxProblem[] = [];
  const nothing: Expr = { kind: 'literal', at: 0, value: null };
  const length = source.length > MAX_LENGTH ? [...source].length : source.length;
  if (length > MAX_LENGTH) {
    const message = `expression code point size exceeds limit: size: ${length}, limit ${MAX_LENGTH}`;
    return { expr: nothing, problems: [{ at: undefined, message }] };
  }
  try {
    const parser = new Parser(tokens(source, problems), problems);
    parser.macros.binds = binds;
    return { expr: parser.whole(), problems };
  } catch (error) {
    if (!(error instanceof Abandoned)) throw error;
    return { expr: nothing, problems };
  }
}

class Parser extends Operators {
  readonly macros: Macros = { binds: false, copied: 0 };

  whole(): Expr {
    const expr = this.expr();
    if (this.next.type !== 'end') {
      const extraneous = this.peek(1).type === 'end';
      this.fail(this.next.at, `${extraneous ? 'extraneous' : 'mismatched'} input '${this.next.text}' expecting <EOF>`);
    }
    this.checkHeight();
    return expr;
  }

  protected unary(): Expr {
    for (const [sign, fn] of [
      ['!', '!_'],
      ['-', '-_'],
    ] as const) {
      if (!this.is(sign)) continue;
      const { at } = this.next;
      if (sign === '-' && isNumber(this.peek(1))) break;
      let count = 0;
      for (; this.is(sign); count++) this.take();
      const operand = this.member();
      return count % 2 === 0 ? operand : this.call(at, fn, operand);
    }
    return this.member();
  }

  private member(): Expr {
    const before = this.height;
    this.height = 0;
    let expr = this.primary();
    for (;;) {
      const dot = this.takeIf('.');
      if (dot) {
        expr = this.dotted(expr, dot);
        this.height++;
        continue;
      }
      const bracket = this.takeIf('[');
      if (!bracket) {
        this.height = Math.max(before, this.height);
        return expr;
      }
      const fn = this.takeIf('?') ? '_[?_]' : '_[_]';
      const index = this.expr();
      this.expect(']');
      this.height++;
      expr = this.call(bracket.at, fn, expr, index);
    }
  }

  private dotted(operand: Expr, dot: Token): Expr {
    const optional = this.takeIf('?');
    const name = this.fieldName(optional ? '.?' : '.');
    if (optional) {
      return this.call(dot.at, '_?._', operand, { kind: 'literal', at: name.at, value: name.text });
    }
    const open = name.type === 'ident' ? this.takeIf('(') : undefined;
    if (!open) return { kind: 'select', at: dot.at, operand, field: name.text, test: false };
    return this.call(open.at, name.text, { target: operand }, ...this.args());
  }

  private args(): Expr[] {
    const args: Expr[] = [];
    if (this.takeIf(')')) return args;
    this.start(START_OR_CLOSED);
    do args.push(this.expr());
    while (this.takeIf(','));
    this.expect(')', "{')', ','}");
    return args;
  }

  private primary(): Expr {
    this.start();
    const token = this.take();
    const { at, text, type } = token;
    if (type !== 'operator') return type === 'ident' ? this.named('', token) : this.literal(token, false);
    switch (text) {
      case 'true':
      case 'false':
        return { kind: 'literal', at, value: text === 'true' };
      case 'null':
        return { kind: 'literal', at, value: null };
      case '-': {
        const number = this.take();
        if (isNumber(number)) return this.literal(number, true, at);
        return this.fail(number.at, `no viable alternative at input '-${number.type === 'end' ? '' : number.text}'`);
      }
      case '.': {
        const name = this.take();
        if (name.type === 'ident') return this.named('.', name, at);
        return this.fail(name.at, `no viable alternative at input '.${name.type === 'end' ? '' : name.text}'`);
      }
      case '(': {
        const inner = this.expr();
        this.expect(')');
        return inner;
      }
      case '[':
        return this.list(at);
      case '{':
        return { kind: 'map', at, entries: this.entries() };
      default:
        return this.fail(at, `mismatched input '${text}' expecting {${START}}`);
    }
  }

  private named(prefix: string, { at, text }: Token, start = at): Expr {
    const struct = this.structAhead();
    if (struct) {
      let name = prefix + text;
      while (this.takeIf('.')) name += `.${this.take().text}`;
      const open = this.take();
      return { kind: 'struct', at: open.at, name, fields: this.fields() };
    }
    if (RESERVED.has(text)) {
      this.report(start, `reserved identifier: ${text}`);
    }
    const open = this.takeIf('(');
    if (open) return this.call(open.at, prefix + text, ...this.args());
    return { kind: 'ident', at, name: prefix + text };
  }

  /** Whether the name goes on, through dots, to a brace. */
  private structAhead(): boolean {
    let ahead = 0;
    while (this.peek(ahead).text === '.' && this.peek(ahead + 1).type === 'ident') ahead += 2;
    const { type, text } = this.peek(ahead);
    return type === 'operator' && text === '{';
  }

  private list(at: number): Expr {
    const items: Expr[] = [];
    const optional = new Set<number>();
    while (!this.is(']')) {
      if (this.takeIf('?')) optional.add(items.length);
      items.push(this.expr());
      if (!this.takeIf(',')) break;
    }
    this.expect(']', "{']', ','}");
    return { kind: 'list', at, items, optional };
  }

  private entries(): Entry[] {
    const entries: Entry[] = [];
    while (!this.is('}')) {
      const optional = this.takeIf('?') !== undefined;
      const key = this.expr();
      const { at } = this.expect(':');
      entries.push({ at, key, value: this.expr(), optional });
      if (!this.takeIf(',')) break;
    }
    this.expect('}', "{'}', ','}");
    return entries;
  }

  private fields(): StructLiteral['fields'] {
    const fields: { at: number; name: string; value: Expr; optional: boolean }[] = [];
    while (!this.is('}')) {
      const optional = this.takeIf('?') !== undefined;
      const name = this.take();
      if (name.type !== 'ident') this.fail(name.at, `mismatched input '${name.text}' expecting IDENTIFIER`);
      const { at } = this.expect(':');
      fields.push({ at, name: name.text, value: this.expr(), optional });
      if (!this.takeIf(',')) break;
    }
    this.expect('}', "{'}', ','}");
    return fields;
  }

  private literal({ type, text, at }: Token, negative: boolean, start = at): Expr {
    const value = literalValue(type, text, negative);
    if (!(value instanceof CelError)) return { kind: 'literal', at: start, value };
    this.report(start, value.message);
    return { kind: 'literal', at: start, value: null };
  }

  protected call(at: number, fn: string, ...rest: (Expr | { target: Expr })[]): Expr {
    const [first] = rest;
    const target = first && 'target' in first && !('kind' in first) ? first.target : undefined;
    const args = (target ? rest.slice(1) : rest) as Expr[];
    try {
      return expandMacro(at, fn, target, args, this.macros) ?? { kind: 'call', at, fn, target, args };
    } catch (error) {
      if (!(error instanceof MacroError)) throw error;
      this.report(error.at, error.message);
      return { kind: 'literal', at, value: null };
    }
  }
}

function isNumber({ type }: Token): boolean {
  return type === 'int' || type === 'float';
}
