/**
 * GET of a collection (apiserver `pkg/endpoints/handlers/get.go` ListResource). Printed as it is read; without
 * selectors no object is parsed.
 */

import { NAME_AND_CREATED_AT } from '../../../kube/kinds/columns/column.ts';
import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import { ownObject, ownText, shownText } from '../../../kube/kinds/registry.ts';
import { parseExact } from '../../../kube/machinery/exact-json.ts';
import { yamlText } from '../../../kube/machinery/yaml-text.ts';
import { LINES_FOR_PROTOBUF } from '../../../wire/protobuf.ts';
import type { Stored } from '../../store/store.ts';
import type { Call } from '../call.ts';
import { notAcceptableAs } from '../errors.ts';
import type { Accepted } from '../negotiate/accept.ts';
import { compileFilter, type Filter } from '../negotiate/match.ts';
import { acceptedBy, goKind, JSON_TYPE, YAML_TYPE } from '../negotiate/respond.ts';
import { columnDefinitions, includeObjectOf, partialMetadata, rowPrinter, tableRow } from '../negotiate/tables.ts';
import { madeOnDemand } from '../on-demand/index.ts';
import type { ApiResponse } from '../request.ts';
import { fieldSelectorOf, parseListOptions } from './list-options.ts';
import { select, tester } from './select.ts';
import type { Selection } from './selection.ts';

export async function list(call: Call): Promise<ApiResponse> {
  const options = parseListOptions(call.query, false);
  const filter = compileFilter(call.kind, { ...options, fieldSelector: fieldSelectorOf(call, options) });
  const accepted = acceptedBy(call);
  const selection = await select(call, options, filter);
  return listResponse(call, accepted, await withMade(selection, call, filter));
}

/** The selection in the format and shape that the client accepts. */
export function listResponse(call: Call, accepted: Accepted, selection: Selection): ApiResponse {
  // The list is refused as it is printed: a revision or continuation that is none is told first, and deletes are done.
  if (accepted.as === 'metadata' && !accepted.ofList) {
    throw notAcceptableAs('PartialObjectMetadata', `a list (*${goKind(call.kind, 'List')})`);
  }
  const shape = accepted.as;
  const include = shape === 'table' ? includeObjectOf(call.query) : 'None';
  const { kind, now } = call;
  const conversion = shownAs(call);
  const item = itemPrinter(call);
  const row = rowPrinter(kind, include, now, accepted.version);
  const print = (text: string): string => {
    if (shape === 'object') return item(text);
    if (shape === 'table' && !conversion) return row(text);
    const object = ownObject(conversion, text);
    if (shape === 'metadata') return partialMetadata(kind, object, accepted.version);
    return tableRow(kind, object, JSON.stringify(object), include, now, accepted.version);
  };
  const start = head(call, accepted, selection);
  const objects = shape === 'table' ? inRowOrder(call, selection.objects) : selection.objects;
  // Upstream's conversions that append to a slice that is nil (`asPartialObjectMetadataList`, `defaultTableConvertor`).
  const isNil = shape === 'metadata' || (shape === 'table' && kind.columns === NAME_AND_CREATED_AT);
  const ofNone = isNil ? 'null' : '[]';
  if (accepted.format === 'yaml') {
    return {
      type: 'response',
      status: 200,
      headers: { 'content-type': YAML_TYPE },
      body: printYaml(start, objects, print, ofNone),
    };
  }
  const isProtobuf = accepted.format === 'protobuf';
  return {
    type: 'response',
    status: 200,
    headers: { 'content-type': isProtobuf ? LINES_FOR_PROTOBUF : JSON_TYPE },
    body: isProtobuf
      ? printList(start, objects, print, { space: '\n', mark: revisionMark(call, shape) })
      : printList(start, objects, print, { ofNone }),
  };
}

/** A kind whose tables have an order of their own has few objects, which are read at once. */
function inRowOrder(call: Call, objects: Selection['objects']): Selection['objects'] {
  const { compareRows } = call.kind.strategy;
  if (!compareRows) return objects;
  const read = [...objects].flatMap((stored) =>
    stored ? [{ stored, object: ownObject(shownAs(call), stored.text) }] : [],
  );
  return read.sort((a, b) => compareRows(a.object, b.object)).map(({ stored }) => stored);
}

function head({ kind }: Call, { as: shape, version: meta }: Accepted, selection: Selection): string {
  const metadata = JSON.stringify({
    resourceVersion: String(selection.revision),
    continue: selection.continue ?? noContinue(kind, shape),
    remainingItemCount: selection.remaining,
  });
  if (shape === 'table') {
    return `{"kind":"Table","apiVersion":"meta.k8s.io/${meta}","metadata":${metadata},"columnDefinitions":${columnDefinitions(kind)},"rows":[`;
  }
  const [name, version] =
    shape === 'metadata' ? ['PartialObjectMetadataList', `meta.k8s.io/${meta}`] : [kind.listKind, kind.apiVersion];
  return `{"kind":"${name}","apiVersion":"${version}","metadata":${metadata},"items":[`;
}

