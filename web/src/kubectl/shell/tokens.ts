/** Words and operators of what is typed, and what in them stands for another text: `$NAME`, `${NAME}`, `$(…)`. */

/** A piece of a word. What stands for another text and is not in quotes may become several words. */
export type Part = { text: string } | { variable: string; isQuoted: boolean } | { command: string; isQuoted: boolean };

export interface Token {
  /** As it is; with `parts`, as it was typed. */
  text: string;
  isOperator: boolean;
  isQuoted: boolean;
  /** Of a word in which something stands for another text. */
  parts?: Part[];
}

const OPERATOR = /^(\|\||&&|<<-?|>>|[|;<>&\n])/;
const VARIABLE = /^\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*|\?))/;

/** `open`: a quote, a bracket or a backslash at the end. Another string: a mistake, in words. */
export function tokenize(text: string): Token[] | 'open' | string {
  const tokens: Token[] = [];
  const word = new Word();
  let at = 0;
  const push = (): void => {
    const token = word.end();
    if (token) tokens.push(token);
  };
  while (at < text.length) {
    const character = text[at] as string;
    const operator = OPERATOR.exec(text.slice(at))?.[1];
    if (character === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) return 'open';
      word.add(text.slice(at + 1, end), true);
      at = end + 1;
    } else if (character === '"') {
      const end = doubleQuoted(text, at + 1, word);
      if (typeof end === 'string') return end;
      at = end;
    } else if (character === '\\') {
      if (at + 1 >= text.length) return 'open';
      if (text[at + 1] !== '\n') word.add(text[at + 1] as string);
      at += 2;
    } else if (character === '#' && word.isEmpty) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if (operator) {
      push();
      tokens.push({ text: operator, isOperator: true, isQuoted: false });
      at += operator.length;
    } else if (/\s/.test(character)) {
      push();
      at++;
    } else {
      const end = standIn(text, at, word, false);
      if (typeof end === 'string') return end;
      if (end === undefined) word.add(character);
      at = end ?? at + 1;
    }
  }
  push();
  return tokens;
}

class Word {
  #text: string | undefined;
  #parts: Part[] = [];
  #isQuoted = false;

  get isEmpty(): boolean {
    return this.#text === undefined;
  }

  add(text: string, isQuoted = false): void {
    this.#text = (this.#text ?? '') + text;
    this.#isQuoted ||= isQuoted;
    this.#parts.push({ text });
  }

  addStandIn(part: Part, typed: string): void {
    this.#text = (this.#text ?? '') + typed;
    this.#parts.push(part);
  }

  end(): Token | undefined {
    const [text, parts, isQuoted] = [this.#text, this.#parts, this.#isQuoted];
    this.#text = undefined;
    this.#parts = [];
    this.#isQuoted = false;
    if (text === undefined) return undefined;
    const token: Token = { text, isOperator: false, isQuoted };
    return parts.every((part) => 'text' in part) ? token : { ...token, parts };
  }
}

/** Answers with where it ends. */
function doubleQuoted(text: string, from: number, word: Word): number | string {
  word.add('', true);
  for (let at = from; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '"') return at + 1;
    const next = text[at + 1];
    if (character === '\\' && next !== undefined && '"\\$`\n'.includes(next)) {
      if (next !== '\n') word.add(next);
      at++;
      continue;
    }
    const end = standIn(text, at, word, true);
    if (typeof end === 'string') return end;
    if (end === undefined) word.add(character);
    else at = end - 1;
  }
  return 'open';
}

/** Answers with where it ends; undefined where nothing stands for another text. */
function standIn(text: string, at: number, word: Word, isQuoted: boolean): number | string | undefined {
  if (text.startsWith('$((', at)) return '$((…)) is not built into this terminal: it does no sums';
  if (text.startsWith('$(', at) || text[at] === '`') {
    const isBracket = text[at] === '$';
    const from = at + (isBracket ? 2 : 1);
    const end = isBracket ? closing(text, from) : text.indexOf('`', from);
    if (end < 0) return 'open';
    word.addStandIn({ command: text.slice(from, end), isQuoted }, text.slice(at, end + 1));
    return end + 1;
  }
  const found = VARIABLE.exec(text.slice(at));
  if (!found) return undefined;
  word.addStandIn({ variable: found[1] ?? (found[2] as string), isQuoted }, found[0]);
  return at + found[0].length;
}

/** Where the bracket closes that opened before `from`; -1 where it does not. */
function closing(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '\\') at++;
    else if (character === "'" || character === '"') {
      const end = text.indexOf(character, at + 1);
      if (end < 0) return -1;
      at = end;
    } else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return at;
  }
  return -1;
}
