/**
 * The JSON paths that definitions use for columns and selectable fields (client-go `util/jsonpath/jsonpath.go`, where
 * keys may be missing).
 */
import { isObject } from '../../machinery/json-object.ts';
import { Float, JsonPathError, type Path, parsePaths, type Range, type Step } from './json-path-parser.ts';

export { JsonPathError } from './json-path-parser.ts';

/** Reads all values that a path leads to, none where it cannot be followed. */
export type Reader = (value: unknown) => unknown[];

/** Values that one reading looks at: descents within descents would look at more than any server can. Upstream has no limit. */
const MAX_STEPS = 100_000;
/** A value that a descent passes costs as many: a table reads a path for each of its rows. */
const DESCENT = 10;

/** Throws a JsonPathError for what is no path. */
export function compileJsonPath(text: string): Reader {
  const paths = parsePaths(text);
  return (value) => {
    try {
      const walker = new Walker();
      const [first = []] = paths.map((path) => walker.path([value], path));
      return first.map((found) => (found instanceof Float ? found.value : found));
    } catch (error) {
      if (error instanceof JsonPathError) return [];
      throw error;
    }
  };
}

class Walker {
  #steps = 0;

  path(values: unknown[], path: Path): unknown[] {
    let found = values;
    for (const step of path) found = this.#step(found, step);
    return found;
  }

  #step(values: unknown[], step: Step): unknown[] {
    this.#spend(values.length);
    switch (step.type) {
      case 'field':
        return values.flatMap((value) =>
          isObject(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [],
        );
      case 'range':
        return values.flatMap((value) => (value === null ? [] : slice(value, step.range)));
      case 'all':
        return values.flatMap(childrenOf);
      case 'recursive':
        return this.#descend(values);
      case 'union':
        return step.paths.flatMap((path) => this.path(values, path));
      case 'filter':
        return values.flatMap((value) => this.#filtered(value, step));
      case 'text':
        return [step.text];
      case 'value':
        return values.map(() => step.value);
      case 'keyword':
        throw new JsonPathError('unrecognized identifier');
    }
  }

  #spend(steps: number): void {
    this.#steps += steps + 1;
    if (this.#steps > MAX_STEPS) throw new JsonPathError('too many values');
  }

  /** All values that have others within, each before these. */
  #descend(values: unknown[]): unknown[] {
    const found: unknown[] = [];
    const waiting = values.toReversed();
    while (waiting.length > 0) {
      const value = waiting.pop();
      const children = childrenOf(value);
      this.#spend(children.length * DESCENT);
      if (children.length === 0) continue;
      found.push(value);
      for (let at = children.length - 1; at >= 0; at--) waiting.push(children[at]);
    }
    return found;
  }

  #filtered(list: unknown, filter: Step & { type: 'filter' }): unknown[] {
    if (!Array.isArray(list)) throw new JsonPathError('what is no list cannot be filtered');
    return list.filter((item) => {
      if (!('right' in filter)) return this.#exists(item, filter.left);
      const [left, right] = [this.path([item], filter.left), this.path([item], filter.right)];
      if (left.length === 0 || right.length === 0) return false;
      if (left.length > 1 || right.length > 1) throw new JsonPathError('can only compare one element at a time');
      return compare(left[0], filter.operator, right[0]);
    });
  }

  #exists(item: unknown, path: Path): boolean {
    // Upstream passes over a path that cannot be followed, and counts what it had found until there.
    let found = [item];
    try {
      for (const step of path) found = this.#step(found, step);
    } catch (error) {
      if (!(error instanceof JsonPathError) || this.#steps > MAX_STEPS) throw error;
    }
    return found.length > 0;
  }
}

/** Of a text, its bytes, as Go counts them. */
function childrenOf(value: unknown): unknown[] {
  if (typeof value === 'string') return [...new TextEncoder().encode(value)];
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

function slice(list: unknown, { from = 0, to, step = 1, isIndex }: Range): unknown[] {
  if (!Array.isArray(list)) throw new JsonPathError('no list');
  const { length } = list;
  const start = from < 0 ? from + length : from;
  let end = to ?? length;
  if (isIndex) end = from === -1 ? length : from + 1;
  if (end < 0) end += length;
  if (start === end) return [];
  if (start < 0 || start >= length || end < 0 || end > length || start > end) {
    throw new JsonPathError('array index out of bounds');
  }
  if (step <= 0) throw new JsonPathError('step must be > 0');
  return list.slice(start, end).filter((_, at) => at % step === 0);
}

type Scalar = string | number | bigint | boolean;

function compare(a: unknown, operator: string, b: unknown): boolean {
  const [kind, other] = [kindOf(a), kindOf(b)];
  if (kind === undefined || kind !== other) throw new JsonPathError('incompatible types for comparison');
  const [x, y] = [a, b].map((value) => (value instanceof Float ? value.value : value)) as [Scalar, Scalar];
  if (operator === '==') return x === y;
  if (operator === '!=') return x !== y;
  if (kind === 'boolean') throw new JsonPathError('invalid type for comparison');
  if (operator === '<') return x < y;
  if (operator === '<=') return x <= y;
  if (operator === '>') return x > y;
  if (operator === '>=') return x >= y;
  throw new JsonPathError(`unrecognized filter operator ${operator}`);
}

function kindOf(value: unknown): string | undefined {
  if (value instanceof Float) return 'float';
  if (typeof value === 'bigint') return 'integer';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'float';
  return typeof value === 'string' || typeof value === 'boolean' ? typeof value : undefined;
}
