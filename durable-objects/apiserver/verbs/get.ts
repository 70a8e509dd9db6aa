/** GET of one object: its stored text, passed through. */
import { keyOf } from '../../../kube/machinery/resource.ts';
import { notFound, tooLargeResourceVersion } from '../errors.ts';
import { nodeLease } from '../node-leases.ts';
import type { Call, ObjectAnswer } from '../server.ts';
import { revisionOf } from './list-options.ts';

export function get(call: Call): ObjectAnswer {
  const { server, kind, info, storage, query } = call;
  const asked = revisionOf(query.get('resourceVersion'));
  if (asked !== undefined && asked > server.store.revision) throw tooLargeResourceVersion(asked, server.store.revision);
  const stored =
    server.store.get(keyOf(storage, kind.scope === 'Namespaced' ? info.namespace : '', info.name)) ?? nodeLease(call);
  if (!stored) throw notFound(kind.resource, info.name);
  return { type: 'object', code: 200, text: stored.text };
}
