/** The requests of a sequence, each read from a tape. */
import type { StructSchema } from '../../kube/machinery/schema/schema.ts';
import { asJsonPatch, asMergePatch, type Json, type Mutation, mutated, mutation } from './mutations.ts';
import type { Scope, Subject } from './subjects.ts';
import type { Tape } from './tape.ts';

export interface Request {
  method: string;
  /** With its query. */
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** A step may need an object as the server has it: revision and uid differ from server to server. */
export interface Step {
  reads?: string;
  request(current: Json | undefined): Request;
}

const NAMES = ['a', 'b', 'c'] as const;
const MANAGERS = ['one', 'two'] as const;
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';
const APPLY = 'application/apply-patch+yaml';
const TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1';
const PARTIAL = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const PARTIAL_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

type Maker = (tape: Tape, subject: Subject, scope: Scope) => Step;

const MAKERS: readonly (readonly [number, Maker])[] = [
  [8, create],
  [5, update],
  [4, mergePatch],
  [4, strategicPatch],
  [4, jsonPatch],
  [6, apply],
  [3, read],
  [3, list],
  [3, status],
  [2, remove],
  [1, scale],
  [1, removeCollection],
  [2, malformed],
];

export function stepOf(numbers: Tape, subject: Subject, scope: Scope): Step {
  return numbers.weighted(MAKERS)(numbers, subject, scope);
}

function create(tape: Tape, subject: Subject, scope: Scope): Step {
  const short = tape.pick(NAMES);
  let object = scope.manifest(subject, short);
  for (const each of mutations(tape, subject, 3)) object = mutated(object, each);
  if (tape.oneIn(12)) {
    delete object.metadata?.name;
    if (object.metadata) object.metadata.generateName = `${short}-`;
  }
  const path = scope.collection(subject) + queryOf(tape, ['dryRun', 'fieldValidation', 'fieldManager']);
  return plain('POST', path, JSON.stringify(object), tape.oneIn(10) ? { accept: TABLE } : {});
}

function update(tape: Tape, subject: Subject, scope: Scope): Step {
  const { path, short } = objectPath(tape, subject, scope);
  const changes = mutations(tape, subject, 3);
  const drop = tape.oneIn(4) ? tape.pick(['resourceVersion', 'uid', 'managedFields', 'creationTimestamp']) : undefined;
  const query = queryOf(tape, ['dryRun', 'fieldValidation', 'fieldManager']);
  return {
    reads: path,
    request(current) {
      let object = structuredClone(current ?? scope.manifest(subject, short));
      for (const each of changes) object = mutated(object, each);
      if (drop && object.metadata) delete object.metadata[drop];
      return { method: 'PUT', path: path + query, body: JSON.stringify(object) };
    },
  };
}

function mergePatch(tape: Tape, subject: Subject, scope: Scope): Step {
  return patch(tape, subject, scope, MERGE, asMergePatch(mutation(tape, subject.schema)));
}

function strategicPatch(tape: Tape, subject: Subject, scope: Scope): Step {
  return patch(tape, subject, scope, STRATEGIC, asMergePatch(mutation(tape, subject.schema)));
}

function jsonPatch(tape: Tape, subject: Subject, scope: Scope): Step {
  const operations = mutations(tape, subject, 2).map((each) =>
    asJsonPatch(each, tape.pick(['add', 'replace', 'test'])),
  );
  return patch(tape, subject, scope, JSON_PATCH, operations);
}

function apply(tape: Tape, subject: Subject, scope: Scope): Step {
  const { path, short } = objectPath(tape, subject, scope);
  let object = scope.manifest(subject, short);
  for (const each of mutations(tape, subject, 2)) object = mutated(object, each);
  const force = tape.pick(['', '', '&force=true']);
  const query = `?fieldManager=${tape.pick(MANAGERS)}${force}${queryOf(tape, ['dryRun', 'fieldValidation']).replace('?', '&')}`;
  return plain('PATCH', path + query, JSON.stringify(object), { 'content-type': APPLY });
}

function patch(tape: Tape, subject: Subject, scope: Scope, type: string, body: unknown): Step {
  const { path } = objectPath(tape, subject, scope);
  const query = queryOf(tape, ['dryRun', 'fieldValidation', 'fieldManager']);
  return plain('PATCH', path + query, JSON.stringify(body), { 'content-type': type });
}

function read(tape: Tape, subject: Subject, scope: Scope): Step {
  const { path } = objectPath(tape, subject, scope);
  const query = tape.pick([
    '',
    '',
    '?pretty=true',
    '?resourceVersion=0',
    '?resourceVersion=x',
    '?resourceVersion=999999999',
  ]);
  return plain('GET', path + query, undefined, { accept: tape.pick(['application/json', TABLE, PARTIAL]) });
}

function list(tape: Tape, subject: Subject, scope: Scope): Step {
  const query = tape.pick([
    '',
    '',
    '&limit=1',
    '&limit=2',
    '&resourceVersion=0',
    '&resourceVersionMatch=Exact',
    '&fieldSelector=metadata.name%3Da',
    '&fieldSelector=nonsense%3Da',
    '&labelSelector=a%20b%20c',
    '&labelSelector=app',
    '&continue=nonsense',
    '&limit=-1',
    '&resourceVersion=1&resourceVersionMatch=Exact',
    '&resourceVersion=0&resourceVersionMatch=NotOlderThan',
    '&limit=x',
    '&fieldSelector=metadata.namespace!%3Da',
    '&sendInitialEvents=true',
    '&includeObject=None',
    '&timeoutSeconds=x',
  ] as const);
  const own = query.includes('labelSelector') ? query.slice(1) : `labelSelector=${scope.selector}${query}`;
  const accept = tape.pick(['application/json', TABLE, PARTIAL_LIST]);
  return plain('GET', `${scope.collection(subject)}?${own}`, undefined, { accept });
}

function status(tape: Tape, subject: Subject, scope: Scope): Step {
  const { path } = objectPath(tape, subject, scope);
  const change = mutation(tape, statusOnly(subject.schema));
  const type = tape.pick([MERGE, JSON_PATCH, STRATEGIC, APPLY]);
  if (type === JSON_PATCH) {
    return plain('PATCH', `${path}/status`, JSON.stringify([asJsonPatch(change, 'add')]), { 'content-type': type });
  }
  const { apiVersion, kind } = subject.manifest;
  const body = type === APPLY ? { apiVersion, kind, ...asMergePatch(change) } : asMergePatch(change);
  const query = type === APPLY ? `?fieldManager=${tape.pick(MANAGERS)}` : '';
  return plain('PATCH', `${path}/status${query}`, JSON.stringify(body), { 'content-type': type });
}

/** Changes that are made through the status subresource: of the status, where the kind has one. */
function statusOnly(schema: StructSchema): StructSchema {
  const status = schema.fields.get('status');
  return status ? { ...schema, fields: new Map([['status', status]]) } : schema;
}

function remove(tape: Tape, subject: Subject, scope: Scope): Step {
  const { path } = objectPath(tape, subject, scope);
  const query = tape.pick([
    '',
    '',
    '?propagationPolicy=Foreground',
    '?propagationPolicy=Orphan',
    '?gracePeriodSeconds=0',
    '?dryRun=All',
    '?propagationPolicy=Bad',
    '?orphanDependents=true',
    '?gracePeriodSeconds=-5',
  ]);
  const body = tape.pick<unknown>([
    undefined,
    undefined,
    { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'no' } },
    {},
    [],
    { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
    { kind: 'Pod', apiVersion: 'v1' },
    { preconditions: { resourceVersion: '1' } },
  ]);
  return plain('DELETE', path + query, body === undefined ? undefined : JSON.stringify(body));
}

function removeCollection(tape: Tape, subject: Subject, scope: Scope): Step {
  const query = tape.pick(['', '&dryRun=All', '&propagationPolicy=Bad', '&fieldSelector=nonsense%3Da']);
  return plain('DELETE', `${scope.collection(subject)}?labelSelector=${scope.selector}${query}`);
}

function scale(tape: Tape, subject: Subject, scope: Scope): Step {
  const { path } = objectPath(tape, subject, scope);
  const replicas = tape.pick<unknown>([1, 0, 5, -1, '3', null, 2 ** 31]);
  return tape.oneIn(3)
    ? plain('GET', `${path}/scale`)
    : plain('PATCH', `${path}/scale`, JSON.stringify({ spec: { replicas } }), { 'content-type': MERGE });
}

function malformed(tape: Tape, subject: Subject, scope: Scope): Step {
  const { path, short } = objectPath(tape, subject, scope);
  const collection = scope.collection(subject);
  const good = scope.manifest(subject, short);
  const text = JSON.stringify(good);
  const { apiVersion, kind } = good;
  return tape.pick([
    () => plain('POST', collection, text.slice(0, -1)),
    () => plain('POST', collection, ''),
    () => plain('POST', collection, 'null'),
    () => plain('POST', collection, '[]'),
    () => plain('POST', collection, text, { 'content-type': 'text/plain' }),
    () => plain('POST', collection, `a: b: c`, { 'content-type': 'application/yaml' }),
    () => plain('POST', collection, JSON.stringify({ ...good, kind: 'Other' })),
    () => plain('POST', collection, JSON.stringify({ ...good, apiVersion: 'v9' })),
    () => plain('POST', collection, JSON.stringify({ ...good, kind: undefined, apiVersion: undefined })),
    () => plain('POST', collection, JSON.stringify({ ...good, metadata: { ...good.metadata, namespace: 'other' } })),
    () => plain('POST', collection, JSON.stringify({ ...good, metadata: { ...good.metadata, name: 'NOT ok' } })),
    () => plain('POST', collection, JSON.stringify({ ...good, unknownField: 1 })),
    () => plain('POST', `${collection}?fieldValidation=Strict`, text.replace('{', '{"unknown":1,"unknown":2,')),
    () => plain('POST', `${collection}?fieldValidation=nonsense`, text),
    () => plain('POST', `${collection}?dryRun=nonsense`, text),
    () => plain('POST', `${collection}?fieldManager=${'x'.repeat(200)}`, text),
    () => plain('POST', path, text),
    () => plain('PUT', collection, text),
    () => plain('PATCH', collection, '{}', { 'content-type': MERGE }),
    () => plain('PATCH', path, '{}', { 'content-type': 'application/json' }),
    () => plain('PATCH', path, '{', { 'content-type': MERGE }),
    () => plain('PATCH', path, '[]', { 'content-type': MERGE }),
    () => plain('PATCH', path, '{"op":1}', { 'content-type': JSON_PATCH }),
    () => plain('PATCH', path, '[{"op":"move","path":"/x"}]', { 'content-type': JSON_PATCH }),
    () => plain('PATCH', path, '{"metadata":{"$patch":"x"}}', { 'content-type': STRATEGIC }),
    () => plain('PATCH', path, text, { 'content-type': APPLY }),
    () => plain('PATCH', `${path}?fieldManager=one`, JSON.stringify({ apiVersion, kind }), { 'content-type': APPLY }),
    () => plain('PATCH', `${path}?fieldManager=one`, '- a', { 'content-type': APPLY }),
    () => plain('GET', `${path}/nonsense`),
    () => plain('GET', path, undefined, { accept: 'text/html' }),
    () => plain('GET', path, undefined, { accept: 'application/json;as=Nonsense' }),
    () => plain('GET', `${path}x`),
    () => plain('GET', `${collection}x`),
    () => plain('GET', `${collection}?watch=true&resourceVersion=nonsense`),
    () => plain('DELETE', path, '{', {}),
    () => plain('PUT', path, text),
  ])();
}

function plain(method: string, path: string, body?: string, headers: Record<string, string> = {}): Step {
  return { request: () => ({ method, path, headers, ...(body === undefined ? {} : { body }) }) };
}

function objectPath(tape: Tape, subject: Subject, scope: Scope): { path: string; short: string } {
  const short = tape.pick(NAMES);
  return { path: `${scope.collection(subject)}/${encodeURIComponent(scope.name(subject, short))}`, short };
}

function mutations(tape: Tape, { schema }: Subject, max: number): Mutation[] {
  return Array.from({ length: tape.below(max + 1) }, () => mutation(tape, schema));
}

const VALUES: Readonly<Record<string, readonly string[]>> = {
  dryRun: ['All'],
  fieldValidation: ['Strict', 'Warn', 'Ignore'],
  fieldManager: MANAGERS,
};

function queryOf(tape: Tape, parameters: readonly string[]): string {
  const given = parameters.filter(() => tape.oneIn(4)).map((name) => `${name}=${tape.pick(VALUES[name] ?? [''])}`);
  return given.length === 0 ? '' : `?${given.join('&')}`;
}