/** The conversion of selected objects, which a webhook has converted already. */
function shownAs({ conversion }: Call): Call['conversion'] {
  return conversion?.remote ? undefined : conversion;
}

/** A list of custom resources is a map to upstream, in which this field is set; of others it is left out where empty. */
export function noContinue({ custom }: KindDescriptor, shape: Accepted['as'] = 'object'): '' | undefined {
  return custom && shape === 'object' ? '' : undefined;
}

/**
 * Prints an object as an item of its list. Items of built-in kinds do not say their kind: a Go list holds values whose
 * types are known, while custom resources are printed as they are.
 */
export function itemPrinter(call: Call): (text: string) => string {
  const { kind } = call;
  const conversion = shownAs(call);
  const start = `{"kind":${JSON.stringify(kind.kind)},"apiVersion":${JSON.stringify(kind.apiVersion)},`;
  const isCustom = kind.custom !== undefined;
  return (text) => {
    const own = shownText(kind, ownText(conversion, text));
    return !isCustom && own.startsWith(start) ? `{${own.slice(start.length)}` : own;
  };
}

/**
 * The revision by which the edge keeps an item's bytes. Those of Secrets are not kept, nor those of objects that are made
 * as they are read, whose text names no revision. A webhook may give the versions of a custom resource other labels and
 * annotations, and lists of their metadata are of one kind.
 */
function revisionMark({ kind }: Call, shape: Accepted['as']): (stored: Stored) => string {
  const isShared = shape === 'metadata' && kind.custom !== undefined;
  if (kind.resource === 'secrets' || isShared) return () => '';
  return ({ revision, text }) => (text.includes(`"resourceVersion":"${revision}"`) ? String(revision) : '');
}

interface ListFormat {
  /** Stands before each item. */
  space?: string;
  /** Stands between the space and the item. */
  mark?: (stored: Stored) => string;
  /** Stands in place of the items where there are none. */
  ofNone?: string;
}

/** The list's text, in pieces: `start` opens it, up to its items and with their bracket. */
export function* printList(
  start: string,
  objects: Selection['objects'],
  print: (text: string) => string,
  { space = '', mark = () => '', ofNone = `[${space}]` }: ListFormat = {},
): Generator<string> {
  yield start.slice(0, -1);
  let before = `[${space}`;
  let isEmpty = true;
  for (const stored of objects) {
    if (!stored) {
      yield '';
      continue;
    }
    // Each piece passes through several iterators, and joining two texts copies neither.
    yield `${before}${mark(stored)}${print(stored.text)}`;
    before = `,${space}`;
    isEmpty = false;
  }
  yield `${isEmpty ? ofNone : `${space}]`}}\n`;
}

/** Code units of YAML, which takes longer to print than JSON to copy. */
const YAML_TURN = 16 * 1024;

/** The same list in YAML. */
function* printYaml(
  start: string,
  objects: Selection['objects'],
  print: (text: string) => string,
  ofNone: string,
): Generator<string> {
  const empty = parseExact(`${start}]}`) as Record<string, unknown>;
  const items = Object.keys(empty).at(-1) ?? '';
  delete empty[items];
  // Keys come in their order, and the items' is one of them.
  const [before, after] = [(key: string) => key < items, (key: string) => key > items].map((isThere) =>
    Object.fromEntries(Object.entries(empty).filter(([key]) => isThere(key))),
  );
  if (Object.keys(before ?? {}).length > 0) yield yamlText(before);
  let isEmpty = true;
  let size = 0;
  for (const stored of objects) {
    if (!stored) {
      yield '';
      continue;
    }
    if (isEmpty) yield `${items}:\n`;
    isEmpty = false;
    const item = yamlText([parseExact(print(stored.text))]);
    yield item;
    size += item.length;
    if (size < YAML_TURN) continue;
    size = 0;
    yield '';
  }
  if (isEmpty) yield `${items}: ${ofNone}\n`;
  if (Object.keys(after ?? {}).length > 0) yield yamlText(after);
}

/** Objects that are made when they are read come last, whatever the limit. */
async function withMade(selection: Selection, call: Call, filter: Filter | undefined): Promise<Selection> {
  if (selection.continue !== undefined || call.request.at !== undefined) return selection;
  const all = madeOnDemand(call);
  const made = (all instanceof Promise ? await all : all).filter(filter ? tester(call, filter) : () => true);
  return made.length === 0 ? selection : { ...selection, objects: followedBy(selection.objects, made) };
}

function* followedBy(objects: Selection['objects'], last: readonly Stored[]): Generator<Stored | undefined> {
  yield* objects;
  yield* last;
}
