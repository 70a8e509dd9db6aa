/** Runs a Go template over an object. */
import { CommandError } from '../../errors.ts';
import { compactJson } from '../json.ts';
import { goText } from '../jsonpath/evaluate.ts';
import { type Node, type Operand, type Pipe, parseGoTemplate } from './parse.ts';

type Scope = Map<string, unknown>;

export function executeTemplate(text: string, object: unknown): string {
  try {
    return all(parseGoTemplate(text), object, new Map([['$', object]]));
  } catch (error) {
    throw new CommandError(`error parsing template ${text}, template: output:1: ${(error as Error).message}`);
  }
}

function all(nodes: readonly Node[], dot: unknown, scope: Scope): string {
  return nodes.map((node) => one(node, dot, scope)).join('');
}

function one(node: Node, dot: unknown, scope: Scope): string {
  if (node.type === 'text') return node.text;
  const value = evaluate(node.pipe, dot, scope);
  if (node.type === 'pipe') {
    for (const name of node.pipe.variables) scope.set(name, value);
    return node.pipe.variables.length > 0 ? '' : printed(value);
  }
  if (node.word === 'range') return ranged(node, value, dot, scope);
  const inner = new Map(scope);
  for (const name of node.pipe.variables) inner.set(name, value);
  if (!truth(value)) return all(node.otherwise, dot, inner);
  return all(node.body, node.word === 'with' ? value : dot, inner);
}

function ranged(node: Node & { type: 'block' }, value: unknown, dot: unknown, scope: Scope): string {
  const entries = entriesOf(value);
  if (entries.length === 0) return all(node.otherwise, dot, scope);
  return entries
    .map(([key, item]) => {
      const inner = new Map(scope);
      const { variables } = node.pipe;
      if (variables.length > 1) inner.set(variables[0] as string, key);
      if (variables.length > 0) inner.set(variables.at(-1) as string, item);
      return all(node.body, item, inner);
    })
    .join('');
}

function entriesOf(value: unknown): [unknown, unknown][] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.map((item, index) => [index, item]);
  if (typeof value === 'object') return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  throw new CommandError(`range can't iterate over ${goText(value)}`);
}

function truth(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

function evaluate(pipe: Pipe, dot: unknown, scope: Scope): unknown {
  let piped: { value: unknown } | undefined;
  for (const [first, ...rest] of pipe.commands) {
    const args = rest.map((each) => operandValue(each, dot, scope));
    if (piped) args.push(piped.value);
    const head = first as Operand;
    piped = { value: head.type === 'function' ? call(head.name, args) : operandValue(head, dot, scope) };
  }
  return piped?.value;
}

function operandValue(operand: Operand, dot: unknown, scope: Scope): unknown {
  if (operand.type === 'value') return operand.value;
  if (operand.type === 'function') return call(operand.name, []);
  if (operand.type === 'pipe') return fieldOf(evaluate(operand.pipe, dot, scope), operand.names);
  if (operand.from !== '.' && !scope.has(operand.from)) throw new CommandError(`undefined variable "${operand.from}"`);
  return fieldOf(operand.from === '.' ? dot : scope.get(operand.from), operand.names);
}

function fieldOf(value: unknown, names: readonly string[]): unknown {
  let current = value;
  for (const name of names) {
    if (current === null || current === undefined) return undefined;
    if (typeof current !== 'object' || Array.isArray(current)) {
      throw new CommandError(
        `can't evaluate field ${name} in type ${Array.isArray(current) ? '[]interface {}' : typeof current}`,
      );
    }
    current = (current as Record<string, unknown>)[name];
  }
  return current;
}

const ORDER: Readonly<Record<string, (a: never, b: never) => boolean>> = {
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
};

function call(name: string, args: unknown[]): unknown {
  const [first, second] = args;
  const order = ORDER[name];
  if (order) return order(first as never, second as never);
  switch (name) {
    case 'eq':
      return args.slice(1).some((each) => each === first);
    case 'ne':
      return first !== second;
    case 'and':
      return args.find((each) => !truth(each)) ?? args.at(-1);
    case 'or':
      return args.find(truth) ?? args.at(-1);
    case 'not':
      return !truth(first);
    case 'len':
      return entriesOf(typeof first === 'string' ? [...first] : first).length;
    case 'index':
      return args.slice(1).reduce((at, key) => (at as Record<string, unknown> | undefined)?.[key as string], first);
    case 'exists':
      return (
        args.slice(1).reduce((at, key) => (at as Record<string, unknown> | undefined)?.[key as string], first) !==
        undefined
      );
    case 'print':
      return args.map(printed).join(' ');
    case 'println':
      return `${args.map(printed).join(' ')}\n`;
    case 'printf':
      return formatted(printed(first), args.slice(1));
    case 'base64decode':
      return new TextDecoder().decode(Uint8Array.from(atob(String(first)), (each) => each.charCodeAt(0)));
    default:
      throw new CommandError(`function "${name}" not defined`);
  }
}

function printed(value: unknown): string {
  return value === undefined || value === null ? '<no value>' : goText(value);
}

function formatted(format: string, args: unknown[]): string {
  const rest = [...args];
  return format.replace(/%(-?\d*)([%vsdqtj])/g, (_, width: string, verb: string) => {
    if (verb === '%') return '%';
    const value = rest.shift();
    const text = verb === 'q' ? JSON.stringify(value) : verb === 'j' ? compactJson(value) : printed(value);
    return width.startsWith('-') ? text.padEnd(Number(width.slice(1))) : text.padStart(Number(width));
  });
}
