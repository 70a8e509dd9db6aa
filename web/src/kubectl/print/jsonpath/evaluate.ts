/** The output of a JSONPath template for a value. */
import { CommandError } from '../../errors.ts';
import { compactJson } from '../json.ts';
import { parseTemplate, type Step, type Template } from './parse.ts';

interface Options {
  /** Fields that are not there find nothing, where it is an error otherwise. */
  allowMissing: boolean;
}

/** The text of the template over the value. */
export function evaluateTemplate(text: string, value: unknown, options: Options = { allowMissing: true }): string {
  const template = parseTemplate(text);
  return run(template, 0, value, options, 0).results.map(resultText).join('');
}

/** The results of each part. */
export function findResults(template: Template, value: unknown, options: Options): unknown[][] {
  return run(template, 0, value, options, 0).results;
}

function run(template: Template, from: number, value: unknown, options: Options, depth: number) {
  const results: unknown[][] = [];
  for (let at = from; at < template.length; at++) {
    const part = template[at] as Step[];
    const word = part.find((step) => step.type === 'word')?.word;
    if (word === 'end') {
      if (depth === 0) throw new CommandError('not in range, nothing to end');
      return { results, end: at };
    }
    if (word !== undefined && word !== 'range') throw new CommandError(`unrecognized identifier ${word}`);
    const found = walk(
      part.filter((step) => step.type !== 'word'),
      [value],
      options,
    );
    if (word !== 'range') {
      results.push(found);
      continue;
    }
    let end = template.length;
    for (const each of found.length === 0 ? [undefined] : found) {
      const inner = run(template, at + 1, each, options, depth + 1);
      end = inner.end;
      if (found.length > 0) results.push(...inner.results);
    }
    at = end;
  }
  return { results, end: template.length };
}

function walk(steps: readonly Step[], values: unknown[], options: Options): unknown[] {
  let current = values;
  for (const step of steps) current = take(step, current, options);
  return current;
}

function take(step: Step, values: unknown[], options: Options): unknown[] {
  switch (step.type) {
    case 'text':
      return [step.text];
    case 'literal':
      return values.map(() => step.value);
    case 'field':
      return fields(step.name, values, options);
    case 'wildcard':
      return values.flatMap(children);
    case 'recursive':
      return values.flatMap(descend);
    case 'union':
      return step.paths.flatMap((path) => walk(path, values, options));
    case 'slice':
      return values.flatMap((value) => sliceOf(step, value));
    case 'filter':
      return values.flatMap((value) => filtered(step, value, options));
    default:
      return values;
  }
}

function fields(name: string, values: unknown[], { allowMissing }: Options): unknown[] {
  if (values.length === 0) return [];
  const found = values.flatMap((value) => (isMap(value) && Object.hasOwn(value, name) ? [value[name]] : []));
  if (found.length === 0 && !allowMissing) throw new CommandError(`${name} is not found`);
  return found;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function children(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isMap(value)
    ? Object.keys(value)
        .sort()
        .map((key) => value[key])
    : [];
}

function descend(value: unknown): unknown[] {
  const inner = children(value);
  return inner.length === 0 ? [] : [value, ...inner.flatMap(descend)];
}

function sliceOf(step: Step & { type: 'slice' }, value: unknown): unknown[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new CommandError(`${goType(value)} is not array or slice`);
  const { length } = value;
  let from = step.from ?? 0;
  if (from < 0) from += length;
  let to = step.single ? from + 1 : (step.to ?? length);
  if (to < 0) to += length;
  if (from === to) return [];
  const outside = (index: number): never => {
    throw new CommandError(`array index out of bounds: index ${index}, length ${length}`);
  };
  if (from >= length || from < 0) outside(from);
  if (to > length || to < 0) outside(to - 1);
  if (from > to) throw new CommandError(`starting index ${from} is greater than ending index ${to}`);
  if (step.step !== undefined && step.step <= 0) throw new CommandError('step must be > 0');
  return value.slice(from, to).filter((_, index) => index % (step.step ?? 1) === 0);
}

function filtered(step: Step & { type: 'filter' }, value: unknown, options: Options): unknown[] {
  if (!Array.isArray(value)) throw new CommandError(`${goText(value)} is not array or slice and cannot be filtered`);
  return value.filter((item) => {
    if (step.operator === 'exists') return exists(step.left, item, options);
    const [lefts, rights] = [walk(step.left, [item], options), walk(step.right, [item], options)];
    if (lefts.length > 1 || rights.length > 1) throw new CommandError('can only compare one element at a time');
    return lefts.length === 1 && rights.length === 1 && compare(step.operator, lefts[0], rights[0]);
  });
}

function exists(steps: readonly Step[], item: unknown, options: Options): boolean {
  try {
    return walk(steps, [item], options).length > 0;
  } catch {
    return false;
  }
}

function compare(operator: string, left: unknown, right: unknown): boolean {
  if (typeof left !== typeof right) throw new CommandError('incompatible types for comparison');
  const [a, b] = [left as string | number, right as string | number];
  if (operator === '==') return a === b;
  if (operator === '!=') return a !== b;
  if (operator === '<') return a < b;
  if (operator === '>') return a > b;
  return operator === '<=' ? a <= b : a >= b;
}

function resultText(results: unknown[]): string {
  return results
    .map((each) => (typeof each === 'object' && each !== null ? compactJson(each) : goText(each)))
    .join(' ');
}

function goType(value: unknown): string {
  if (isMap(value)) return 'map[string]interface {}';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  return Number.isInteger(value) ? 'int64' : 'float64';
}

/** As Go prints a value (`%v`). */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return value === null ? 'null' : '<nil>';
  if (Array.isArray(value)) return `[${value.map(inner).join(' ')}]`;
  if (isMap(value)) {
    const entries = Object.keys(value)
      .sort()
      .map((key) => `${key}:${inner(value[key])}`);
    return `map[${entries.join(' ')}]`;
  }
  return String(value);
}

function inner(value: unknown): string {
  return value === null || value === undefined ? '<nil>' : goText(value);
}

/** `metadata.name`, `.metadata.name` and `{.metadata.name}` are the same. */
export function relaxed(text: string): string {
  if (text === '') return text;
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(text);
  if (!match) {
    throw new CommandError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    );
  }
  return `{.${match[1] ?? match[2]}}`;
}
