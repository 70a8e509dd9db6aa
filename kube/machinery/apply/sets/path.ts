/**
 * The steps of a path as clients send and read them (structured-merge-diff `fieldpath/element.go`, `serialize-pe.go`).
 */
import { parseExact } from '../../exact-json.ts';
import { goFloat } from '../../go-number.ts';
import type { FieldsV1 } from '../../object.ts';
import { goQuote } from '../../schema/go-names.ts';
import { isInt64 } from '../../schema/number-texts.ts';
import { goJson } from '../typed/shape.ts';
import { isEmpty, isMember, MEMBER, makeNode, union } from './field-set.ts';

type Key = Readonly<Record<string, unknown>>;

/**
 * A set that a client sent, in the form in which sets are kept; undefined where it is none. Steps of an unknown sort
 * are dropped.
 */
export function readFieldSet(node: unknown): FieldsV1 | undefined {
  if (node === null) return {};
  if (typeof node !== 'object' || Array.isArray(node)) return undefined;
  const children: FieldsV1 = {};
  let known = false;
  for (const step in node) {
    if (step === MEMBER) continue;
    const canonical = canonicalStep(step);
    if (canonical === undefined) return undefined;
    if (canonical === '') continue;
    const beneath = readFieldSet((node as Record<string, unknown>)[step]);
    if (!beneath) return undefined;
    known = true;
    children[canonical] = union(
      Object.hasOwn(children, canonical) ? children[canonical] : undefined,
      beneath,
    ) as FieldsV1;
  }
  return makeNode(children, !known || MEMBER in node);
}

/** '' for a sort of step that is not known, undefined for a malformed one. */
function canonicalStep(step: string): string | undefined {
  if (step[1] !== ':') return undefined;
  switch (step[0]) {
    case 'f':
      return step;
    case 'i': {
      // As Go's `strconv.Atoi` reads it.
      const digits = step.slice(2).replace(/^\+(?=\d)/, '');
      return isInt64(digits) ? `i:${BigInt(digits)}` : undefined;
    }
    case 'v': {
      const value = parsed(step);
      return value === undefined ? undefined : `v:${goJson(value)}`;
    }
    case 'k': {
      const key = parsed(step);
      if (typeof key !== 'object' || key === null || Array.isArray(key)) return undefined;
      const names = Object.keys(key).sort();
      return `k:${goJson(Object.fromEntries(names.map((name) => [name, (key as Key)[name]])))}`;
    }
    default:
      return '';
  }
}

function parsed(step: string): unknown {
  try {
    return parseExact(step.slice(2)) as unknown;
  } catch {
    return undefined;
  }
}

/** `.spec`, `[name="a"]`, `[="v"]`, `[0]`. `number`: how numbers are printed. */
export function stepText(step: string, number: PrintNumber = String): string {
  const rest = step.slice(2);
  switch (step[0]) {
    case 'f':
      return `.${rest}`;
    case 'i':
      return `[${rest}]`;
    case 'v':
      return `[=${valueText(parsed(step), number)}]`;
    default:
      return `[${Object.entries(parsed(step) as Key)
        .map(([name, value]) => `${name}=${valueText(value, number)}`)
        .join(',')}]`;
  }
}

type PrintNumber = (value: number | bigint) => string;

/** Upstream reads the numbers of a stored set as floats. */
const ofStored: PrintNumber = (value) => goFloat(Number(value));

/** `value.ToString` */
function valueText(value: unknown, number: PrintNumber): string {
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'number' || typeof value === 'bigint') return number(value);
  if (typeof value !== 'object' || value === null) return goJson(value);
  if (Array.isArray(value)) return `[${value.map((each) => valueText(each, number)).join(',')}]`;
  return Object.entries(value)
    .map(([name, inner]) => `${name}=${valueText(inner, number)}`)
    .join('');
}

/** The set with its steps in upstream's order, in which it is printed; the set itself where it is in order. */
export function sortedSet(set: FieldsV1): FieldsV1 {
  let sorted = set;
  let inOrder = true;
  let before: string | undefined;
  for (const step in set) {
    const node = set[step] as FieldsV1;
    const beneath = isEmpty(node) ? node : sortedSet(node);
    if (beneath !== node) {
      if (sorted === set) sorted = { ...set };
      sorted[step] = beneath;
    }
    inOrder &&= before === undefined || isBefore(before, step);
    before = step;
  }
  if (inOrder) return sorted;
  const result: FieldsV1 = {};
  for (const step of sortedSteps(Object.keys(set))) result[step] = sorted[step] as FieldsV1;
  return result;
}

/** Names of fields, and before them the mark of a member, are in order as texts; most sets hold nothing else. */
const isName = (step: string): boolean => step[0] === 'f' || step === MEMBER;

function isBefore(a: string, b: string): boolean {
  return isName(a) && isName(b) ? a < b : compareSteps(readStep(a), readStep(b)) < 0;
}

function sortedSteps(steps: string[]): string[] {
  if (steps.every(isName)) return steps.sort();
  return steps
    .map(readStep)
    .sort(compareSteps)
    .map(({ step }) => step);
}

/** A step, read once, however often it is compared. */
interface Step {
  step: string;
  sort: number;
  value: unknown;
}

const SORTS = '.fkvi';

function readStep(step: string): Step {
  const sort = SORTS.indexOf(step[0] ?? '');
  return { step, sort, value: sort < 2 ? step : sort === 4 ? BigInt(step.slice(2)) : parsed(step) };
}

/** Fields, then items by key, by value, by position (`PathElement.Compare`). */
function compareSteps(a: Step, b: Step): number {
  return a.sort - b.sort || compareValues(a.value, b.value);
}

/** The texts of a stored set's members, in upstream's order: of each node first the members beneath it, then what is deeper. */
export function pathTexts(set: FieldsV1, prefix = ''): string[] {
  const steps = sortedSteps(Object.keys(set).filter((step) => step !== MEMBER));
  const members = steps
    .filter((step) => isMember(set[step] as FieldsV1))
    .map((step) => prefix + stepText(step, ofStored));
  return [...members, ...steps.flatMap((step) => pathTexts(set[step] as FieldsV1, prefix + stepText(step, ofStored)))];
}

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'object' && typeof b === 'object' && a && b) {
    const [x, y] = [Object.entries(a), Object.entries(b)];
    for (let i = 0; i < Math.min(x.length, y.length); i++) {
      const [nameA, valueA] = x[i] as [string, unknown];
      const [nameB, valueB] = y[i] as [string, unknown];
      if (nameA !== nameB) return nameA < nameB ? -1 : 1;
      const order = compareValues(valueA, valueB);
      if (order !== 0) return order;
    }
    return x.length - y.length;
  }
  const [sortA, sortB] = [sortOf(a), sortOf(b)];
  if (sortA !== sortB) return sortA === 'number' ? -1 : sortB === 'number' ? 1 : sortA === 'string' ? -1 : 1;
  return (a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0;
}

function sortOf(value: unknown): string {
  return typeof value === 'bigint' ? 'number' : typeof value;
}
