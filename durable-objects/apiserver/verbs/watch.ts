/** Checks a watch, which the socket hub then subscribes (apiserver `pkg/endpoints/handlers/get.go` ListResource). */

import type { Call } from '../call.ts';
import { methodNotAllowed, statusOf, tooLargeResourceVersion } from '../errors.ts';
import { compileFilter } from '../negotiate/match.ts';
import { acceptedBy } from '../negotiate/respond.ts';
import { includeObjectOf } from '../negotiate/tables.ts';
import type { WatchAnswer, WatchSpec } from '../request.ts';
import { fieldSelectorOf, parseListOptions, prefixOf, revisionOf } from './list-options.ts';

export function watch(call: Call): WatchAnswer {
  const { kind, query, server, request } = call;
  // `/api/v1/watch/…` is a watch by its path, whatever the method.
  if (request.method !== 'GET') throw methodNotAllowed();
  const options = parseListOptions(query, true);
  const fieldSelector = fieldSelectorOf(call, options);
  // A selector that is wrong is answered with a Status, which a socket could not do.
  compileFilter(kind, { labelSelector: options.labelSelector, fieldSelector });
  const asked = revisionOf(options.resourceVersion);
  const current = server.store.revision;
  const isTooLarge = asked !== undefined && asked > current;
  const { as, format, version } = acceptedBy(call);
  const old = version === 'v1beta1' ? { version } : undefined;
  const { sendInitialEvents } = options;
  const shapeOf = (): WatchSpec['as'] => {
    if (as === 'table') return { type: 'table', includeObject: includeObjectOf(query), ...old };
    return as === 'metadata' ? { type: as, ...old } : { type: as };
  };
  const spec: WatchSpec = {
    prefix: prefixOf(call),
    labelSelector: options.labelSelector,
    fieldSelector,
    after: startAfter(asked, sendInitialEvents, current),
    initialEvents: sendInitialEvents === true ? true : undefined,
    bookmarks: options.allowWatchBookmarks,
    as: shapeOf(),
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    timeoutSeconds: options.timeoutSeconds,
  };
  const answer: WatchAnswer = { type: 'watch', watch: spec, headers: {} };
  if (format === 'protobuf') answer.format = format;
  if (isTooLarge) answer.tooLarge = statusOf(tooLargeResourceVersion(options.resourceVersion ?? asked, current));
  return answer;
}

/** Without a resourceVersion, or with 0, the state comes first; unless that was declined. */
function startAfter(asked: number | undefined, initial: boolean | undefined, current: number): number | undefined {
  if (initial === true) return undefined;
  if (asked) return asked;
  return initial === false ? current : undefined;
}
