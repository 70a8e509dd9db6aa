import { parseExact } from '../../machinery/exact-json.ts';

/**
 * The JSONPath that definitions use for columns and selectable fields (client-go `util/jsonpath`, in `RelaxedJSONPath`
 * form): fields, quoted fields, indexes, `[*]` and filters that compare with a literal, as
 * `.status.conditions[?(@.type=="Ready")].status`.
 */
type Step =
  | { type: 'field'; name: string }
  | { type: 'index'; index: number }
  | { type: 'all' }
  | { type: 'filter'; path: readonly Step[]; negated: boolean; literal: unknown };

const FIELD = /^\.((?:[^.[\\\s]|\\.)+)/;
const QUOTED = /^\['((?:[^'\\]|\\.)*)'\]/;
const INDEX = /^\[(-?\d+)\]/;
const ALL = /^(?:\[\*\]|\.\*)/;
const FILTER = /^\[\?\(\s*@((?:[^'"\s=!<>]|'[^']*')+)\s*(==|!=)\s*("[^"]*"|'[^']*'|-?\d+(?:\.\d+)?|true|false)\s*\)\]/;

/** Reads all values that a path leads to, none where something on the way is missing. */
export type Reader = (value: unknown) => unknown[];

export class JsonPathError extends Error {}

/** Throws a JsonPathError that names the part that is not understood. */
export function compileJsonPath(path: string): Reader {
  const steps = parse(path, path);
  return (value) => read([value], steps);
}

function parse(path: string, whole: string): Step[] {
  const steps: Step[] = [];
  // The whole object.
  if (path === '.') return steps;
  let rest = path.startsWith('.') || path.startsWith('[') ? path : `.${path}`;
  while (rest !== '') {
    const [step, length] = nextStep(rest, whole);
    steps.push(step);
    rest = rest.slice(length);
  }
  return steps;
}

function nextStep(rest: string, whole: string): [Step, number] {
  const all = ALL.exec(rest);
  if (all) return [{ type: 'all' }, all[0].length];
  const field = FIELD.exec(rest) ?? QUOTED.exec(rest);
  if (field) return [{ type: 'field', name: unescaped(field[1] ?? '') }, field[0].length];
  const index = INDEX.exec(rest);
  if (index) return [{ type: 'index', index: Number(index[1]) }, index[0].length];
  const filter = FILTER.exec(rest);
  if (filter) {
    const [text, path = '', operator, literal = ''] = filter;
    const value = literal.startsWith("'") ? literal.slice(1, -1) : (parseExact(literal) as unknown);
    return [{ type: 'filter', path: parse(path, whole), negated: operator === '!=', literal: value }, text.length];
  }
  throw new JsonPathError(`the JSONPath ${JSON.stringify(whole)} is not understood from ${JSON.stringify(rest)} on`);
}

function unescaped(name: string): string {
  return name.replace(/\\(.)/g, '$1');
}

function read(values: readonly unknown[], steps: readonly Step[]): unknown[] {
  let found = [...values];
  for (const step of steps) found = found.flatMap((value) => take(value, step));
  return found.filter((value) => value !== undefined);
}

function take(value: unknown, step: Step): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  switch (step.type) {
    case 'field':
      return Array.isArray(value) || !Object.hasOwn(value, step.name)
        ? []
        : [(value as Record<string, unknown>)[step.name]];
    case 'index':
      return Array.isArray(value) ? [value.at(step.index)] : [];
    case 'all':
      return Object.values(value);
    case 'filter':
      return Object.values(value).filter((item) => (read([item], step.path)[0] === step.literal) !== step.negated);
  }
}
