/** Label selectors: the query text (apimachinery `pkg/labels/selector.go`) and the LabelSelector object. */
import { entryOf } from '../entries.ts';
import { isQualifiedName, isValidLabelValue } from '../names.ts';

export type Labels = Readonly<Record<string, string>>;

type Operator = '=' | '!=' | 'in' | 'notin' | 'exists' | '!' | '>' | '<';

export interface Requirement {
  key: string;
  operator: Operator;
  values: readonly string[];
}

export interface Selector {
  readonly requirements: readonly Requirement[];
  matches(labels: Labels | undefined): boolean;
}

export class SelectorError extends Error {
  override name = 'SelectorError';
}

/** The LabelSelector type of `meta/v1`. */
export interface LabelSelectorObject {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

function makeSelector(requirements: Requirement[]): Selector {
  return {
    requirements,
    matches: (labels) => requirements.every((requirement) => satisfies(requirement, labels ?? {})),
  };
}

/** The value of a label, which may have the name of something that every object has, such as `constructor`. */
export function labelOf(labels: Labels | undefined, key: string): string | undefined {
  return entryOf(labels, key);
}

export const NOTHING: Selector = { requirements: [], matches: () => false };

function satisfies({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labelOf(labels, key);
  switch (operator) {
    case '=':
    case 'in':
      return value !== undefined && values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case '>':
    case '<': {
      const [is, bound] = [int64Of(value), int64Of(values[0])];
      if (is === undefined || bound === undefined) return false;
      return operator === '>' ? is > bound : is < bound;
    }
  }
}

/** Go's `strconv.ParseInt(text, 10, 64)`. */
function int64Of(text: string | undefined): bigint | undefined {
  if (text === undefined || text.length > MAX_DIGITS || !/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

/** A label's value is no longer; leading zeros are digits. */
const MAX_DIGITS = 63;

const TOKEN = /\s*(!=|==|=|!|>|<|\(|\)|,|[^\s=!<>(),]+)/y;

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (!match) throw new SelectorError(`unable to parse requirement: found '${text}'`);
    tokens.push(match[1] ?? '');
  }
  return tokens;
}

/** Parses `a=b,c in (d,e),!f`. Throws {@link SelectorError} with upstream's wording. */
export function parseLabelSelector(text: string): Selector {
  const tokens = tokenize(text);
  const requirements: Requirement[] = [];
  let at = 0;
  while (at < tokens.length) {
    const token = tokens[at] ?? '';
    if (token !== '!' && isPunctuation(token)) {
      const expected = at === 0 ? "!, identifier, or 'end of string'" : "identifier after ','";
      throw new SelectorError(`found '${token}', expected: ${expected}`);
    }
    at = parsedRequirement(tokens, at, requirements);
    if (at >= tokens.length) break;
    if (tokens[at] !== ',') throw new SelectorError(`found '${tokens[at]}', expected: ',' or 'end of string'`);
    at++;
    if (at >= tokens.length) throw new SelectorError("found '', expected: identifier after ','");
  }
  return makeSelector(requirements);
}

const isPunctuation = (token: string): boolean => /^[=!<>(),]+$/.test(token);

function parsedRequirement(tokens: readonly string[], start: number, into: Requirement[]): number {
  try {
    return parseRequirement(tokens, start, into);
  } catch (error) {
    throw error instanceof SelectorError ? new SelectorError(`unable to parse requirement: ${error.message}`) : error;
  }
}

function parseRequirement(tokens: readonly string[], start: number, into: Requirement[]): number {
  let at = start;
  const negated = tokens[at] === '!';
  if (negated) at++;
  const key = identifier(tokens[at], "found '%', expected: identifier");
  at++;
  checkKey(key);
  const operator = tokens[at];
  if (negated || operator === undefined || operator === ',') {
    into.push({ key, operator: negated ? '!' : 'exists', values: [] });
    return at;
  }
  at++;
  if (operator === 'in' || operator === 'notin') {
    if (tokens[at] !== '(') throw new SelectorError(`found '${tokens[at] ?? ''}' expected: '('`);
    const values: string[] = [];
    at++;
    let wantValue = true;
    const first = at;
    if (tokens[at] === undefined) throw new SelectorError("found '', expected: ',', ')' or identifier");
    for (; tokens[at] !== ')'; at++) {
      const token = tokens[at];
      if (token === undefined) {
        throw new SelectorError(`found '', expected: ${wantValue ? "',', or identifier" : "',' or ')'"}`);
      }
      if (token === ',') {
        if (wantValue) values.push('');
        wantValue = true;
      } else {
        if (!wantValue) throw new SelectorError(`found '${token}', expected: ',' or ')'`);
        values.push(identifier(token, `found '%', expected: ',', ${at === first ? "')' " : ''}or identifier`));
        wantValue = false;
      }
    }
    if (wantValue) values.push('');
    const distinct = [...new Set(values)].sort();
    checkValues(key, distinct);
    into.push({ key, operator, values: distinct });
    return at + 1;
  }
  if (operator === '=' || operator === '==' || operator === '!=') {
    const next = tokens[at];
    const value = next === undefined || next === ',' ? '' : identifier(next, "found '%', expected: identifier");
    if (value !== '') at++;
    checkValues(key, [value]);
    into.push({ key, operator: operator === '!=' ? '!=' : '=', values: [value] });
    return at;
  }
  if (operator === '>' || operator === '<') {
    const next = tokens[at];
    const value = next === undefined || next === ',' ? '' : identifier(next, "found '%', expected: identifier");
    const isInteger = int64Of(value) !== undefined;
    checkValues(key, [value], isInteger ? [] : [`values[0]: Invalid value: ${JSON.stringify(value)}: ${NO_INTEGER}`]);
    into.push({ key, operator, values: [value] });
    return at + 1;
  }
  throw new SelectorError(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
}

function identifier(token: string | undefined, message: string): string {
  if (token === undefined || /^(!=|==|[=!<>(),])$/.test(token)) {
    throw new SelectorError(message.replace('%', token ?? ''));
  }
  return token;
}

function checkKey(key: string): void {
  const errors = isQualifiedName(key);
  if (errors.length > 0) throw new SelectorError(`<nil>: Invalid value: ${JSON.stringify(key)}: ${errors.join('; ')}`);
}

const NO_INTEGER = "for 'Gt', 'Lt' operators, the value must be an integer";

/** Throws what is wrong with the values, behind what is known to be. */
function checkValues(key: string, values: readonly string[], known: readonly string[] = []): void {
  const errors = [...known];
  for (const [i, value] of values.entries()) {
    const problems = isValidLabelValue(value);
    if (problems.length === 0) continue;
    errors.push(`values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}: ${problems.join('; ')}`);
  }
  if (errors.length > 0)
    throw new SelectorError(errors.length === 1 ? (errors[0] as string) : `[${errors.join(', ')}]`);
}

/** A selector from a plain map (`spec.selector` of Services and ReplicationControllers). */
export function selectorFromMap(labels: Labels | undefined): Selector {
  return makeSelector(Object.entries(labels ?? {}).map(([key, value]) => ({ key, operator: '=', values: [value] })));
}

const OBJECT_OPERATORS: Record<string, Operator> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' };

/** `LabelSelectorAsSelector`: undefined selects nothing, an empty object everything. */
export function selectorFromObject(object: LabelSelectorObject | undefined | null): Selector {
  if (!object) return NOTHING;
  const requirements: Requirement[] = Object.entries(object.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: '=',
    values: [value],
  }));
  for (const expression of object.matchExpressions ?? []) {
    const operator = entryOf(OBJECT_OPERATORS, expression.operator);
    if (!operator) throw new SelectorError(`"${expression.operator}" is not a valid label selector operator`);
    requirements.push({ key: expression.key, operator, values: expression.values ?? [] });
  }
  return makeSelector(requirements);
}

/** The query text of a selector (`Selector.String()`), keys in order, as the scale subresource shows it. */
export function formatSelector(selector: Selector): string {
  return [...selector.requirements]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ key, operator, values }) => {
      if (operator === 'exists') return key;
      if (operator === '!') return `!${key}`;
      if (operator === 'in' || operator === 'notin') return `${key} ${operator} (${[...values].sort().join(',')})`;
      return `${key}${operator}${values[0] ?? ''}`;
    })
    .join(',');
}
