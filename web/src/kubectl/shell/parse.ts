/** Reads what is typed as a shell does: quotes, pipes, redirections, here-documents, `;`, `&&` and `||`. */
import { type Part, type Token, tokenize } from './tokens.ts';

export interface Stage {
  words: string[];
  /** Words that no quotes were around, which aliases and globs would be looked for in. */
  first: string;
  /** Of each word in which something stands for another text, its parts; nothing where no word has such. */
  parts?: (Part[] | undefined)[];
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
    const stage: Stage = { words: words.map(({ text }) => text), first: first && !first.isQuoted ? first.text : '' };
    if (words.some(({ parts }) => parts)) stage.parts = words.map(({ parts }) => parts);
    pipeline.stages.push(stage);
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
