/** The grammar of JSON paths (client-go `util/jsonpath/parser.go`). */
import { trimOf } from '../../machinery/trim.ts';

export class JsonPathError extends Error {}

export type Path = readonly Step[];

/** `undefined` where a part of `[from:to:step]` was left out. `isIndex`: it was one number, or none. */
export interface Range {
  from: number | undefined;
  to: number | undefined;
  step: number | undefined;
  isIndex: boolean;
}

export type Step =
  | { type: 'field'; name: string }
  | { type: 'range'; range: Range }
  | { type: 'all' | 'recursive' | 'keyword' }
  | { type: 'union'; paths: readonly Path[] }
  | { type: 'filter'; left: Path; operator: string; right: Path }
  | { type: 'filter'; left: Path; operator: 'exists' }
  | { type: 'text'; text: string }
  | { type: 'value'; value: number | boolean | Float };

/** A number that was written with a fraction: Go compares it with no integer. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

const TERMINATOR = /[ \t\r\n.,[\]$@{}]/;
const WORD = /[\p{L}\p{Nd}_]/u;
const KEY = /^'([^']*)'$/;
const RANGE = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/;
const COMPARISON = /^([^!<>=]+)([!<>=]+)(.+?)$/;
const MAX_INT = 2 ** 63;

/** The paths of a template whose first action is `text`. Throws a JsonPathError. */
export function parsePaths(text: string): Path[] {
  return new Parser(`{${text}}`).paths();
}

