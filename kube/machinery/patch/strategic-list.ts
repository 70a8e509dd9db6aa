/** Merging lists in a strategic merge patch: by value for scalars, by merge key for objects, order kept as upstream does. */
import type { Json } from '../object.ts';
import type { Schema } from '../schema/schema.ts';
import { PatchError } from './errors.ts';
import { isMap } from './merge.ts';
import { type JsonMap, strategicMerge, withoutDirectives } from './strategic.ts';

interface ListRule {
  mergeKey: string | undefined;
  items: Schema | undefined;
  field: string;
}

export function mergeList(original: Json[], patch: Json[], order: Json | undefined, rule: ListRule): Json[] {
  if (order !== undefined && !Array.isArray(order)) {
    throw new PatchError('bad-request', `invalid $setElementOrder/${rule.field}: must be a list`);
  }
  const objects = [...original, ...patch].some(isMap);
  if (!objects) {
    const merged = [...new Set([...original, ...patch])];
    return arrange(merged, order ?? patch, original, (item) => item);
  }
  const { mergeKey } = rule;
  if (!mergeKey)
    throw new PatchError('bad-request', `cannot merge lists of objects without a merge key: ${rule.field}`);
  const identify = (item: Json): Json => (isMap(item) ? (item[mergeKey] ?? null) : item);
  if (patch.some((item) => isMap(item) && item.$patch === 'replace')) {
    return patch.filter((item) => !(isMap(item) && item.$patch === 'replace')).map(withoutDirectives);
  }
  const merged: (Json | undefined)[] = [...original];
  const index = new Map<Json, number[]>();
  for (const [at, item] of original.entries()) remember(index, identify(item), at);
  for (const item of patch) {
    if (!isMap(item)) throw new PatchError('bad-request', `expected objects in list ${rule.field}`);
    const id = item[mergeKey];
    if (id === undefined || id === null) {
      throw new PatchError(
        'bad-request',
        `map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`,
      );
    }
    mergeItem(merged, index, id, item, rule);
  }
  const left = merged.filter((item) => item !== undefined);
  const wanted = (order ?? patch.filter((item) => !(isMap(item) && item.$patch === 'delete'))).map(identify);
  return arrange(left, wanted, original.map(identify), identify);
}

function remember(index: Map<Json, number[]>, id: Json, at: number): void {
  const positions = index.get(id);
  if (positions) positions.push(at);
  else index.set(id, [at]);
}

/** `index`: where the items of each identity are. What a delete takes away leaves a hole. */
function mergeItem(
  merged: (Json | undefined)[],
  index: Map<Json, number[]>,
  id: Json,
  item: JsonMap,
  { items }: ListRule,
): void {
  const positions = index.get(id) ?? [];
  if (item.$patch === 'delete') {
    for (const at of positions) if (isMap(merged[at])) merged[at] = undefined;
    index.delete(id);
    return;
  }
  const [at] = positions;
  const current = at === undefined ? undefined : merged[at];
  if (at !== undefined && isMap(current)) merged[at] = strategicMerge(current, item, items);
  else index.set(id, [merged.push(withoutDirectives(item)) - 1, ...positions]);
}

/**
 * Items that the patch orders take its order; the others keep the server's; the two are interleaved by where they
 * stood before (`mergeSortedSlice`).
 */
function arrange(merged: Json[], wanted: Json[], before: Json[], identify: (item: Json) => Json): Json[] {
  const [inWanted, inBefore] = [ranks(wanted), ranks(before)];
  const rank = (order: ReadonlyMap<Json, number>, item: Json): number => order.get(identify(item)) ?? -1;
  const ordered = merged
    .filter((item) => rank(inWanted, item) >= 0)
    .sort((a, b) => rank(inWanted, a) - rank(inWanted, b));
  const others = merged
    .filter((item) => rank(inWanted, item) < 0)
    .sort((a, b) => rank(inBefore, a) - rank(inBefore, b));
  const result: Json[] = [];
  let [i, j] = [0, 0];
  while (i < others.length && j < ordered.length) {
    const left = others[i] as Json;
    const right = ordered[j] as Json;
    const [l, r] = [rank(inBefore, left), rank(inBefore, right)];
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

function ranks(order: Json[]): Map<Json, number> {
  const ranks = new Map<Json, number>();
  for (let at = order.length - 1; at >= 0; at--) ranks.set(order[at] ?? null, at);
  return ranks;
}
