/** GET of one object: its stored text, passed through. */

import type { Stored } from '../../store/store.ts';
import { type Call, type ObjectAnswer, targetKey } from '../call.ts';
import { badRequest, notFound, tooLargeResourceVersion } from '../errors.ts';
import { madeOnDemand } from '../on-demand/index.ts';
import { queryFlag } from '../query.ts';
import { revisionOf } from './list-options.ts';

export function get(call: Call): ObjectAnswer | Promise<ObjectAnswer> {
  const { server, query, storage } = call;
  if (queryFlag(query, 'export')) {
    throw badRequest('the export parameter, deprecated since v1.14, is no longer supported');
  }
  const { at } = call.request;
  if (at !== undefined) return answerOf(call, server.store.getAt(targetKey(call), at, true));
  const asked = revisionOf(query.get('resourceVersion'), 'invalid resource version: ');
  if (asked !== undefined && asked > server.store.revision)
    // Upstream has no cache of events.
    throw tooLargeResourceVersion(query.get('resourceVersion') ?? asked, server.store.revision, storage === 'events');
  const stored = server.store.get(targetKey(call));
  if (stored) return answerOf(call, stored);
  const made = madeOnDemand(call);
  return made instanceof Promise ? made.then(([first]) => answerOf(call, first)) : answerOf(call, made[0]);
}

function answerOf({ kind, info }: Call, stored: Stored | undefined): ObjectAnswer {
  if (!stored) throw notFound(kind.resource, info.name);
  return { type: 'object', code: 200, text: stored.text };
}
