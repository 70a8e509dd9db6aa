/**
 * Strategic merge patch (apimachinery `pkg/util/strategicpatch/patch.go`): JSON merge patch, except that lists whose
 * schema names a merge key are merged item by item, and directives (`$patch`, `$retainKeys`, `$setElementOrder/x`,
 * `$deleteFromPrimitiveList/x`) say what merging can't.
 */
import { setOwn } from '../entries.ts';
import type { Json } from '../object.ts';
import type { FieldSchema, Schema } from '../schema/schema.ts';
import { PatchError } from './errors.ts';
import { goText } from './go-text.ts';
import { isMap, withoutNulls } from './merge.ts';
import { checkTypes, keyOf, type ListRule, mergeList, orderList } from './strategic-list.ts';

export type JsonMap = { [key: string]: Json };

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM_LIST = '$deleteFromPrimitiveList';
const ELEMENT_ORDER = '$setElementOrder';

/** Changes `original` in place where it can, and returns the result. Throws {@link PatchError}. */
export function strategicMerge(original: JsonMap, patch: JsonMap, schema: Schema | undefined): JsonMap {
  if (Object.hasOwn(patch, DIRECTIVE)) return followDirective(patch);
  retainKeys(original, patch);
  const done = mergeOrderedLists(original, patch, schema);
  for (const [key, value] of Object.entries(patch)) {
    if (key === RETAIN_KEYS || key.startsWith(ELEMENT_ORDER) || done.has(key)) continue;
    if (key.startsWith(DELETE_FROM_LIST)) deleteFromList(original, listNamed(key, DELETE_FROM_LIST), value);
    else mergeValue(original, key, value, schema);
  }
  return original;
}

/** A map that says `$patch: replace` takes the place of the original as it stands, what is inside it included. */
function followDirective(patch: JsonMap): JsonMap {
  const { [DIRECTIVE]: directive, ...rest } = patch;
  if (directive === 'replace') return rest;
  if (directive === 'delete') return {};
  throw new PatchError('bad-request', `unknown patch type: ${goText(directive)} in map: ${goText(patch)}`);
}

function mergeValue(original: JsonMap, key: string, value: Json, schema: Schema | undefined): void {
  if (value === null) {
    delete original[key];
    return;
  }
  const current = Object.hasOwn(original, key) ? original[key] : undefined;
  if (isMap(value) && isMap(current)) {
    const { strategy, type } = fieldOf(schema, key);
    setOwn(original, key, strategy === 'replace' ? value : strategicMerge(current, value, type));
  } else if (Array.isArray(value) && Array.isArray(current)) {
    const { strategy, type, mergeKey } = fieldOf(schema, key);
    setOwn(original, key, strategy === 'merge' ? mergeList(current, value, ruleOf(type, mergeKey)) : value);
  } else {
    const added = withoutDirectives(withoutNulls(value));
    if (added === undefined) delete original[key];
    else setOwn(original, key, added);
  }
}

/**
 * Lists with an order are merged before everything else; their names are returned. A list that only one side has is put
 * in order all the same.
 */
function mergeOrderedLists(original: JsonMap, patch: JsonMap, schema: Schema | undefined): Set<string> {
  const done = new Set<string>();
  for (const [directive, order] of Object.entries(patch)) {
    if (!directive.startsWith(ELEMENT_ORDER)) continue;
    if (!Array.isArray(order)) throw badType(order);
    const key = listNamed(directive, ELEMENT_ORDER);
    const [current, value] = [listIn(original, key), listIn(patch, key)];
    const { strategy, type, mergeKey } = fieldOf(schema, key);
    checkOrder(value ?? [], order, mergeKey);
    if (!current && !value) continue;
    done.add(key);
    let merged = current ?? [];
    if (value && current) merged = strategy === 'merge' ? mergeList(current, value, ruleOf(type, mergeKey)) : value;
    else if (value) merged = withoutDirectives(value) as Json[];
    checkTypes(current ?? [], value ?? []);
    setOwn(original, key, orderList(merged, order, current ?? [], mergeKey));
  }
  return done;
}

function ruleOf(type: Schema | undefined, mergeKey: string | undefined): ListRule {
  return { mergeKey, items: type?.type === 'list' ? type.items : undefined };
}

