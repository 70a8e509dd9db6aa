/** A place in the tokens of an expression, and what is said of tokens that do not belong there. */
import type { SyntaxProblem } from './errors.ts';
import type { Token } from './lexer.ts';

const MAX_DEPTH = 250;
export const START =
  "'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER";
export const START_OR_CLOSED = START.replace("'('", "'(', ')'");
const WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null']);
const STARTS: ReadonlySet<string> = new Set(['[', '{', '(', '.', '-', '!', 'true', 'false', 'null']);

/** Ends the parse; what is wrong has been reported. */
export class Abandoned extends Error {}

export class Cursor {
  private readonly tokens: readonly Token[];
  private readonly problems: SyntaxProblem[];
  private position = 0;
  /** Invocations under way of the grammar's rules that contain themselves. */
  private readonly depths = { expr: 0, relation: 0, calc: 0 };
  /**
   * Of the expressions that were read since it was zero, the greatest number of operators, conditions and members that
   * lie within each other.
   */
  protected height = 0;

  constructor(found: readonly Token[], problems: SyntaxProblem[]) {
    this.tokens = found;
    this.problems = problems;
  }

  protected get next(): Token {
    return this.tokens[this.position] as Token;
  }

  protected peek(ahead: number): Token {
    return this.tokens[Math.min(this.position + ahead, this.tokens.length - 1)] as Token;
  }

  protected take(): Token {
    const token = this.next;
    if (token.type !== 'end') this.position++;
    return token;
  }

  protected is(text: string): boolean {
    return this.next.type === 'operator' && this.next.text === text;
  }

  protected takeIf(text: string): Token | undefined {
    return this.is(text) ? this.take() : undefined;
  }

  protected fail(at: number, message: string): never {
    this.report(at, `Syntax error: ${message}`);
    throw new Abandoned();
  }

  protected report(at: number | undefined, message: string): void {
    this.problems.push({ at, message });
  }

  protected expect(text: string, expected = `'${text}'`): Token {
    const token = this.takeIf(text);
    if (token) return token;
    const missing = (text === ')' || text === ']') && this.next.type === 'end';
    const what = missing
      ? `missing '${text}' at '<EOF>'`
      : `mismatched input '${this.next.text}' expecting ${expected}`;
    return this.fail(this.next.at, what);
  }

  /** The name behind `before`, a dot. */
  protected fieldName(before: string): Token {
    const { type, at, text } = this.next;
    if (type === 'escaped') this.report(at, "unsupported syntax: '`'");
    else if (WORDS.has(text) && type !== 'ident') this.fail(at, `mismatched input '${text}' expecting IDENTIFIER`);
    else if (type !== 'ident') {
      this.fail(at, `no viable alternative at input '${before}${type === 'end' ? '' : text}'`);
    }
    return this.take();
  }

  /** One more invocation of a rule begins. Upstream's listener counts them, each rule by itself. */
  protected enter(rule: keyof Cursor['depths']): void {
    if (++this.depths[rule] <= MAX_DEPTH) return;
    this.report(undefined, `expression recursion limit exceeded: ${MAX_DEPTH}`);
    throw new Abandoned();
  }

  protected leave(rule: keyof Cursor['depths']): void {
    this.depths[rule]--;
  }

  /** Upstream goes through the whole tree after it was read, and gives up where it is too deep. */
  protected checkHeight(): void {
    if (this.height <= MAX_DEPTH) return;
    this.report(undefined, 'max recursion depth exceeded');
    throw new Abandoned();
  }

  /** Reports where no expression begins; one token too many is passed over. */
  protected start(expected = START): void {
    if (this.begins(this.next)) return;
    if (this.next.type !== 'end' && this.begins(this.peek(1))) {
      this.report(this.next.at, `Syntax error: extraneous input '${this.next.text}' expecting {${expected}}`);
      this.take();
      return;
    }
    this.fail(this.next.at, `mismatched input '${this.next.text}' expecting {${expected}}`);
  }

  protected begins({ type, text }: Token): boolean {
    return type === 'operator' ? STARTS.has(text) : type !== 'end' && type !== 'escaped';
  }
}
