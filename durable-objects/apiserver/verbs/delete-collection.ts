/** DELETE of a collection: each object that a list would show (apiserver `pkg/endpoints/handlers/delete.go`). */
import { parseKey } from '../../../kube/machinery/resource.ts';
import { StoreError } from '../../store/errors.ts';
import type { Stored } from '../../store/store.ts';
import type { Call } from '../call.ts';
import { ApiError, fromStore } from '../errors.ts';
import { compileFilter } from '../negotiate/match.ts';
import { acceptedBy } from '../negotiate/respond.ts';
import type { ApiResponse } from '../request.ts';
import { jsonBody } from '../write/media-type.ts';
import { type DeleteOptions, parseDeleteOptions } from '../write/options.ts';
import { commitDelete } from '../write/propose-delete.ts';
import { warnOfOrphans } from './delete.ts';
import { listResponse } from './list.ts';
import { fieldSelectorOf, parseListOptions } from './list-options.ts';
import { select } from './select.ts';
import type { Selection } from './selection.ts';

/** Objects that are removed together. */
const PIECE = 50;

export async function removeCollection(call: Call): Promise<ApiResponse> {
  const { kind, query, request } = call;
  const listing = parseListOptions(query, false);
  const filter = compileFilter(kind, { ...listing, fieldSelector: fieldSelectorOf(call, listing) });
  const options = parseDeleteOptions(request.body ? jsonBody(request) : undefined, query);
  warnOfOrphans(call, options);
  const { objects, revision } = await select(call, listing, filter);
  // A collection may be larger than memory: its deletes are started, and commit, a piece at a time.
  for (const piece of batches(objects, PIECE)) {
    if (piece.length > 0) await removeAll(call, piece, options);
    // Where no other request is under way, commits do not wait for one to arrive.
    await call.server.sleep(0);
  }
  // A deleted object is read again at the revision it was listed at.
  const again = listing.continue ? listing : { ...listing, resourceVersion: String(revision), match: 'Exact' as const };
  const deleted = await select(call, again, filter);
  return listResponse(call, acceptedBy(call), { ...deleted, revision });
}

/** An empty batch stands for `undefined`: other requests should have their turn. */
function* batches(items: Selection['objects'], size: number): Generator<readonly Stored[]> {
  let batch: Stored[] = [];
  for (const item of items) {
    if (!item) {
      yield [];
      continue;
    }
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function removeAll(call: Call, piece: readonly Stored[], options: DeleteOptions): Promise<void> {
  const results = await Promise.allSettled(
    piece.map(({ key }) => {
      const { namespace, name } = parseKey(key);
      return commitDelete({ call, namespace, name, options });
    }),
  );
  results.forEach((result, i) => {
    if (result.status === 'fulfilled') return;
    const error = result.reason;
    const { name } = parseKey(piece[i]?.key ?? '//');
    const shown = error instanceof StoreError ? fromStore(error, call.kind.resource, name) : error;
    // The object was deleted by another request.
    if (!(shown instanceof ApiError && shown.reason === 'NotFound')) throw shown;
  });
}
