/** GET of one object: its stored text, passed through. */

import { type Call, type ObjectAnswer, targetKey } from '../call.ts';
import { componentStatuses } from '../component-statuses.ts';
import { badRequest, notFound, tooLargeResourceVersion } from '../errors.ts';
import { queryFlag } from '../query.ts';
import { revisionOf } from './list-options.ts';

export function get(call: Call): ObjectAnswer {
  const { server, kind, info, query } = call;
  if (queryFlag(query, 'export')) {
    throw badRequest('the export parameter, deprecated since v1.14, is no longer supported');
  }
  const asked = revisionOf(query.get('resourceVersion'));
  if (asked !== undefined && asked > server.store.revision)
    throw tooLargeResourceVersion(query.get('resourceVersion') ?? asked, server.store.revision);
  const stored = server.store.get(targetKey(call)) ?? componentStatuses(call)[0];
  if (!stored) throw notFound(kind.resource, info.name);
  return { type: 'object', code: 200, text: stored.text };
}
