/** Creates, updates and applies. */
import { ProtobufEncoder } from '../../../../kube/machinery/protobuf/encode.ts';
import { type Json, type Mutation, mutated, mutation } from '../../mutations.ts';
import type { Request } from '../../request.ts';
import type { Subject } from '../../subjects.ts';
import type { Tape } from '../../tape.ts';
import {
  APPLY,
  accepted,
  asUser,
  MANAGERS,
  type Maker,
  NAMES,
  objectPath,
  PROTOBUF,
  plain,
  queryOf,
  requestOf,
  WRITE,
  withLabels,
} from './step.ts';

export const create: Maker = (tape, subject, scope) => {
  const short = tape.pick(NAMES);
  let object = withLabels(tape, scope.manifest(subject, short));
  for (const each of mutations(tape, subject, 3)) object = mutated(object, each);
  if (tape.oneIn(8)) object = decorated(tape, object);
  // A mutation may have put another value in the place of the metadata.
  if (tape.oneIn(12) && object.metadata && typeof object.metadata === 'object') {
    if (!tape.oneIn(4)) delete object.metadata.name;
    object.metadata.generateName = tape.pick([`${short}-`, 'A_', 'x-'.repeat(35), '']);
  }
  // The random end of a generated name is masked by the dash before it.
  const prefix = object.metadata?.generateName;
  if (typeof prefix === 'string' && prefix !== '' && !/[-_]$/.test(prefix)) object.metadata.generateName += '-';
  const path = scope.collection(subject) + queryOf(tape, WRITE);
  const headers = { ...accepted(tape, 10), ...asUser(tape) };
  const text = tape.oneIn(20) ? doubled(tape, JSON.stringify(object)) : JSON.stringify(object);
  if (tape.oneIn(12)) return (client) => client.ask(asProtobuf(requestOf('POST', path, text, headers), subject));
  return plain('POST', path, text, headers);
};

export const update: Maker = (tape, subject, scope) => {
  const { path, short } = objectPath(tape, subject, scope);
  const changes = mutations(tape, subject, 3);
  const drop = tape.oneIn(3)
    ? tape.pick(['resourceVersion', 'uid', 'managedFields', 'creationTimestamp', 'labels', 'name', 'namespace'])
    : undefined;
  const stale = tape.oneIn(10) ? tape.pick(['1', '999999999', 'x', '0']) : undefined;
  const otherUid = tape.oneIn(25);
  const decorate = tape.oneIn(10);
  const decoration = decorate ? decorated(tape, {}) : undefined;
  const query = queryOf(tape, WRITE);
  const headers = { ...accepted(tape, 12), ...asUser(tape) };
  const isProtobuf = tape.oneIn(12);
  return async (client) => {
    const current = await client.read(path);
    let object = structuredClone(current ?? scope.manifest(subject, short));
    for (const each of changes) object = mutated(object, each);
    if (typeof object.metadata === 'object' && object.metadata) {
      if (drop) delete object.metadata[drop];
      if (stale !== undefined) object.metadata.resourceVersion = stale;
      if (otherUid) object.metadata.uid = 'no-such-uid';
      Object.assign(object.metadata, decoration?.metadata);
    }
    const request = requestOf('PUT', path + query, JSON.stringify(object), headers);
    return client.ask(isProtobuf ? asProtobuf(request, subject) : request);
  };
};

/** By a manager of its own: what it no longer sets is taken away, and what others have is a conflict. */
export const apply: Maker = (tape, subject, scope) => {
  const { path, short } = objectPath(tape, subject, scope);
  let object = tape.oneIn(4) ? partOf(tape, scope.manifest(subject, short)) : scope.manifest(subject, short);
  object = withLabels(tape, object);
  for (const each of mutations(tape, subject, 2)) object = mutated(object, each);
  if (tape.oneIn(12)) object = decorated(tape, object);
  const force = tape.pick(['', '', 'force=true', 'force=false', 'force=x']);
  const manager = tape.oneIn(12) ? '' : `fieldManager=${tape.pick(MANAGERS)}`;
  const query = queryOf(tape, ['dryRun', 'fieldValidation', 'pretty'], manager, force);
  const headers = { 'content-type': APPLY, ...accepted(tape, 12), ...asUser(tape) };
  const text = tape.oneIn(20) ? doubled(tape, JSON.stringify(object)) : JSON.stringify(object);
  return plain('PATCH', path + query, text, headers);
};

export function mutations(tape: Tape, { schema }: Subject, max: number): Mutation[] {
  return Array.from({ length: tape.below(max + 1) }, () => mutation(tape, schema));
}

/** Metadata that writes treat in ways of their own. */
export function decorated(tape: Tape, object: Json): Json {
  const metadata = typeof object.metadata === 'object' && object.metadata ? object.metadata : {};
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: 'owner-uid' };
  const more = tape.pick<Json>([
    { finalizers: ['example.com/wait'] },
    { ownerReferences: [owner] },
    { ownerReferences: [owner, owner] },
    {
      ownerReferences: [
        { ...owner, controller: true },
        { ...owner, uid: 'other', controller: true },
      ],
    },
    { finalizers: ['foregroundDeletion'] },
    { finalizers: ['orphan', 'foregroundDeletion'] },
    { finalizers: ['bad finalizer'] },
    { annotations: { a: 'b', 'kubectl.kubernetes.io/last-applied-configuration': '{}' } },
    { ownerReferences: [{ ...owner, blockOwnerDeletion: true }] },
    { deletionTimestamp: '2026-01-02T03:04:05Z' },
    { managedFields: [] },
    { managedFields: [{}] },
    { selfLink: '/x', generation: 7 },
    { finalizers: [] },
    { finalizers: ['example.com/wait', 'example.com/wait'] },
  ]);
  return { ...object, metadata: { ...metadata, ...more } };
}

/** A field twice, or one that the kind does not have. */
function doubled(tape: Tape, text: string): string {
  const more = tape.pick([
    '"unknownField":1,',
    '"kind":"Other",',
    '"metadata":{"labels":{"a":"b"}},',
    '"spec":{"unknown":{}},',
    '"unknownField":1,"unknownField":2,',
    '"Kind":"Other",',
    '"status":{"unknown":1},',
  ]);
  return `{${more}${text.slice(1)}`;
}

/** Without some of the fields of the spec. */
function partOf(tape: Tape, object: Json): Json {
  const names = Object.keys(object.spec ?? {});
  if (names.length === 0) return object;
  delete object.spec[tape.pick(names)];
  return object;
}

const encoder = new ProtobufEncoder();
const utf8 = new TextEncoder();

/** The request with its body as protobuf, where the object has such a form. */
export function asProtobuf(request: Request, { kind }: Subject): Request {
  if (typeof request.body !== 'string' || kind.group.includes('example.com')) return request;
  try {
    const body = encoder.object(utf8.encode(request.body)) as Uint8Array<ArrayBuffer>;
    return { ...request, body: body.slice(), headers: { ...request.headers, 'content-type': PROTOBUF } };
  } catch {
    return request;
  }
}
