/** The change of one field as a patch. */
import type { Json } from '../mutations.ts';
import type { Place } from './cases.ts';

export const STRATEGIC = { 'content-type': 'application/strategic-merge-patch+json' };
export const JSON_PATCH = { 'content-type': 'application/json-patch+json' };

/** Of a list that is merged by a key, the first item is named by its key; of another one, the whole list is given. */
export function strategicPatch(object: Json, { path, schemas }: Place, value: Json): Json {
  const build = (at: Json, depth: number): Json => {
    const step = path[depth];
    if (step === undefined) return value === undefined ? null : value;
    const inner = at?.[step];
    if (typeof step === 'string') return { [step]: build(inner, depth + 1) };
    const key = schemas[depth]?.['x-kubernetes-patch-merge-key'] as string | undefined;
    const named = key !== undefined && inner?.[key] !== undefined ? { [key]: inner[key] } : {};
    const made = build(inner, depth + 1);
    if (depth + 1 === path.length) return [value === undefined ? { $patch: 'delete', ...named } : made];
    return [typeof made === 'object' && made !== null ? { ...named, ...made } : made];
  };
  return build(object, 0);
}

export function jsonPatch({ path }: Place, value: Json): Json {
  const pointer = path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return [value === undefined ? { op: 'remove', path: pointer } : { op: 'add', path: pointer, value }];
}
