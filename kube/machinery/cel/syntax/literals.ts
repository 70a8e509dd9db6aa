/** The values of literals (cel-go `parser/unescape.go`). */
import { addAll } from '../../add-all.ts';
import { CelError, UInt, type Value } from '../values/value.ts';
import type { TokenType } from './lexer.ts';

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const ESCAPE = /\\(?:([xX])([0-9a-fA-F]{2})|(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|([0-3][0-7][0-7])|(.))/gs;

/** The content of a quoted token without its prefix; throws an Error with upstream's words. */
function unquoted(text: string): { content: string; raw: boolean } {
  const raw = /^[rR]/.test(text);
  const body = (raw ? text.slice(1) : text).replace(/\r\n?/g, '\n');
  const quote = body.length >= 6 && (body.startsWith('"""') || body.startsWith("'''")) ? 3 : 1;
  return { content: body.slice(quote, body.length - quote), raw };
}

function stringLiteral(text: string): string {
  const { content, raw } = unquoted(text);
  if (raw || !content.includes('\\')) return content;
  return content.replace(ESCAPE, (_, x, hex, short, long, octal, simple: string) => {
    if (simple !== undefined) return SIMPLE[simple] ?? simple;
    const code = octal ? Number.parseInt(octal, 8) : Number.parseInt(x ? hex : (short ?? long), 16);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw new Error('invalid unicode code point');
    return String.fromCodePoint(code);
  });
}

function bytesLiteral(text: string): Uint8Array {
  const { content, raw } = unquoted(text.slice(1));
  const encoder = new TextEncoder();
  if (raw || !content.includes('\\')) return encoder.encode(content);
  const found: number[] = [];
  let last = 0;
  for (const match of content.matchAll(ESCAPE)) {
    const [whole, x, hex, short, long, octal, simple] = match;
    addAll(found, encoder.encode(content.slice(last, match.index)));
    last = (match.index ?? 0) + whole.length;
    if (short || long) throw new Error('unable to unescape string');
    if (x) found.push(Number.parseInt(hex as string, 16));
    else if (octal) found.push(Number.parseInt(octal, 8));
    else addAll(found, encoder.encode(SIMPLE[simple as string] ?? (simple as string)));
  }
  addAll(found, encoder.encode(content.slice(last)));
  return Uint8Array.from(found);
}

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;

/** undefined where it does not fit. */
function intLiteral(text: string, negative: boolean): bigint | undefined {
  const value = negative ? -BigInt(text) : BigInt(text);
  return value >= MIN_INT && value <= MAX_INT ? value : undefined;
}

function uintLiteral(text: string): bigint | undefined {
  const value = BigInt(text.slice(0, -1));
  return value <= MAX_UINT ? value : undefined;
}

/** The value of a token, or an error that says why it has none. */
export function literalValue(type: TokenType, text: string, negative: boolean): Value {
  switch (type) {
    case 'int':
      return intLiteral(text, negative) ?? new CelError('invalid int literal');
    case 'uint': {
      const value = uintLiteral(text);
      return value === undefined ? new CelError('invalid uint literal') : new UInt(value);
    }
    case 'float': {
      const value = Number(text);
      if (!Number.isFinite(value)) return new CelError('invalid double literal');
      return negative ? -value : value;
    }
    default:
      try {
        return type === 'bytes' ? bytesLiteral(text) : stringLiteral(text);
      } catch (error) {
        return new CelError((error as Error).message);
      }
  }
}
