/** Keys that occur twice in one JSON object, which JSON.parse drops without a word. */
import { pathText } from './check.ts';
import { endOfString } from './json-size.ts';
import type { Schema, StructSchema } from './schema.ts';

/**
 * Paths (`metadata.labels.a`, `spec.containers[0].image`) of repeated keys, each once. `value` is what JSON.parse made
 * of `text`: when both hold as many keys, there is nothing to look for, which is the usual case. Upstream does not look
 * into unknown fields, nor into those it keeps as they are.
 */
export function duplicateKeys(text: string, value: unknown, schema: StructSchema): string[] {
  return countKeysInText(text) === countKeys(value) ? [] : findDuplicates(text, schema);
}

/** Whether any object in this JSON text, which holds `value`, has a key twice. */
export function repeatsKeys(text: string, value: unknown): boolean {
  return countKeysInText(text) !== countKeys(value);
}

/** The same of an object without a type, of which all is decoded. */
export function repeatedKeys(text: string, value: unknown): string[] {
  return countKeysInText(text) === countKeys(value) ? [] : findDuplicates(text, undefined);
}

function isDecoded(schema: Schema, steps: readonly (string | number)[]): boolean {
  let at: Schema | undefined = schema;
  for (const step of steps) {
    if (at.type === 'struct') at = at.fields.get(String(step))?.schema;
    else if (at.type === 'map') at = at.values;
    else if (at.type === 'list') at = at.items;
    else return false;
    if (at === undefined) return false;
  }
  return true;
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

interface Level {
  keys: Set<string> | undefined;
  step: string | number;
}

/** The text is known to be JSON. */
function findDuplicates(text: string, schema: StructSchema | undefined): string[] {
  const found = new Set<string>();
  const levels: Level[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    const level = levels.at(-1);
    if (character === '{') levels.push({ keys: new Set(), step: '' });
    else if (character === '[') levels.push({ keys: undefined, step: 0 });
    else if (character === '}' || character === ']') levels.pop();
    else if (character === ',' && typeof level?.step === 'number') level.step++;
    else if (character === '"') {
      const end = endOfString(text, at);
      const isKey = level?.keys && /^\s*:/.test(text.slice(end, end + 64));
      if (isKey && level.keys) {
        const key = JSON.parse(text.slice(at, end)) as string;
        const path = levels.slice(0, -1).map((each) => each.step);
        if (level.keys.has(key) && (!schema || isDecoded(schema, [...path, key]))) found.add(pathText(path, key));
        level.keys.add(key);
        level.step = key;
      }
      at = end - 1;
    }
  }
  return [...found];
}