function parsePath(text: string): Path {
  return parsePaths(text)[0] ?? [];
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  paths(): Path[] {
    const paths: Path[] = [];
    for (let open = this.#text.indexOf('{'); open >= 0; open = this.#text.indexOf('{', this.#at)) {
      this.#at = open + 1;
      paths.push(this.#action());
    }
    return paths;
  }

  /** What stands within braces. */
  #action(): Path {
    const steps: Step[] = [];
    for (;;) {
      const letter = this.#text[this.#at] ?? '\n';
      if (this.#startsWith('[?(')) steps.push(this.#filter());
      else if (this.#startsWith('..')) {
        if (steps.at(-1)?.type === 'recursive') throw new JsonPathError('invalid multiple recursive descent');
        steps.push({ type: 'recursive' });
        if (WORD.test(this.#text[this.#at] ?? '')) steps.push(this.#field());
      } else if (letter === '\r' || letter === '\n') throw new JsonPathError('unclosed action');
      else if (letter === "'" || letter === '"') steps.push(this.#quoted(letter));
      else if (/[+\-\d]/.test(letter)) steps.push(this.#number());
      else if (WORD.test(letter)) steps.push(this.#word());
      else {
        this.#at++;
        if (letter === '}') return steps;
        if (letter === '[') steps.push(...this.#brackets());
        else if (letter === '.') steps.push(this.#field());
        // The object itself is where a path begins, with or without its sign.
        else if (!' @$'.includes(letter)) throw new JsonPathError(`unrecognized character in action: ${letter}`);
      }
    }
  }

  #startsWith(sign: string): boolean {
    if (!this.#text.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    return true;
  }

  /** The text up to a terminator that no backslash stands before. */
  #untilTerminator(): string {
    const start = this.#at;
    while (this.#at < this.#text.length && !TERMINATOR.test(this.#text[this.#at] ?? '')) {
      this.#at += this.#text[this.#at] === '\\' ? 2 : 1;
    }
    return this.#text.slice(start, this.#at);
  }

  #field(): Step {
    const name = this.#untilTerminator();
    return name === '*' ? { type: 'all' } : { type: 'field', name: name.replaceAll('\\', '') };
  }

  #word(): Step {
    const start = this.#at;
    while (!TERMINATOR.test(this.#text[this.#at] ?? ' ')) this.#at++;
    const word = this.#text.slice(start, this.#at);
    return word === 'true' || word === 'false' ? { type: 'value', value: word === 'true' } : { type: 'keyword' };
  }

  #number(): Step {
    const [text = ''] = /^[+-]?[\d.]*/.exec(this.#text.slice(this.#at)) ?? [];
    this.#at += text.length;
    const value = Number(text);
    if (!/\d/.test(text) || Number.isNaN(value)) throw new JsonPathError(`cannot parse number ${text}`);
    const isInteger = !text.includes('.') && Math.abs(value) < MAX_INT;
    return { type: 'value', value: isInteger ? value : new Float(value) };
  }

  #quoted(quote: string): Step {
    const start = ++this.#at;
    for (; this.#text[this.#at] !== quote || this.#text[this.#at - 1] === '\\'; this.#at++) {
      if ((this.#text[this.#at] ?? '\n') === '\n') throw new JsonPathError('unterminated quoted string');
    }
    return { type: 'text', text: unquoted(this.#text.slice(start, this.#at++), quote) };
  }

  #brackets(): Path {
    const end = this.#text.indexOf(']', this.#at);
    const inner = this.#text.slice(this.#at, end);
    if (end < 0 || inner.includes('\n')) throw new JsonPathError('unterminated array');
    this.#at = end + 1;
    const parts = inner.split(',');
    if (parts.length > 1) {
      return [{ type: 'union', paths: parts.map((part) => parsePath(`[${trimOf(part, ' ')}]`)) }];
    }
    const key = KEY.exec(inner)?.[1];
    return key === undefined ? [{ type: 'range', range: rangeOf(inner === '*' ? ':' : inner) }] : parsePath(`.${key}`);
  }

  #filter(): Step {
    const text = this.#text.slice(this.#at, this.#closing());
    this.#at += text.length + 1;
    if (!this.#startsWith(']')) throw new JsonPathError('unclosed array expect ]');
    const [, left = '', operator = '', right = ''] = COMPARISON.exec(text) ?? [];
    if (operator === '') return { type: 'filter', left: parsePath(text), operator: 'exists' };
    return { type: 'filter', left: parsePath(left), operator, right: parsePath(right) };
  }

  /** The parenthesis that ends a filter: before its quoted text, or after it. */
  #closing(): number {
    let quote: string | undefined;
    let isClosed = false;
    for (let at = this.#at; (this.#text[at] ?? '\n') !== '\n'; at++) {
      const letter = this.#text[at] ?? '';
      if (letter === ')' && (quote === undefined) === !isClosed) return at;
      if (letter !== '"' && letter !== "'") continue;
      if (quote === undefined) quote = letter;
      else if (letter === quote && this.#text[at - 1] !== '\\') isClosed = true;
    }
    throw new JsonPathError('unterminated filter');
  }
}

function rangeOf(text: string): Range {
  const [whole, first = '', ...others] = RANGE.exec(text) ?? [];
  if (whole === undefined) throw new JsonPathError(`invalid array index ${text}`);
  const [from, to, step] = [first, ...others.map((part) => part?.slice(1) ?? '')].map((part) => {
    if (part === '-') throw new JsonPathError('array index - is not a number');
    return part === '' ? undefined : Number(part);
  });
  return { from, to, step, isIndex: others[0] === undefined };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** As Go's `strconv.UnquoteChar` reads a text in quotes of either sort. */
function unquoted(text: string, quote: string): string {
  return text.replace(/\\(?:x([\da-f]{2})|u([\da-f]{4})|(.?))/gi, (_, byte, unit, letter: string | undefined) => {
    const code: string | undefined = byte ?? unit;
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    if (letter === '\\' || letter === quote) return letter;
    const escaped = Object.hasOwn(ESCAPES, letter ?? '') ? ESCAPES[letter ?? ''] : undefined;
    if (escaped === undefined) throw new JsonPathError(`unquote string ${text} error invalid syntax`);
    return escaped;
  });
}
