/**
 * Strategic merge patch (apimachinery `pkg/util/strategicpatch/patch.go`): JSON merge patch, except that lists whose
 * schema names a merge key are merged item by item, and directives (`$patch`, `$retainKeys`, `$setElementOrder/x`,
 * `$deleteFromPrimitiveList/x`) say what merging can't.
 */
import type { Json } from '../object.ts';
import type { FieldSchema, Schema } from '../schema/schema.ts';
import { PatchError } from './errors.ts';
import { isMap, setOwn } from './merge.ts';
import { mergeList } from './strategic-list.ts';

export type JsonMap = { [key: string]: Json };

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM_LIST = '$deleteFromPrimitiveList/';
const ELEMENT_ORDER = '$setElementOrder/';

/** Changes `original` in place where it can, and returns the result. Throws {@link PatchError}. */
export function strategicMerge(original: JsonMap, patch: JsonMap, schema: Schema | undefined): JsonMap {
  const directive = patch[DIRECTIVE];
  if (directive !== undefined) {
    if (directive === 'replace') return withoutDirectives(patch) as JsonMap;
    if (directive === 'delete') return {};
    if (directive !== 'merge') throw new PatchError('bad-request', `unknown patch type: ${JSON.stringify(directive)}`);
  }
  retainKeys(original, patch);
  for (const [key, value] of Object.entries(patch)) {
    if (key === DIRECTIVE || key === RETAIN_KEYS) continue;
    if (key.startsWith(DELETE_FROM_LIST)) deleteFromList(original, key.slice(DELETE_FROM_LIST.length), value);
    else if (key.startsWith(ELEMENT_ORDER)) continue;
    else mergeKey(original, key, value, patch[ELEMENT_ORDER + key], schema);
  }
  for (const [key, order] of Object.entries(patch)) {
    const field = key.startsWith(ELEMENT_ORDER) ? key.slice(ELEMENT_ORDER.length) : undefined;
    // An order without changes to the list still re-orders it.
    if (field !== undefined && !(field in patch) && Array.isArray(original[field])) {
      mergeKey(original, field, [], order, schema);
    }
  }
  return original;
}

function mergeKey(
  original: JsonMap,
  key: string,
  value: Json,
  order: Json | undefined,
  schema: Schema | undefined,
): void {
  if (value === null) {
    delete original[key];
    return;
  }
  const current = Object.hasOwn(original, key) ? original[key] : undefined;
  const field = fieldOf(schema, key);
  const strategy = field?.patchStrategy ?? [];
  if (isMap(value) && isMap(current) && !strategy.includes('replace')) {
    setOwn(original, key, strategicMerge(current, value, schemaOf(schema, key)));
  } else if (Array.isArray(value) && Array.isArray(current) && strategy.includes('merge')) {
    const items = schemaOf(schema, key);
    setOwn(
      original,
      key,
      mergeList(current, value, order, {
        mergeKey: field?.patchMergeKey,
        items: items?.type === 'list' ? items.items : undefined,
        field: key,
      }),
    );
  } else {
    setOwn(original, key, withoutDirectives(value));
  }
}

/** Keys that the directive doesn't name are dropped (used for unions such as a Deployment's strategy). */
function retainKeys(original: JsonMap, patch: JsonMap): void {
  const keys = patch[RETAIN_KEYS];
  if (keys === undefined) return;
  if (!Array.isArray(keys)) throw new PatchError('bad-request', 'invalid retainKeys list: must be a list');
  const retained = new Set<unknown>(keys);
  for (const key of Object.keys(patch)) {
    if (!key.startsWith('$') && !retained.has(key)) {
      throw new PatchError('bad-request', `patch has key ${key} that is not in the $retainKeys list`);
    }
  }
  for (const key of Object.keys(original)) if (!retained.has(key)) delete original[key];
}

function deleteFromList(original: JsonMap, field: string, values: Json): void {
  const current = original[field];
  if (!Array.isArray(values))
    throw new PatchError('bad-request', `invalid ${DELETE_FROM_LIST}${field}: must be a list`);
  const gone = new Set(values);
  if (Array.isArray(current)) original[field] = current.filter((value) => !gone.has(value));
}

function fieldOf(schema: Schema | undefined, key: string): FieldSchema | undefined {
  return schema?.type === 'struct' ? schema.fields.get(key) : undefined;
}

function schemaOf(schema: Schema | undefined, key: string): Schema | undefined {
  if (schema?.type === 'map') return schema.values;
  return fieldOf(schema, key)?.schema;
}

/** What a patch's value adds where there was nothing: the value without directives and without nulls. */
export function withoutDirectives(value: Json): Json {
  if (Array.isArray(value)) {
    return value.filter((item) => !(isMap(item) && DIRECTIVE in item)).map(withoutDirectives);
  }
  if (!isMap(value)) return value;
  const result: JsonMap = {};
  for (const [key, child] of Object.entries(value)) {
    const directive =
      key === DIRECTIVE || key === RETAIN_KEYS || key.startsWith(DELETE_FROM_LIST) || key.startsWith(ELEMENT_ORDER);
    if (!directive && child !== null) setOwn(result, key, withoutDirectives(child));
  }
  return result;
}
