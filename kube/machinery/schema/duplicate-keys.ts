/** Keys that occur twice in one JSON object, which JSON.parse drops without a word. */
import { pathText } from './check.ts';
import { goQuote } from './go-names.ts';
import { endOfString } from './json-size.ts';
import type { Schema, StructSchema } from './schema.ts';

/**
 * Errors of strict decoding in the order of the text, in which upstream finds them: repeated and unknown fields
 * (`duplicate field "metadata.labels.a"`). Undefined where no key is repeated, which is the usual case, and seen without
 * going through the text: it holds as many keys as `value`, which JSON.parse made of it. Upstream does not look into
 * unknown fields, nor into those it keeps as they are (sigs.k8s.io/json `internal/golang/encoding/json/decode.go`).
 */
export function strictErrors(text: string, value: unknown, schema: StructSchema): string[] | undefined {
  return repeatsKeys(text, value) ? findProblems(text, schema) : undefined;
}

/** Whether any object in this JSON text, which holds `value`, has a key twice. */
export function repeatsKeys(text: string, value: unknown): boolean {
  return countKeysInText(text) !== countKeys(value);
}

/** The errors about repeated keys in an object without a type, of which all is decoded. */
export function repeatedKeys(text: string, value: unknown): string[] {
  return repeatsKeys(text, value) ? findProblems(text, 'untyped') : [];
}

const OPERATION = new Map<string, Shape>(['op', 'from', 'path', 'value'].map((name) => [name, 'untyped']));

/** The errors of strict decoding in a JSON patch (apiserver `pkg/endpoints/handlers/patch.go`, jsonPatchOp). */
export function operationErrors(text: string, operations: readonly unknown[]): string[] {
  const isUnknown = (operation: unknown): boolean =>
    typeof operation === 'object' && operation !== null && Object.keys(operation).some((name) => !OPERATION.has(name));
  if (!operations.some(isUnknown) && !repeatsKeys(text, operations)) return [];
  return findProblems(text, 'operations').map((problem) => `json patch ${problem}`);
}

/** Hops from quote to quote, which the engine does at the speed of memory; keys are the strings before a colon. */
function countKeysInText(text: string): number {
  let keys = 0;
  for (let open = text.indexOf('"'); open >= 0; ) {
    let at = endOfString(text, open);
    let code = text.charCodeAt(at);
    while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(++at);
    if (code === 58) keys++;
    open = text.indexOf('"', at);
  }
  return keys;
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let keys = 0;
  if (Array.isArray(value)) for (const item of value) keys += countKeys(item);
  else {
    for (const name in value) {
      keys++;
      const inner = (value as Record<string, unknown>)[name];
      if (typeof inner === 'object') keys += countKeys(inner);
    }
  }
  return keys;
}

/** The type that a value is decoded into. Values without one are not looked into. */
type Shape = Schema | 'untyped' | 'operations' | 'operation' | undefined;

interface Level {
  keys: Set<string> | undefined;
  step: string | number;
  shape: Shape;
  /** Of the value of the present key. */
  inner: Shape;
}

/** Upstream gives up collecting after as many. */
const MAX_PROBLEMS = 100;

/** The text is known to be JSON. */
function findProblems(text: string, root: Shape): string[] {
  const found = new Set<string>();
  const levels: Level[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    const level = levels.at(-1);
    if (character === '{' || character === '[') {
      const shape = level ? level.inner : root;
      const isMap = character === '{';
      levels.push({ keys: isMap ? new Set() : undefined, step: isMap ? '' : 0, shape, inner: itemOf(shape) });
    } else if (character === '}' || character === ']') levels.pop();
    else if (character === ',' && typeof level?.step === 'number') level.step++;
    else if (character === '"') {
      const end = endOfString(text, at);
      if (level?.keys && /^\s*:/.test(text.slice(end, end + 64))) {
        const problem = readKey(level, JSON.parse(text.slice(at, end)) as string);
        if (problem && found.size < MAX_PROBLEMS) {
          const path = levels.map((each) => each.step);
          found.add(`${problem} field ${goQuote(pathText(path.slice(0, -1), String(path.at(-1))))}`);
        }
      }
      at = end - 1;
    }
  }
  return [...found];
}

function readKey(level: Level, key: string): 'duplicate' | 'unknown' | undefined {
  const { keys, shape } = level;
  const isRepeated = keys?.has(key) === true;
  keys?.add(key);
  level.step = key;
  if (shape === undefined) return undefined;
  const inner = fieldOf(shape, key);
  level.inner = inner === 'unknown' ? undefined : inner;
  if (inner === 'unknown') return 'unknown';
  return isRepeated ? 'duplicate' : undefined;
}

function itemOf(shape: Shape): Shape {
  if (shape === 'untyped') return shape;
  if (shape === 'operations') return 'operation';
  return typeof shape === 'object' && shape.type === 'list' ? shape.items : undefined;
}

function fieldOf(shape: Exclude<Shape, undefined>, key: string): Shape | 'unknown' {
  if (shape === 'untyped') return shape;
  if (shape === 'operation') return OPERATION.has(key) ? OPERATION.get(key) : 'unknown';
  if (shape === 'operations') return undefined;
  if (shape.type === 'map') return shape.values;
  if (shape.type !== 'struct') return undefined;
  const field = shape.fields.get(key);
  return field ? field.schema : shape.preservesUnknown ? undefined : 'unknown';
}
