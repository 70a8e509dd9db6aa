/**
 * The objects of a list, or of a deletion of a collection: their revision, the pages, and the matches of selectors
 * (apiserver `pkg/storage/etcd3/store.go` GetList).
 */

import { ownObject } from '../../../kube/kinds/registry.ts';
import { StoreError } from '../../store/errors.ts';
import { SECRETS_PREFIX } from '../../store/keys.ts';
import { MAX_PAGE_SIZE } from '../../store/page.ts';
import type { ListQuery, Store, Stored } from '../../store/store.ts';
import type { Call } from '../call.ts';
import { badRequest, expired, tooLargeResourceVersion } from '../errors.ts';
import type { Filter } from '../negotiate/match.ts';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import { type ListOptions, prefixOf, revisionOf } from './list-options.ts';
import { selectConverted } from './select-converted.ts';
import type { Pages, Selection, Test } from './selection.ts';

/** Objects that a selective list reads at a time, at least. */
const PIECE = 50;
/** Code units of objects that are looked at in one turn, some 5 ms, where none of them is answered. */
const TURN_SIZE = 1024 * 1024;
/** The time for which a list goes on from an older state; upstream compacts every five minutes. */
const CONTINUE_MS = 5 * 60_000;

const TOO_OLD_TO_CONTINUE =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

/** Selects the objects of a list. Throws 400, 410 and 504. */
export async function select(call: Call, options: ListOptions, filter: Filter | undefined): Promise<Selection> {
  const { store } = call.server;
  const pause = () => call.server.sleep(0);
  const prefix = prefixOf(call);
  const { at } = call.request;
  const history = at !== undefined;
  const { revision, after } = history ? startInPast(at, options, prefix) : startOf(store, options, prefix);
  if (!history && options.continue && after !== undefined && isStale(call, revision)) {
    throw expired(TOO_OLD_TO_CONTINUE, encodeContinue({ after }, prefix));
  }
  const test = filter && tester(call, filter);
  try {
    // Upstream answers 0 from its cache, as a whole, or all that is left of it.
    const limit = options.resourceVersion === '0' && !history ? 0 : options.limit;
    const { conversion } = call;
    if (conversion?.remote) {
      const pages = { prefix, revision, after, history, limit: limit || Number.POSITIVE_INFINITY };
      return await selectConverted(call, conversion.remote, pages, test);
    }
    if (limit > 0) return await limited(store, { prefix, revision, after, history, limit }, test, pause);
    const query = { prefix, after, history, revision: revision ?? store.revision };
    if (prefix.startsWith(SECRETS_PREFIX)) await openAll(store, query, pause);
    const objects = store.scan(query);
    return { revision: query.revision, objects: test ? filtered(objects, test) : objects };
  } catch (error) {
    throw tooOld(error, options, after, prefix);
  }
}

/** Compaction may be late; a list is not continued from a revision that was overtaken long ago. */
function isStale({ server, now }: Call, revision: number | undefined): boolean {
  const overtaken = revision === undefined ? undefined : server.store.at(revision + 1);
  return overtaken !== undefined && now - overtaken.cause.at > CONTINUE_MS;
}

/** Throws when one cannot be opened: once the answer has begun, the client cannot be told any more. */
async function openAll(store: Store, query: ListQuery, pause: () => Promise<void>): Promise<void> {
  for (const stored of filtered(store.scan(query), () => false)) if (!stored) await pause();
}

/** Where a webhook converts, objects are tested once they are converted. */
export function tester(call: Call, filter: Filter): Test {
  const conversion = call.conversion?.remote ? undefined : call.conversion;
  return ({ text }) => {
    if ((!conversion || conversion.isCurrent?.(text)) && !filter.mayMatch(text)) return false;
    return filter.matches(ownObject(conversion, text));
  };
}

function startOf(store: Store, options: ListOptions, prefix: string): { revision?: number; after?: string } {
  if (options.continue) {
    const continuation = decodeContinue(options.continue, prefix);
    if (options.resourceVersion && options.resourceVersion !== '0') {
      throw badRequest('specifying resource version is not allowed when using continue');
    }
    const { revision = 0 } = continuation;
    if (revision > store.revision)
      throw tooLargeResourceVersion(revision, store.revision, prefix.startsWith('events/'));
    return continuation;
  }
  const asked = revisionOf(options.resourceVersion, 'invalid resource version: ');
  if (!asked) return {};
  // A limit and no resourceVersionMatch mean Exact, as before there was that parameter.
  const exact = options.match === 'Exact' || (options.match === undefined && options.limit > 0);
  // Upstream has no cache of events, and reads one object as it was at a revision from its store.
  const fromStore = prefix.startsWith('events/') || (exact && !prefix.endsWith('/'));
  if (asked > store.revision) {
    throw tooLargeResourceVersion(options.resourceVersion ?? asked, store.revision, fromStore);
  }
  return exact ? { revision: asked } : {};
}

/** All pages are of the revision that the path names. */
function startInPast(at: number, options: ListOptions, prefix: string): { revision: number; after?: string } {
  return options.continue ? { revision: at, after: decodeContinue(options.continue, prefix).after } : { revision: at };
}

function* filtered(objects: Iterable<Stored>, test: Test): Generator<Stored | undefined> {
  let looked = 0;
  for (const stored of objects) {
    looked += stored.text.length;
    if (test(stored)) yield stored;
    else if (looked < TURN_SIZE) continue;
    else yield undefined;
    looked = 0;
  }
}

async function limited(
  store: Store,
  { prefix, revision: asked, after, limit, history }: Pages,
  test: Test | undefined,
  pause: () => Promise<void>,
): Promise<Selection> {
  let page = store.list({ prefix, revision: asked, after, limit, history });
  const { revision } = page;
  if (!test) {
    const { items, next, remaining } = page;
    if (next === undefined) return { objects: items, revision };
    return { objects: items, revision, continue: encodeContinue({ revision, after: next }, prefix), remaining };
  }
  const found: Stored[] = [];
  let size = 0;
  let looked = 0;
  for (;;) {
    for (let i = 0; i < page.items.length; i++) {
      const stored = page.items[i];
      looked += stored?.text.length ?? 0;
      if (!stored || !test(stored)) continue;
      found.push(stored);
      size += stored.text.length;
      const isLast = i === page.items.length - 1 && page.next === undefined;
      if ((found.length === limit || size > MAX_PAGE_SIZE) && !isLast) {
        return { objects: found, revision, continue: encodeContinue({ revision, after: stored.key }, prefix) };
      }
    }
    if (page.next === undefined) return { objects: found, revision };
    if (looked >= TURN_SIZE) {
      looked = 0;
      await pause();
    }
    page = store.list({ prefix, revision, after: page.next, limit: Math.max(limit, PIECE), history });
  }
}

function tooOld(error: unknown, options: ListOptions, after: string | undefined, prefix: string): unknown {
  if (!(error instanceof StoreError) || error.code !== 'compacted') return error;
  if (!options.continue || after === undefined) {
    return expired(`The resourceVersion for the provided list is too old.`);
  }
  return expired(TOO_OLD_TO_CONTINUE, encodeContinue({ after }, prefix));
}
