/** Reads what is typed as a shell does: quotes, pipes, redirections, here-documents, `;`, `&&` and `||`. */

export interface Stage {
  words: string[];
  /** Words that no quotes were around, which aliases and globs would be looked for in. */
  first: string;
}

export interface Pipeline {
  stages: Stage[];
  /** A file's text, or a here-document's, goes into the first stage. */
  input?: { file: string } | { text: string };
  output?: { file: string; appends: boolean };
  /** When it runs, after the one before it. */
  when: 'always' | 'success' | 'failure';
}

/** `more`: the line goes on in the next one. `heredoc`: up to the line of that word. */
export type Parsed = { pipelines: Pipeline[] } | { more: 'line' | 'heredoc' } | { error: string };

interface Token {
  text: string;
  isOperator: boolean;
  isQuoted: boolean;
}

const OPERATOR = /^(\|\||&&|<<-?|>>|[|;<>&\n])/;

export function parseShell(text: string): Parsed {
  const lines = text.split('\n');
  const heredocs: { word: string; body: string }[] = [];
  let command = '';
  let at = 0;
  while (at < lines.length) {
    command += (command === '' ? '' : '\n') + (lines[at++] as string);
    const read = tokenize(command);
    if (read === 'open') continue;
    if (typeof read === 'string') return { error: read };
    const wanted = read.filter(({ text: word, isOperator }) => isOperator && word.startsWith('<<'));
    if (wanted.length === heredocs.length) continue;
    for (const [index, token] of read.entries()) {
      if (!token.isOperator || !token.text.startsWith('<<')) continue;
      if (wanted.indexOf(token) < heredocs.length) continue;
      const word = read[index + 1]?.text ?? '';
      const end = lines.findIndex(
        (line, number) => number >= at && (token.text === '<<-' ? line.trimStart() : line) === word,
      );
      if (end < 0) return { more: 'heredoc' };
      const body = lines.slice(at, end).map((line) => (token.text === '<<-' ? line.replace(/^\t+/, '') : line));
      heredocs.push({ word, body: body.map((line) => `${line}\n`).join('') });
      at = end + 1;
    }
  }
  const tokens = tokenize(command);
  if (tokens === 'open') return { more: 'line' };
  if (typeof tokens === 'string') return { error: tokens };
  return pipelinesOf(
    tokens,
    heredocs.map(({ body }) => body),
  );
}

/** `open`: a quote or a backslash at the end. */
function tokenize(text: string): Token[] | 'open' | string {
  const tokens: Token[] = [];
  let word: string | undefined;
  let isQuoted = false;
  let at = 0;
  const push = (): void => {
    if (word !== undefined) tokens.push({ text: word, isOperator: false, isQuoted });
    word = undefined;
    isQuoted = false;
  };
  while (at < text.length) {
    const character = text[at] as string;
    const operator = OPERATOR.exec(text.slice(at))?.[1];
    if (character === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) return 'open';
      word = (word ?? '') + text.slice(at + 1, end);
      isQuoted = true;
      at = end + 1;
    } else if (character === '"') {
      const read = doubleQuoted(text, at + 1);
      if (!read) return 'open';
      if (read.text.includes('$(') || read.text.includes('`')) return SUBSTITUTION;
      word = (word ?? '') + read.text;
      isQuoted = true;
      at = read.end;
    } else if (character === '\\') {
      if (at + 1 >= text.length) return 'open';
      if (text[at + 1] !== '\n') word = (word ?? '') + text[at + 1];
      at += 2;
    } else if (character === '#' && word === undefined) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if (text.startsWith('$(', at) || character === '`') return SUBSTITUTION;
    else if (operator) {
      push();
      tokens.push({ text: operator, isOperator: true, isQuoted: false });
      at += operator.length;
    } else if (/\s/.test(character)) {
      push();
      at++;
    } else {
      word = (word ?? '') + character;
      at++;
    }
  }
  push();
  return tokens;
}

const SUBSTITUTION =
  '$(…) and `…` are not built into this terminal: run the inner line first, and paste what it prints';

function doubleQuoted(text: string, from: number): { text: string; end: number } | undefined {
  let read = '';
  for (let at = from; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '"') return { text: read, end: at + 1 };
    const next = text[at + 1];
    if (character === '\\' && next !== undefined && '"\\$`\n'.includes(next)) {
      if (next !== '\n') read += next;
      at++;
    } else read += character;
  }
  return undefined;
}

function pipelinesOf(tokens: readonly Token[], heredocs: string[]): Parsed {
  const pipelines: Pipeline[] = [];
  let pipeline: Pipeline = { stages: [], when: 'always' };
  let words: Token[] = [];
  const unexpected = (text: string): Parsed => ({
    error: `syntax error near unexpected token \`${text === '\n' ? 'newline' : text}'`,
  });
  const endStage = (): boolean => {
    if (words.length === 0) return false;
    const [first] = words;
    pipeline.stages.push({ words: words.map(({ text }) => text), first: first && !first.isQuoted ? first.text : '' });
    words = [];
    return true;
  };
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    if (!token.isOperator) {
      words.push(token);
      continue;
    }
    if (token.text === '|') {
      if (!endStage()) return unexpected('|');
      if (at === tokens.length - 1) return { more: 'line' };
    } else if (token.text === '&') return { error: 'commands in the background (&) are not built into this terminal' };
    else if (/^[<>]/.test(token.text)) {
      const file = tokens[++at];
      if (!file || file.isOperator) return unexpected(file?.text ?? '\n');
      if (token.text.startsWith('<<')) pipeline.input = { text: heredocs.shift() ?? '' };
      else if (token.text === '<') pipeline.input = { file: file.text };
      else {
        const last = words.at(-1);
        // `2>file` and `2>&1`: errors are shown all the same.
        if (last && /^[12]$/.test(last.text))
          return { error: 'redirections of single streams (2>) are not built into this terminal' };
        pipeline.output = { file: file.text, appends: token.text === '>>' };
      }
    } else {
      const isEmpty = !endStage();
      if (isEmpty && (token.text !== '\n' || pipeline.stages.length > 0)) return unexpected(token.text);
      if (!isEmpty) pipelines.push(pipeline);
      if (/^(&&|\|\|)$/.test(token.text) && at === tokens.length - 1) return { more: 'line' };
      pipeline = { stages: [], when: token.text === '&&' ? 'success' : token.text === '||' ? 'failure' : 'always' };
    }
  }
  if (endStage()) pipelines.push(pipeline);
  else if (pipeline.stages.length > 0) return { more: 'line' };
  return { pipelines };
}
