/** The writes between two revisions: who made them, and what they changed. */
import { parseExact } from '../../kube/machinery/exact-json.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { parseKey } from '../../kube/machinery/resource.ts';
import type { HistoryChange, HistoryChanges } from '../../wire/history.ts';
import { whatText } from '../../wire/what.ts';
import { badRequest } from '../apiserver/errors.ts';
import { checkKept, oldestRevision } from '../apiserver/past.ts';
import { isEventKey } from '../store/keys.ts';
import type { Entry, Store } from '../store/store.ts';
import { isByPerson, partsOf, whoOf } from '../trace/describe.ts';
import { isInScope, isoTime, limitOf, MAX_SIZE, type Params, scopeOf, wholeNumber } from './options.ts';
import type { MayRead } from './rights.ts';

const MAX_LIMIT = 500;
/** Entries that are read from the log at a time, and for one answer, so that a request holds nothing up. */
const PIECE = 100;
const MAX_LOOKED_AT = 2000;
/** Of a window of the newest, which is read as a whole. */
const WINDOW = 25;

/** Throws 400, 410 and 504. */
export function changes(params: Params, store: Store, mayRead: MayRead): HistoryChanges {
  const oldest = oldestRevision(store);
  const after = wholeNumber(params, 'after', oldest);
  const until = Math.min(wholeNumber(params, 'until', store.revision), store.revision);
  const order = params.get('order') ?? 'oldest-first';
  checkKept(after, store);
  const asked: Asked = { after, until, limit: limitOf(params, MAX_LIMIT) };
  const scope = scopeOf(params);
  const withEvents = params.get('events') === 'true' || scope.resource === 'events';
  const by = params.get('by') ?? 'all';
  if (by !== 'all' && by !== 'people') throw badRequest(`by must be all or people, not ${JSON.stringify(by)}`);
  const isWanted = ({ key, revision, cause }: Entry): boolean => {
    if (by === 'people' && !isAskedFor(cause)) return false;
    if (isEventKey(key) && !withEvents) return false;
    const parts = parseKey(key);
    return isInScope(scope, parts) && mayRead(parts, revision);
  };
  if (order === 'oldest-first') return forwards(asked, store, isWanted);
  if (order === 'newest-first') return backwards(asked, store, isWanted);
  throw badRequest(`order must be oldest-first or newest-first, not ${JSON.stringify(order)}`);
}

interface Asked {
  after: number;
  until: number;
  limit: number;
}

function forwards({ after, until, limit }: Asked, store: Store, isWanted: (entry: Entry) => boolean): HistoryChanges {
  const items: HistoryChange[] = [];
  let position = after;
  let size = 0;
  for (let looked = 0; looked < MAX_LOOKED_AT; ) {
    const entries = store.log({ after: position, until, limit: PIECE, history: true });
    if (entries.length === 0) return { items };
    for (const entry of entries) {
      position = entry.revision;
      looked++;
      if (isWanted(entry)) {
        items.push(changeOf(entry, store));
        size += sizeOf(entry);
      }
      if (items.length === limit || size > MAX_SIZE)
        return position < until ? { items, continue: position } : { items };
    }
  }
  return { items, continue: position };
}

/** Windows of revisions, the last first: revisions have gaps only where Events are gone. */
function backwards({ after, until, limit }: Asked, store: Store, isWanted: (entry: Entry) => boolean): HistoryChanges {
  const items: HistoryChange[] = [];
  let end = until;
  let size = 0;
  for (let looked = 0; looked < MAX_LOOKED_AT && end > after; looked += WINDOW) {
    const start = Math.max(after, end - WINDOW);
    for (const entry of window(start, end, store).reverse()) {
      if (!isWanted(entry)) continue;
      items.push(changeOf(entry, store));
      size += sizeOf(entry);
      if (items.length < limit && size <= MAX_SIZE) continue;
      return entry.revision - 1 > after ? { items, continue: entry.revision - 1 } : { items };
    }
    end = start;
  }
  return end > after ? { items, continue: end } : { items };
}

/** Whether a person asked for it: what follows by itself, and what the server makes beside a write, is no wish. */
function isAskedFor(cause: Entry['cause']): boolean {
  return isByPerson(cause) && cause.beside === undefined;
}

/** The log answers fewer at a time where they are large. */
function window(start: number, end: number, store: Store): Entry[] {
  const entries: Entry[] = [];
  for (let after = start; after < end; after = entries.at(-1)?.revision ?? end) {
    const more = store.log({ after, until: end, limit: PIECE, history: true });
    if (more.length === 0) break;
    entries.push(...more);
  }
  return entries;
}

/** Of an update, the object before is read too. */
function sizeOf({ change, text }: Entry): number {
  return change === 'update' ? 2 * text.length : text.length;
}

function changeOf(entry: Entry, store: Store): HistoryChange {
  const { key, revision, change, cause, previous } = entry;
  const object = parseExact(entry.text) as KubeObject;
  const before = change === 'update' ? store.at(previous) : undefined;
  const parts = partsOf(change, object, before && (parseExact(before.text) as KubeObject));
  const { kind, apiVersion } = object;
  return {
    revision,
    time: isoTime(cause.at),
    change,
    ...parseKey(key),
    kind,
    apiVersion,
    who: whoOf(cause),
    what: whatText(parts),
    parts,
    previous,
    ...(isAskedFor(cause) && { byPerson: true }),
  };
}
