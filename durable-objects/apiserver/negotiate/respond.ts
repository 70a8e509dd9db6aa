/** The response to a request for an object: its stored text, or the shape that the client accepts. */

import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import { ownText, shownText } from '../../../kube/kinds/registry.ts';
import { parseExact } from '../../../kube/machinery/exact-json.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { planOfKind } from '../../../kube/machinery/protobuf/encode.ts';
import { yamlText } from '../../../kube/machinery/yaml-text.ts';
import { JSON_FOR_PROTOBUF } from '../../../wire/protobuf.ts';
import type { Call, ObjectAnswer } from '../call.ts';
import { notAcceptableAs } from '../errors.ts';
import type { ApiResponse } from '../request.ts';
import { type Accepted, accept, JSON_OBJECT } from './accept.ts';
import { columnDefinitions, includeObjectOf, partialMetadata, tableRow } from './tables.ts';

export const JSON_TYPE = 'application/json';
export const YAML_TYPE = 'application/yaml';

/** Objects of the kind can only be created, and are not kept: upstream has no tables of them, and no path of one. */
export function isReview({ verbs }: KindDescriptor): boolean {
  return verbs.length === 1 && verbs[0] === 'create';
}

/** Subresources of which upstream has no tables, whatever their kind. */
const WITHOUT_TABLES: ReadonlySet<string> = new Set([
  'approval',
  'binding',
  'ephemeralcontainers',
  'eviction',
  'finalize',
  'resize',
  'token',
]);
/** Kinds of whose status upstream has none. */
const STATUS_WITHOUT_TABLES: ReadonlySet<string> = new Set([
  'apiservices.apiregistration.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'resourceclaims.resource.k8s.io',
]);

function hasTables(kind: KindDescriptor, subresource: string): boolean {
  if (subresource === 'status') return !STATUS_WITHOUT_TABLES.has(kind.resource);
  return !isReview(kind) && !WITHOUT_TABLES.has(subresource);
}

/** The format and shape that the client wants. Throws 406. `isWatch`: of the events of a watch. */
export function acceptedBy({ kind, request, info }: Call, isWatch = info.verb === 'watch'): Accepted {
  const header = request.header('accept');
  // The most common values of `Accept` need no look at the kind.
  if (header === undefined || header === JSON_TYPE) return JSON_OBJECT;
  const isCustom = planOfKind(kind.apiVersion, kind.kind) === undefined;
  const ofCollection = info.verb === 'watch' || info.verb === 'list';
  return accept(header, {
    withTables: hasTables(kind, info.subresource),
    withBeta: true,
    isCustom,
    isWatch,
    ofCollection,
  });
}

export function respondObject(call: Call, answer: ObjectAnswer): ApiResponse {
  const accepted = acceptedBy(call);
  if (answer.status) return response(answer.code, answer.text, accepted);
  const text = answer.columns ? answer.text : (call.removed ?? ownText(call.conversion, answer.text, call.answers));
  return response(answer.code, shaped(call, text, accepted, answer.columns), accepted);
}

function shaped(
  call: Call,
  text: string,
  { as, version: meta, ofList }: Accepted,
  columns?: KindDescriptor['columns'],
): string {
  // Subresources show all of the object.
  if (as === 'object') return call.info.subresource === '' ? shownText(call.kind, text) : text;
  if (ofList) throw notAcceptableAs('PartialObjectMetadataList', `not a list (*${goKind(call.kind)})`);
  const object = parseExact(text) as KubeObject;
  if (as === 'metadata') return partialMetadata(columns ? undefined : call.kind, object, meta);
  const kind = columns ? { columns } : call.kind;
  const row = tableRow(kind, object, text, includeObjectOf(call.query), call.now, meta);
  const version = JSON.stringify(object.metadata.resourceVersion ?? '');
  return `{"kind":"Table","apiVersion":"meta.k8s.io/${meta}","metadata":{"resourceVersion":${version}},"columnDefinitions":${columnDefinitions(kind)},"rows":[${row}]}`;
}

export function response(status: number, json: string, { format }: Accepted): ApiResponse {
  if (format === 'yaml') {
    return { type: 'response', status, headers: { 'content-type': YAML_TYPE }, body: yamlText(parseExact(json)) };
  }
  if (format === 'protobuf') {
    return { type: 'response', status, headers: { 'content-type': JSON_FOR_PROTOBUF }, body: json };
  }
  // Go's encoder ends each value with a line break.
  return { type: 'response', status, headers: { 'content-type': JSON_TYPE }, body: `${json}\n` };
}

export function page(status: number, body: string): ApiResponse {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  return { type: 'response', status, headers, body };
}

/** The name of the kind's internal Go type, as upstream's errors print it. */
export function goKind({ group, kind, apiVersion }: KindDescriptor, list = ''): string {
  if (planOfKind(apiVersion, kind) === undefined) return `unstructured.Unstructured${list}`;
  return `${GO_PACKAGES[group] ?? (group === '' ? 'core' : group.split('.', 1)[0])}.${kind}${list}`;
}

const GO_PACKAGES: Readonly<Record<string, string>> = { 'rbac.authorization.k8s.io': 'rbac', 'events.k8s.io': 'core' };
