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
  const merged = [...original];
  for (const item of patch) {
    if (!isMap(item)) throw new PatchError('bad-request', `expected objects in list ${rule.field}`);
    const id = item[mergeKey];
    if (id === undefined || id === null) {
      throw new PatchError(
        'bad-request',
        `map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`,
      );
    }
    mergeItem(merged, item, (other) => identify(other) === id, rule);
  }
  const wanted = (order ?? patch.filter((item) => !(isMap(item) && item.$patch === 'delete'))).map(identify);
  return arrange(merged, wanted, original.map(identify), identify);
}

function mergeItem(merged: Json[], item: JsonMap, same: (other: Json) => boolean, rule: ListRule): void {
  if (item.$patch === 'delete') {
    for (let i = merged.length - 1; i >= 0; i--) if (same(merged[i] ?? null)) merged.splice(i, 1);
    return;
  }
  const at = merged.findIndex(same);
  const current = merged[at];
  if (isMap(current)) merged[at] = strategicMerge(current, item, rule.items);
  else merged.push(withoutDirectives(item));
}

/**
 * Items that the patch orders take its order; the others keep the server's; the two are interleaved by where they
 * stood before (`mergeSortedSlice`).
 */
function arrange(merged: Json[], wanted: Json[], before: Json[], identify: (item: Json) => Json): Json[] {
  const rank = (order: Json[], item: Json): number => order.indexOf(identify(item));
  const ordered = merged.filter((item) => rank(wanted, item) >= 0).sort((a, b) => rank(wanted, a) - rank(wanted, b));
  const others = merged.filter((item) => rank(wanted, item) < 0).sort((a, b) => rank(before, a) - rank(before, b));
  const result: Json[] = [];
  let [i, j] = [0, 0];
  while (i < others.length && j < ordered.length) {
    const left = others[i] as Json;
    const right = ordered[j] as Json;
    const [l, r] = [rank(before, left), rank(before, right)];
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
