/** DELETE of a collection: each object that a list would show (apiserver `pkg/endpoints/handlers/delete.go`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { parseKey } from '../../../kube/machinery/resource.ts';
import { StoreError } from '../../store/errors.ts';
import { ApiError, fromStore } from '../errors.ts';
import { compileFilter } from '../negotiate/match.ts';
import type { Call, ObjectAnswer } from '../server.ts';
import { parseDeleteOptions } from '../write/delete-options.ts';
import { jsonBody } from '../write/media-type.ts';
import { removeObject } from './delete.ts';
import { select } from './list.ts';
import { fieldSelectorOf, parseListOptions } from './list-options.ts';

export async function removeCollection(call: Call): Promise<ObjectAnswer> {
  const { kind, query, request, conversion } = call;
  const options = parseDeleteOptions(request.body ? jsonBody(request) : undefined, query);
  const listing = parseListOptions(query, false);
  const filter = compileFilter(kind, { ...listing, fieldSelector: fieldSelectorOf(call, listing) });
  const { pieces, revision } = select(call, listing, filter);
  const found = [...pieces].flat();
  // Started together, they commit together.
  const results = await Promise.allSettled(
    found.map(({ key }) => {
      const { namespace, name } = parseKey(key);
      return removeObject(call, namespace, name, options);
    }),
  );
  results.forEach((result, i) => {
    if (result.status === 'fulfilled') return;
    const error = result.reason;
    const name = parseKey(found[i]?.key ?? '//').name;
    const shown = error instanceof StoreError ? fromStore(error, kind.resource, name) : error;
    // Somebody else was faster.
    if (!(shown instanceof ApiError && shown.reason === 'NotFound')) throw shown;
  });
  const items = found.map(({ text }) =>
    conversion ? JSON.stringify(conversion.fromStored(JSON.parse(text) as KubeObject)) : text,
  );
  const head = `{"kind":"${kind.listKind}","apiVersion":"${kind.apiVersion}","metadata":{"resourceVersion":"${revision}"}`;
  return { type: 'object', code: 200, text: `${head},"items":[${items.join(',')}]}`, status: true };
}
