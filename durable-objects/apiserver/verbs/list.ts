/**
 * GET of a collection (apiserver `pkg/endpoints/handlers/get.go` ListResource). Printed as it is read; without
 * selectors no object is parsed.
 */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Stored } from '../../store/store.ts';
import { componentStatuses } from '../component-statuses.ts';
import type { Accepted } from '../negotiate/accept.ts';
import { compileFilter, type Filter } from '../negotiate/match.ts';
import { acceptedBy, response } from '../negotiate/respond.ts';
import { columnDefinitions, includeObjectOf, partialMetadata, tableRow } from '../negotiate/tables.ts';
import type { ApiResponse } from '../request.ts';
import type { Call } from '../server.ts';
import { fieldSelectorOf, parseListOptions } from './list-options.ts';
import { type Selection, select, tester } from './select.ts';

export async function list(call: Call): Promise<ApiResponse> {
  const options = parseListOptions(call.query, false);
  const filter = compileFilter(call.kind, { ...options, fieldSelector: fieldSelectorOf(call, options) });
  const accepted = acceptedBy(call);
  const selection = withMade(await select(call, options, filter), call, filter);
  const shape = accepted.as;
  const include = shape === 'table' ? includeObjectOf(call.query) : 'None';
  const { kind, conversion, now } = call;
  const print = (text: string): string => {
    if (shape === 'object' && !conversion) return text;
    const stored = JSON.parse(text) as KubeObject;
    const object = conversion ? conversion.fromStored(stored) : stored;
    if (shape === 'metadata') return partialMetadata(object, accepted.version);
    const own = conversion ? JSON.stringify(object) : text;
    return shape === 'table' ? tableRow(kind, object, own, include, now, accepted.version) : own;
  };
  const body = printList(head(call, accepted, selection), selection.objects, print);
  if (accepted.format === 'yaml') return response(200, [...body].join(''), accepted);
  return { type: 'response', status: 200, headers: { 'content-type': 'application/json' }, body };
}

function head({ kind }: Call, { as: shape, version: meta }: Accepted, selection: Selection): string {
  const metadata = JSON.stringify({
    resourceVersion: String(selection.revision),
    continue: selection.continue,
    remainingItemCount: selection.remaining,
  });
  if (shape === 'table') {
    return `{"kind":"Table","apiVersion":"meta.k8s.io/${meta}","metadata":${metadata},"columnDefinitions":${columnDefinitions(kind)},"rows":[`;
  }
  const [name, version] =
    shape === 'metadata' ? ['PartialObjectMetadataList', `meta.k8s.io/${meta}`] : [kind.listKind, kind.apiVersion];
  return `{"kind":"${name}","apiVersion":"${version}","metadata":${metadata},"items":[`;
}

/** The list's text, in pieces: `start` opens it, up to its items. */
export function* printList(
  start: string,
  objects: Selection['objects'],
  print: (text: string) => string,
): Generator<string> {
  yield start;
  let first = true;
  for (const stored of objects) {
    if (!stored) {
      yield '';
      continue;
    }
    if (!first) yield ',';
    yield print(stored.text);
    first = false;
  }
  yield ']}\n';
}

/** Objects that are made when they are read come last, whatever the limit. */
function withMade(selection: Selection, call: Call, filter: Filter | undefined): Selection {
  if (selection.continue !== undefined) return selection;
  const made = componentStatuses(call).filter(filter ? tester(call, filter) : () => true);
  return made.length === 0 ? selection : { ...selection, objects: followedBy(selection.objects, made) };
}

function* followedBy(objects: Selection['objects'], last: readonly Stored[]): Generator<Stored | undefined> {
  yield* objects;
  yield* last;
}
