/** The tokens of a CEL expression (cel-go `parser/gen/CEL.g4`). */
import type { SyntaxProblem } from './errors.ts';

export type TokenType = 'int' | 'uint' | 'float' | 'string' | 'bytes' | 'ident' | 'escaped' | 'operator' | 'end';

export interface Token {
  type: TokenType;
  text: string;
  at: number;
}

const SKIPPED = /(?:[\t \r\n\f]+|\/\/[^\n]*)+/y;
const NUMBER = /0x[0-9a-fA-F]+[uU]?|\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?|\d+[uU]?/y;
const IDENT = /[A-Za-z_][A-Za-z0-9_]*/y;
const ESCAPED = /`[A-Za-z0-9_.\-/ ]+`/y;
const OPERATOR = /==|!=|<=|>=|&&|\|\||[[\]{}().,\-!?:+*/%<>]/y;
const QUOTE = /([bB]?)([rR]?)("""|'''|"|')/y;
const ESCAPE = /\\(?:[abfnrtv"'\\?`]|[0-3][0-7][0-7]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/y;
const KEYWORDS: ReadonlySet<string> = new Set(['in', 'true', 'false', 'null']);

/** All tokens, the last of them `end`. What is none is reported and left out. */
export function tokens(source: string, problems: SyntaxProblem[]): Token[] {
  const found: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  while (at < source.length) {
    const skipped = take(SKIPPED);
    if (skipped) {
      at += skipped.length;
      continue;
    }
    const quoted = quotedToken(source, at);
    if (quoted?.token) {
      found.push(quoted.token);
      at += quoted.length;
      continue;
    }
    const number = quoted ? undefined : take(NUMBER);
    if (number) {
      const hex = number.startsWith('0x');
      const type = /[uU]$/.test(number) ? 'uint' : !hex && /[.eE]/.test(number) ? 'float' : 'int';
      found.push({ type, text: number, at });
      at += number.length;
      continue;
    }
    const ident = quoted ? undefined : take(IDENT);
    if (ident) {
      found.push({ type: KEYWORDS.has(ident) ? 'operator' : 'ident', text: ident, at });
      at += ident.length;
      continue;
    }
    const escaped = take(ESCAPED);
    const operator = escaped || quoted ? undefined : take(OPERATOR);
    if (escaped || operator) {
      const text = (escaped ?? operator) as string;
      found.push({ type: escaped ? 'escaped' : 'operator', text, at });
      at += text.length;
      continue;
    }
    const length = quoted ? quoted.length : /[=&|]/.test(source[at] as string) ? 2 : symbolLength(source, at);
    const text = source.slice(at, at + length);
    problems.push({ at, message: `Syntax error: token recognition error at: '${text}'` });
    at += length;
  }
  found.push({ type: 'end', text: '<EOF>', at: source.length });
  return found;
}

function symbolLength(source: string, at: number): number {
  return (source.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/** A string at this place, or how much of the text is none though it begins like one. */
function quotedToken(source: string, at: number): { token?: Token; length: number } | undefined {
  QUOTE.lastIndex = at;
  const [head, bytes, raw, quote] = QUOTE.exec(source) ?? [];
  if (head === undefined || quote === undefined) return undefined;
  const end = endOfQuoted(source, at + head.length, quote, raw !== '');
  if (end > 0) {
    return { token: { type: bytes ? 'bytes' : 'string', text: source.slice(at, end), at }, length: end - at };
  }
  // `"""` that is never closed is an empty string and a quote.
  if (quote.length === 3) {
    const short = at + head.length - 1;
    return { token: { type: bytes ? 'bytes' : 'string', text: source.slice(at, short), at }, length: short - at };
  }
  return { length: Math.min(-end + 1, source.length) - at };
}

/** The offset behind the closing quote, or -(the offset of what cannot stand in the string). */
function endOfQuoted(source: string, from: number, quote: string, raw: boolean): number {
  let at = from;
  while (at < source.length) {
    if (source.startsWith(quote, at)) return at + quote.length;
    const character = source[at];
    if (quote.length === 1 && (character === '\n' || character === '\r')) return -at;
    if (character === '\\' && !raw) {
      ESCAPE.lastIndex = at;
      const sequence = ESCAPE.exec(source)?.[0];
      if (!sequence) return -(at + 1);
      at += sequence.length;
    } else at++;
  }
  return -source.length;
}
