/** JSONPath templates as client-go reads them: text with `{…}` in it. */
import { CommandError } from '../../errors.ts';

export type Step =
  | { type: 'text'; text: string }
  | { type: 'field'; name: string }
  | { type: 'wildcard' }
  | { type: 'recursive' }
  | { type: 'literal'; value: number | boolean }
  | { type: 'word'; word: string }
  | { type: 'slice'; from?: number; to?: number; step?: number; single: boolean }
  | { type: 'union'; paths: Step[][] }
  | { type: 'filter'; left: Step[]; operator: string; right: Step[] };

/** Each part is a text, or the steps within one pair of braces. */
export type Template = Step[][];

const fail = (message: string): never => {
  throw new CommandError(message);
};

export function parseTemplate(text: string): Template {
  const template: Template = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    if (open !== at) {
      template.push([{ type: 'text', text: open < 0 ? text.slice(at) : text.slice(at, open) }]);
      if (open < 0) break;
    }
    const reader = new Reader(text, open + 1);
    template.push(...reader.braces());
    at = reader.at;
  }
  return template;
}

/** Steps alone, as they stand within braces. */
export function parsePath(text: string): Step[] {
  return parseTemplate(`{${text}}`).flat();
}

class Reader {
  readonly text: string;
  at: number;

  constructor(text: string, at: number) {
    this.text = text;
    this.at = at;
  }

  /** Up to and with the closing brace. A text within braces is a part of its own. */
  braces(): Step[][] {
    const steps: Step[] = [];
    for (;;) {
      const character = this.text[this.at];
      if (character === undefined || character === '\n') return fail('unclosed action');
      if (character === '}') {
        this.at++;
        return [steps];
      }
      this.#step(character, steps);
    }
  }

  #step(character: string, steps: Step[]): void {
    const rest = this.text.slice(this.at);
    if (character === ' ' || character === '@' || character === '$') this.at++;
    else if (rest.startsWith('..')) this.#recursive(steps, rest);
    else if (character === '.') {
      this.at++;
      this.#field(steps);
    } else if (character === '[') this.#brackets(steps);
    else if (character === '"' || character === "'") steps.push({ type: 'text', text: this.#quoted(character) });
    else if (/^[-+\d]/.test(rest)) {
      const number = /^[-+]?[\d.]+/.exec(rest)?.[0] ?? character;
      this.at += number.length;
      if (Number.isNaN(Number(number))) fail(`cannot parse number ${number}`);
      steps.push({ type: 'literal', value: Number(number) });
    } else if (/^\w/.test(rest)) this.#word(steps, rest);
    else fail(`unrecognized character in action: U+${hex(character)} '${character}'`);
  }

  #recursive(steps: Step[], rest: string): void {
    if (rest.startsWith('...') || steps.at(-1)?.type === 'recursive') fail('invalid multiple recursive descent');
    this.at += 2;
    steps.push({ type: 'recursive' });
    if (/[\w-]/.test(this.text[this.at] ?? '')) this.#field(steps);
  }

  #word(steps: Step[], rest: string): void {
    const word = /^\w+/.exec(rest)?.[0] ?? '';
    this.at += word.length;
    if (word === 'true' || word === 'false') steps.push({ type: 'literal', value: word === 'true' });
    else steps.push({ type: 'word', word });
  }

  #field(steps: Step[]): void {
    let name = '';
    for (;;) {
      const character = this.text[this.at];
      if (character === '\\') {
        name += this.text[this.at + 1] ?? '';
        this.at += 2;
      } else if (character === undefined || /[\s.,[\]$@{}*()<>=!|]/.test(character)) break;
      else {
        name += character;
        this.at++;
      }
    }
    if (name !== '') steps.push({ type: 'field', name });
    else if (this.text[this.at] === '*') {
      this.at++;
      steps.push({ type: 'wildcard' });
    }
  }

  #quoted(quote: string): string {
    let text = '';
    this.at++;
    for (;;) {
      const character = this.text[this.at++];
      if (character === undefined || character === '\n') return fail('unterminated quoted string');
      if (character === quote) return text;
      if (character !== '\\') text += character;
      else {
        const escaped = this.text[this.at++] ?? '';
        text += { n: '\n', t: '\t', r: '\r' }[escaped] ?? escaped;
      }
    }
  }

  #brackets(steps: Step[]): void {
    const inner = this.#balanced();
    if (inner.startsWith('?(') && inner.endsWith(')')) steps.push(filterOf(inner.slice(2, -1)));
    else if (inner === '*') steps.push({ type: 'wildcard' });
    else if (/^-?\d+$/.test(inner)) steps.push({ type: 'slice', from: Number(inner), single: true });
    else if (/^-?\d*:-?\d*(:-?\d*)?$/.test(inner)) {
      const [from, to, step] = inner.split(':').map((each) => (each === '' ? undefined : Number(each)));
      steps.push({ type: 'slice', from, to, step, single: false });
    } else if (/^'[^']*'$/.test(inner)) {
      steps.push({ type: 'field', name: inner.slice(1, -1) });
    } else if (inner.includes(',')) {
      const paths = inner.split(',').map((each) => unionPath(each.trim()));
      steps.push({ type: 'union', paths });
    } else fail(`invalid array index ${inner}`);
  }

  /** Of the text within brackets. */
  #balanced(): string {
    const start = ++this.at;
    let depth = 1;
    let quote = '';
    for (; this.at < this.text.length; this.at++) {
      const character = this.text[this.at] as string;
      if (quote !== '') {
        if (character === '\\') this.at++;
        else if (character === quote) quote = '';
      } else if (character === '"' || character === "'") quote = character;
      else if (character === '[') depth++;
      else if (character === ']' && --depth === 0) return this.text.slice(start, this.at++);
      else if (character === '\n') break;
    }
    return fail(this.text.slice(start).startsWith('?') ? 'unterminated filter' : 'unterminated array');
  }
}

function unionPath(text: string): Step[] {
  if (/^-?\d+$/.test(text)) return [{ type: 'slice', from: Number(text), single: true }];
  const quoted = /^(['"])(.*)\1$/.exec(text)?.[2];
  return quoted !== undefined ? [{ type: 'field', name: quoted }] : parsePath(text);
}

function filterOf(text: string): Step {
  const match = /(?:[^'"=<>!]|'[^']*'|"[^"]*")*?(==|!=|<=|>=|<|>)/.exec(text);
  if (match?.index !== 0) return { type: 'filter', left: parsePath(text.trim()), operator: 'exists', right: [] };
  const operator = match[1] as string;
  const left = match[0].slice(0, -operator.length);
  return {
    type: 'filter',
    left: parsePath(left.trim()),
    operator,
    right: parsePath(text.slice(match[0].length).trim()),
  };
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
