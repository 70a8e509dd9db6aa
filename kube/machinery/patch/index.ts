/**
 * The three patch types over an object. `json` is RFC 6902, `merge` RFC 7386, `strategic` merges lists by
 * the keys that the schema names.
 */
import { copyJson } from '../copy.ts';
import type { Json, KubeObject } from '../object.ts';
import type { Schema } from '../schema/schema.ts';
import { PatchError } from './errors.ts';
import { jsonPatch } from './json.ts';
import { isMap, mergePatch } from './merge.ts';
import { strategicMerge } from './strategic.ts';

export { PatchError } from './errors.ts';
export { goText } from './go-text.ts';

export type PatchType = 'json' | 'merge' | 'strategic';

export const PATCH_TYPES: Readonly<Record<string, PatchType | 'apply'>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/**
 * The patched object, a private copy; `current` stays as it is. `patch` is parsed JSON that the caller does not use again.
 * Throws {@link PatchError}.
 */
export function applyPatch(type: PatchType, schema: Schema, current: Json, patch: Json): KubeObject {
  const result = patched(type, schema, copyJson(current), patch);
  if (!isMap(result)) throw new PatchError('unprocessable', 'the patch does not leave an object');
  return result as unknown as KubeObject;
}

function patched(type: PatchType, schema: Schema, current: Json, patch: Json): Json {
  if (type === 'json') return jsonPatch(current, patch);
  if (!isMap(patch)) throw new PatchError('bad-request', 'the patch must be an object');
  if (type === 'merge') return mergePatch(current, patch);
  return strategicMerge(current as { [key: string]: Json }, patch, schema);
}
