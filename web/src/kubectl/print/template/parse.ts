/** Go templates, as far as they are used over objects: fields, pipes, range, if, with, variables and functions. */
import { CommandError } from '../../errors.ts';

export type Node =
  | { type: 'text'; text: string }
  | { type: 'pipe'; pipe: Pipe }
  | { type: 'block'; word: 'range' | 'if' | 'with'; pipe: Pipe; body: Node[]; otherwise: Node[] };

export interface Pipe {
  /** `$i, $e :=` */
  variables: string[];
  commands: Operand[][];
}

export type Operand =
  | { type: 'path'; from: string; names: string[] }
  | { type: 'value'; value: unknown }
  | { type: 'function'; name: string }
  | { type: 'pipe'; pipe: Pipe; names: string[] };

const ACTION = /\{\{(-\s)?((?:"(?:\\.|[^"\\])*"|`[^`]*`|[^"`])*?)(\s-)?\}\}/g;
const TOKEN = /\s*("(?:\\.|[^"\\])*"|`[^`]*`|\$\w*(?:\.\w+)*|(?:\.\w+)+|\.|:=|=|[(),|]|-?\d+(?:\.\d+)?|\w+)/y;

interface Open {
  word: string;
  pipe: Pipe;
  body: Node[];
  otherwise?: Node[];
  /** `else if`: closed by the same `end`. */
  chained: boolean;
}

export function parseGoTemplate(text: string): Node[] {
  const root: Node[] = [];
  const stack: Open[] = [];
  const into = (): Node[] => {
    const top = stack.at(-1);
    return top ? (top.otherwise ?? top.body) : root;
  };
  let at = 0;
  let trim = false;
  for (const match of text.matchAll(ACTION)) {
    let before = text.slice(at, match.index);
    if (trim) before = before.trimStart();
    if (match[1]) before = before.trimEnd();
    if (before !== '') into().push({ type: 'text', text: before });
    at = match.index + match[0].length;
    trim = match[3] !== undefined;
    action((match[2] ?? '').trim(), stack, into);
  }
  const rest = trim ? text.slice(at).trimStart() : text.slice(at);
  if (rest.includes('{{')) throw new CommandError('unclosed action');
  if (stack.length > 0) throw new CommandError('unexpected EOF');
  if (rest !== '') root.push({ type: 'text', text: rest });
  return root;
}

function action(text: string, stack: Open[], into: () => Node[]): void {
  if (text.startsWith('/*')) return;
  const [, word = '', rest = ''] = /^(range|if|with|else|end)\b\s*([\s\S]*)$/.exec(text) ?? [];
  const top = stack.at(-1);
  if (word === '') into().push({ type: 'pipe', pipe: parsePipe(text) });
  else if (word === 'end' || word === 'else') {
    if (!top) throw new CommandError(`unexpected {{${word}}}`);
    if (word === 'end') close(stack, into);
    else {
      top.otherwise = [];
      const [, chained, condition = ''] = /^(if|with)\s+([\s\S]*)$/.exec(rest) ?? [];
      if (chained) stack.push({ word: chained, pipe: parsePipe(condition), body: [], chained: true });
    }
  } else stack.push({ word, pipe: parsePipe(rest), body: [], chained: false });
}

function close(stack: Open[], into: () => Node[]): void {
  for (;;) {
    const { word, pipe, body, otherwise = [], chained } = stack.pop() as Open;
    into().push({ type: 'block', word: word as 'range' | 'if' | 'with', pipe, body, otherwise });
    if (!chained) return;
  }
}

function parsePipe(text: string): Pipe {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) {
      if (text.slice(from).trim() === '') break;
      throw new CommandError(`unexpected ${JSON.stringify(text.slice(from).trim()[0])} in operand`);
    }
    tokens.push(match[1] as string);
  }
  return readPipe(tokens);
}

/** Up to the closing parenthesis, which it takes. */
function readPipe(tokens: string[]): Pipe {
  const variables: string[] = [];
  const assigned = tokens.findIndex((token) => token === ':=' || token === '=');
  if (assigned >= 0 && tokens.slice(0, assigned).every((token) => token.startsWith('$') || token === ',')) {
    variables.push(...tokens.splice(0, assigned + 1).filter((token) => token.startsWith('$')));
  }
  const commands: Operand[][] = [[]];
  for (let token = tokens.shift(); token !== undefined && token !== ')'; token = tokens.shift()) {
    if (token === '|') commands.push([]);
    else commands.at(-1)?.push(operand(token, tokens));
  }
  if (commands.some((command) => command.length === 0)) throw new CommandError('missing value for command');
  return { variables, commands };
}

function operand(token: string, tokens: string[]): Operand {
  if (token === '(') {
    const pipe = readPipe(tokens);
    const names = tokens[0]?.startsWith('.') ? (tokens.shift() as string).split('.').slice(1) : [];
    return { type: 'pipe', pipe, names: names.filter((name) => name !== '') };
  }
  if (token.startsWith('"')) return { type: 'value', value: JSON.parse(token) };
  if (token.startsWith('`')) return { type: 'value', value: token.slice(1, -1) };
  if (/^-?\d/.test(token)) return { type: 'value', value: Number(token) };
  if (token === 'true' || token === 'false') return { type: 'value', value: token === 'true' };
  if (token === 'nil') return { type: 'value', value: undefined };
  if (token.startsWith('.') || token.startsWith('$')) {
    const [from = '', ...names] = token.split('.');
    return { type: 'path', from: from === '' ? '.' : from, names: names.filter((name) => name !== '') };
  }
  return { type: 'function', name: token };
}