/** The items of the patch must come in the order that it gives (`validatePatchWithSetOrderList`). */
function checkOrder(patch: readonly Json[], order: readonly Json[], mergeKey: string | undefined): void {
  if (order.length === 0 || patch.length === 0) return;
  const identify = (item: Json): Json => (mergeKey && isMap(item) ? keyOf(item, mergeKey) : item);
  const named = patch.filter((item) => !isMap(item) || !Object.hasOwn(item, DIRECTIVE)).map(identify);
  let at = 0;
  for (const item of order) if (at < named.length && named[at] === identify(item)) at++;
  if (at === named.length) return;
  const [items, list] = [goText([...patch]), goText([...order])];
  throw new PatchError(
    'bad-request',
    `The order in patch list:\n${items}\n doesn't match ${ELEMENT_ORDER} list:\n${list}\n`,
  );
}

/**
 * Keys that the directive doesn't name are dropped from the original (used for unions, such as a Deployment's
 * strategy). A null in the patch is a deletion, and needs no name in the list.
 */
function retainKeys(original: JsonMap, patch: JsonMap): void {
  if (!Object.hasOwn(patch, RETAIN_KEYS)) return;
  const keys = patch[RETAIN_KEYS];
  const retained = new Set<unknown>(Array.isArray(keys) ? keys : []);
  const unnamed = Object.entries(patch).some(
    ([key, value]) =>
      key !== RETAIN_KEYS &&
      value !== null &&
      !key.startsWith(DELETE_FROM_LIST) &&
      !key.startsWith(ELEMENT_ORDER) &&
      !retained.has(key),
  );
  if (!Array.isArray(keys) || unnamed) throw new PatchError('bad-request', 'invalid patch format of retainKeys');
  for (const key of Object.keys(original)) if (!retained.has(key)) delete original[key];
}

function deleteFromList(original: JsonMap, field: string, values: Json): void {
  if (values === null) {
    delete original[field];
    return;
  }
  const current = Object.hasOwn(original, field) ? original[field] : undefined;
  if (!Array.isArray(current) || !Array.isArray(values) || current.length + values.length === 0) return;
  checkTypes(current, values);
  const gone = new Set(values);
  setOwn(
    original,
    field,
    current.filter((value) => !gone.has(value)),
  );
}

/** `finalizers` of `$deleteFromPrimitiveList/finalizers`. */
function listNamed(directive: string, prefix: string): string {
  if (directive[prefix.length] === '/') return directive.slice(prefix.length + 1);
  const kind = prefix === ELEMENT_ORDER ? 'setElementOrder list' : 'primitive list';
  throw new PatchError('bad-request', `invalid patch format of ${kind}`);
}

function listIn(map: JsonMap, key: string): Json[] | undefined {
  const value = Object.hasOwn(map, key) ? map[key] : undefined;
  if (value === undefined || Array.isArray(value)) return value;
  throw badType(value);
}

interface Field {
  type?: Schema;
  strategy?: string;
  mergeKey?: string;
}

/** The type and strategy by which a key's value is merged. Unknown keys of a struct are errors. */
function fieldOf(schema: Schema | undefined, key: string): Field {
  if (schema?.type === 'map') return { type: schema.values };
  if (schema?.type !== 'struct') return {};
  const field: FieldSchema | undefined = schema.fields.get(key);
  if (!field) {
    const type = schema.name.slice(schema.name.lastIndexOf('.') + 1);
    throw new PatchError('bad-request', `unable to find api field in struct ${type} for the json field "${key}"`);
  }
  const { patchStrategy = [], patchMergeKey } = field;
  return {
    type: field.schema,
    strategy: patchStrategy.find((name) => name !== 'retainKeys'),
    mergeKey: patchMergeKey,
  };
}

function badType(value: Json | undefined): PatchError {
  const types: Record<string, string> = { string: 'string', number: 'float64', bigint: 'int64', boolean: 'bool' };
  const actual = isMap(value) ? 'map[string]interface {}' : (types[typeof value] ?? '%!s(<nil>)');
  return new PatchError('bad-request', `expected a []interface {}, but received a ${actual}`);
}

/** A patch's value as it is added to nothing; undefined where it is a directive itself. */
function withoutDirectives(value: Json): Json | undefined {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined);
  if (!isMap(value)) return value;
  if (Object.hasOwn(value, DIRECTIVE)) return undefined;
  const result: JsonMap = {};
  for (const [key, child] of Object.entries(value)) {
    const kept = withoutDirectives(child);
    if (kept !== undefined) setOwn(result, key, kept);
  }
  return result;
}
