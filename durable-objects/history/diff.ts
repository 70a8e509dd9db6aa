/** The objects that differ between two revisions. */
import { sameJson } from '../../kube/machinery/equality.ts';
import { parseExact } from '../../kube/machinery/exact-json.ts';
import { isObject } from '../../kube/machinery/json-object.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import type { HistoryDiff, HistoryDifference } from '../../wire/history.ts';
import { badRequest } from '../apiserver/errors.ts';
import { checkKept } from '../apiserver/past.ts';
import type { Store, Stored } from '../store/store.ts';
import { isInScope, limitOf, MAX_SIZE, type Params, scopeOf, wholeNumber } from './options.ts';
import type { MayRead } from './rights.ts';

const MAX_LIMIT = 500;
/** Keys that are looked at for one answer, so that a request holds nothing up. */
const MAX_LOOKED_AT = 1000;
const PIECE = 100;
const MAX_FIELDS = 50;
/** Fields that differ with every write, or say who wrote. */
const UNTOLD: ReadonlySet<string> = new Set([
  'metadata.resourceVersion',
  'metadata.managedFields',
  'metadata.generation',
]);

/** Throws 400, 410 and 504. */
export function diff(params: Params, store: Store, mayRead: MayRead): HistoryDiff {
  const to = wholeNumber(params, 'to', store.revision);
  const from = wholeNumber(params, 'from', -1);
  if (from < 0) throw badRequest('name two revisions by from=… and to=… (the newest when left out)');
  if (from > to) throw badRequest(`from (${from}) must not be later than to (${to})`);
  checkKept(from, store);
  checkKept(to, store);
  const scope = scopeOf(params);
  const limit = limitOf(params, MAX_LIMIT);
  const items: HistoryDifference[] = [];
  let after = params.get('continue') ?? '';
  let size = 0;
  for (let looked = 0; looked < MAX_LOOKED_AT; looked += PIECE) {
    const keys = store.history.changedSince(from, after, PIECE);
    for (const key of keys) {
      if (items.length === limit || size > MAX_SIZE) return { from, to, items, continue: after };
      after = key;
      const parts = parseKey(key);
      if (!isInScope(scope, parts) || !mayRead(parts, to)) continue;
      const before = mayRead(parts, from) ? store.getAt(key, from, true) : undefined;
      const then = store.getAt(key, to, true);
      size += (before?.text.length ?? 0) + (then?.text.length ?? 0);
      const difference = differenceOf(key, before, then);
      if (difference) items.push(difference);
    }
    if (keys.length < PIECE) return { from, to, items };
  }
  return { from, to, items, continue: after };
}

function differenceOf(key: Key, before: Stored | undefined, after: Stored | undefined): HistoryDifference | undefined {
  const known = after ?? before;
  if (!known || before?.revision === after?.revision) return undefined;
  const { kind, apiVersion } = parseExact(known.text) as KubeObject;
  const about = { ...parseKey(key), kind, apiVersion };
  if (!before) return { change: 'added', ...about, to: after?.revision };
  if (!after) return { change: 'removed', ...about, from: before.revision };
  const fields = differingFields(parseExact(before.text), parseExact(after.text));
  return { change: 'changed', ...about, from: before.revision, to: after.revision, fields };
}

/** Paths through maps, down to the lists and values that differ: the values are not told, as they may be a Secret's. */
export function differingFields(before: unknown, after: unknown, path = ''): string[] {
  if (sameJson(before as never, after as never) || UNTOLD.has(path)) return [];
  if (!isObject(before) || !isObject(after)) return [path];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const fields = names.flatMap((name) =>
    differingFields(before[name], after[name], path === '' ? name : `${path}.${name}`),
  );
  return fields.slice(0, MAX_FIELDS);
}
