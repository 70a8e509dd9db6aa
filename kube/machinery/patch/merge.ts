/** JSON Merge Patch (RFC 7386), as gopkg.in/evanphx/json-patch.v4 applies it. */
import { setOwn } from '../entries.ts';
import type { Json } from '../object.ts';

/** Changes `target` in place where it can, and returns the result. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isMap(target)) return withoutNulls(patch);
  if (!isMap(patch)) return patch;
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete target[key];
    else setOwn(target, key, mergePatch(Object.hasOwn(target, key) ? target[key] : undefined, value));
  }
  return target;
}

/** A patch's value as it is added to nothing: nulls of objects delete nothing, and go; those of lists are items. */
export function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value) items.push(withoutNulls(item));
    return items;
  }
  if (!isMap(value)) return value;
  const result: { [key: string]: Json } = {};
  for (const [key, child] of Object.entries(value)) if (child !== null) setOwn(result, key, withoutNulls(child));
  return result;
}

export function isMap(value: unknown): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
