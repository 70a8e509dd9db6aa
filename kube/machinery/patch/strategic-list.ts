/**
 * Merging lists in a strategic merge patch: by value for scalars, by merge key for objects, order kept as upstream
 * does.
 */
import type { Json } from '../object.ts';
import type { Schema } from '../schema/schema.ts';
import { PatchError } from './errors.ts';
import { goText } from './go-text.ts';
import { isMap } from './merge.ts';
import { type JsonMap, strategicMerge } from './strategic.ts';

export interface ListRule {
  mergeKey: string | undefined;
  items: Schema | undefined;
}

/** `mergeSlice`. Items of `original` that the patch merges into are changed in place. */
export function mergeList(original: Json[], patch: Json[], { mergeKey, items }: ListRule): Json[] {
  if (original.length === 0 && patch.length === 0) return original;
  if (checkTypes(original, patch) !== 'map') {
    return orderList([...new Set([...original, ...patch])], patch, original, mergeKey);
  }
  if (!mergeKey) throw refused('cannot merge lists without merge key for struct');
  const { replace, deleted, rest } = readDirectives(patch, mergeKey);
  if (replace) return orderList(rest, [], rest, mergeKey);
  const before = original.filter((item) => !isMap(item) || !deleted.has(item[mergeKey] ?? null));
  return orderList(mergeObjects(before, rest, mergeKey, items), rest, before, mergeKey);
}

/** The directives in items that hold a `$patch`, and the other items. */
function readDirectives(patch: readonly Json[], mergeKey: string) {
  const rest: JsonMap[] = [];
  const deleted = new Set<Json>();
  let replace = false;
  for (const item of patch) {
    if (!isMap(item)) continue;
    if (!Object.hasOwn(item, '$patch')) rest.push(item);
    else if (item.$patch === 'delete') deleted.add(keyOf(item, mergeKey));
    else if (item.$patch === 'replace') replace = true;
    else if (item.$patch === 'merge') throw refused('merging lists cannot yet be specified in the patch');
    else throw refused(`unknown patch type: ${goText(item.$patch)} in map: ${goText(item)}`);
  }
  return { replace, deleted, rest };
}

function mergeObjects(before: readonly Json[], patch: readonly JsonMap[], mergeKey: string, items?: Schema): Json[] {
  const merged = [...before];
  const index = new Map<Json, number>();
  for (let at = merged.length - 1; at >= 0; at--) {
    const item = merged[at];
    if (isMap(item) && item[mergeKey] !== undefined) index.set(item[mergeKey], at);
  }
  for (const item of patch) {
    const key = keyOf(item, mergeKey);
    const at = index.get(key);
    if (at === undefined) index.set(key, merged.push(item) - 1);
    else merged[at] = strategicMerge(merged[at] as JsonMap, item, items);
  }
  return merged;
}

/**
 * Items that `order` names take its order; the others keep the server's; the two are interleaved by where they stood on
 * the server (`normalizeElementOrder`, `mergeSortedSlice`).
 */
export function orderList(
  merged: readonly Json[],
  order: readonly Json[],
  server: readonly Json[],
  mergeKey: string | undefined,
): Json[] {
  const identify = (item: Json): Json => (mergeKey && isMap(item) ? keyOf(item, mergeKey) : item);
  const [inOrder, onServer] = [ranks(order, identify), ranks(server, identify)];
  const rank = (ranks: ReadonlyMap<Json, number>, item: Json): number => ranks.get(identify(item)) ?? -1;
  const ordered = merged.filter((item) => rank(inOrder, item) >= 0).sort((a, b) => rank(inOrder, a) - rank(inOrder, b));
  const others = merged.filter((item) => rank(inOrder, item) < 0).sort((a, b) => rank(onServer, a) - rank(onServer, b));
  const result: Json[] = [];
  let [i, j] = [0, 0];
  while (i < others.length && j < ordered.length) {
    const [left, right] = [others[i] as Json, ordered[j] as Json];
    const [l, r] = [rank(onServer, left), rank(onServer, right)];
    if (l >= 0 && r >= 0 && l < r) {
      result.push(left);
      i++;
    } else {
      result.push(right);
      j++;
    }
  }
  return [...result, ...others.slice(i), ...ordered.slice(j)];
}

function ranks(items: readonly Json[], identify: (item: Json) => Json): Map<Json, number> {
  const ranks = new Map<Json, number>();
  for (let at = items.length - 1; at >= 0; at--) ranks.set(identify(items[at] as Json), at);
  return ranks;
}

export function keyOf(item: JsonMap, mergeKey: string): Json {
  if (Object.hasOwn(item, mergeKey)) return item[mergeKey] ?? null;
  throw refused(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`);
}

type ItemType = 'map' | 'string' | 'number' | 'boolean';

/** The one type of all items of both lists (`sliceElementType`). */
export function checkTypes(...lists: (readonly Json[])[]): ItemType {
  let type: ItemType | undefined;
  for (const item of lists.flat(1) as readonly Json[]) {
    if (Array.isArray(item)) throw new PatchError('unprocessable', 'lists of lists are not supported');
    const own = isMap(item) ? 'map' : typeof item === 'bigint' ? 'number' : (typeof item as ItemType);
    type ??= own;
    if (item === null || own !== type) {
      throw refused(`list element types are not identical: ${goText(lists as Json[])}`);
    }
  }
  if (type === undefined) throw refused('no elements in any of the given slices');
  return type;
}

function refused(message: string): PatchError {
  return new PatchError('bad-request', message);
}
