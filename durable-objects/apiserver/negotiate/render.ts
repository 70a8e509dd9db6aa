/** The printing of watch events, a port of the watch hub. */

import { type Kinds, ownText, shownText } from '../../../kube/kinds/registry.ts';
import { parseExact } from '../../../kube/machinery/exact-json.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { zeroOf } from '../../../kube/machinery/schema/zero.ts';
import { StoreError } from '../../store/errors.ts';
import type { Renderer, WatchRequest } from '../../store/watch/ports.ts';
import { type ApiError, expired as expiredError, fromStore, statusOf } from '../errors.ts';
import type { MetaVersion } from './accept.ts';
import { columnDefinitions, partialMetadata, tableRow } from './tables.ts';

/** `now` in milliseconds since the epoch, for ages in tables. */
export function makeRenderer(kinds: Kinds, now: () => number): Renderer {
  return {
    event(type, text, request, first) {
      return `{"type":"${type}","object":${render(kinds, text, request, first, now)}}`;
    },
    bookmark(request, revision, initialEventsEnd, first = false) {
      return `{"type":"BOOKMARK","object":${bookmark(kinds, request, revision, { initialEventsEnd, first })}}`;
    },
    expired: (_request, after, oldest) => errorEvent(expiredError(`too old resource version: ${after} (${oldest})`)),
    unreadable: (_request, message) => errorEvent(fromStore(new StoreError('unreadable', message), '', '')),
  };
}

function errorEvent(error: ApiError): string {
  return `{"type":"ERROR","object":${JSON.stringify(statusOf(error))}}`;
}

function render(kinds: Kinds, stored: string, request: WatchRequest, first: boolean, now: () => number): string {
  const served = kinds.findKind(request.apiVersion, request.kind);
  const { as } = request;
  const conversion = served?.conversion;
  // The hub has had objects converted that need a webhook.
  const text = conversion?.remote ? stored : ownText(conversion, stored);
  if (as.type === 'object') return served ? shownText(served.kind, text) : text;
  const object = parseExact(text) as KubeObject;
  if (as.type === 'metadata') return partialMetadata(served?.kind, object, as.version);
  if (!served) return partialMetadata(undefined, object);
  const columns = first ? columnDefinitions(served.kind) : '[]';
  const row = tableRow(served.kind, object, text, as.includeObject, now(), as.version);
  const version = JSON.stringify(object.metadata.resourceVersion ?? '');
  return `{"kind":"Table","apiVersion":"${metaOf(as)}","metadata":{"resourceVersion":${version}},"columnDefinitions":${columns},"rows":[${row}]}`;
}

function metaOf({ version = 'v1' }: { version?: MetaVersion }): string {
  return `meta.k8s.io/${version}`;
}

/** An object of the kind (or of the shape) with nothing but a resourceVersion. */
function bookmark(
  kinds: Kinds,
  { as, apiVersion, kind }: WatchRequest,
  revision: number,
  { initialEventsEnd, first }: { initialEventsEnd: boolean; first: boolean },
): string {
  const metadata: Record<string, unknown> = { resourceVersion: String(revision) };
  if (initialEventsEnd) metadata.annotations = { 'k8s.io/initial-events-end': 'true' };
  if (as.type === 'object') {
    // Upstream's object is an empty Go value, of which the fields without `omitempty` are printed.
    const served = kinds.findKind(apiVersion, kind)?.kind;
    const empty = served && !served.custom ? (zeroOf(served.schema) as object) : {};
    return JSON.stringify({ kind, apiVersion, ...empty, metadata });
  }
  const meta = metaOf(as);
  if (as.type === 'metadata') return JSON.stringify({ kind: 'PartialObjectMetadata', apiVersion: meta, metadata });
  const object = { kind: 'PartialObjectMetadata', apiVersion: meta, metadata };
  const served = kinds.findKind(apiVersion, kind)?.kind;
  const rows = [{ cells: served?.columns.map(() => '') ?? [], object }];
  const columns = first && served ? columnDefinitions(served) : '[]';
  const shown = JSON.stringify(initialEventsEnd ? rows : []);
  return `{"kind":"Table","apiVersion":"${meta}","metadata":{"resourceVersion":"${revision}"},"columnDefinitions":${columns},"rows":${shown}}`;
}
