/** JSON patches, merge patches and strategic merge patches. */
import type { FieldSchema, Schema, StructSchema } from '../../../../kube/machinery/schema/schema.ts';
import { asJsonPatch, asMergePatch, type Json, mutation, randomValue } from '../../mutations.ts';
import type { Subject } from '../../subjects.ts';
import type { Tape } from '../../tape.ts';
import {
  accepted,
  asUser,
  JSON_PATCH,
  LABELS,
  type Maker,
  MERGE,
  objectPath,
  plain,
  queryOf,
  STRATEGIC,
  WRITE,
} from './step.ts';
import { mutations } from './writes.ts';

export const mergePatch: Maker = (tape, subject, scope) =>
  patched(tape, subject, scope, MERGE, merged(tape, asMergePatch(mutation(tape, subject.schema))));

export const strategicPatch: Maker = (tape, subject, scope) => {
  const body = tape.oneIn(3) ? asMergePatch(mutation(tape, subject.schema)) : directed(tape, subject.schema);
  return patched(tape, subject, scope, STRATEGIC, merged(tape, body));
};

export const jsonPatch: Maker = (tape, subject, scope) => {
  const operations: Json[] = mutations(tape, subject, 2).map((each) =>
    asJsonPatch(each, tape.pick(['add', 'replace', 'test'])),
  );
  if (tape.oneIn(4)) operations.push(odd(tape));
  return patched(tape, subject, scope, JSON_PATCH, operations);
};

/** Changes of labels, which move an object into selections and out of them. */
export const relabel: Maker = (tape, subject, scope) => {
  const key = tape.pick(['tier', 'app'] as const);
  const value = tape.pick([...LABELS[key], null]);
  return patched(tape, subject, scope, MERGE, { metadata: { labels: { [key]: value } } });
};

function patched(tape: Tape, subject: Subject, scope: Parameters<Maker>[2], type: string, body: unknown) {
  const { path } = objectPath(tape, subject, scope);
  const query = queryOf(tape, WRITE);
  const headers = { 'content-type': type, ...accepted(tape, 12), ...asUser(tape) };
  return plain('PATCH', path + query, JSON.stringify(body), headers);
}

/** The body, now and then with a precondition or with metadata that is immutable. */
function merged(tape: Tape, body: Json): Json {
  if (!tape.oneIn(8)) return body;
  const metadata = tape.pick<Json>([
    { resourceVersion: '1' },
    { uid: 'no-such-uid' },
    { name: 'other' },
    { namespace: 'other' },
    { finalizers: ['example.com/wait'] },
    { finalizers: null },
    { resourceVersion: null },
    { creationTimestamp: null },
    { managedFields: null },
    { managedFields: [{}] },
    { deletionTimestamp: '2026-01-02T03:04:05Z' },
    { generation: 9 },
    { ownerReferences: null },
  ]);
  return typeof body === 'object' && body !== null ? { ...body, metadata: { ...body.metadata, ...metadata } } : body;
}

function odd(tape: Tape): Json {
  return tape.pick<Json>([
    { op: 'move', from: '/metadata/labels', path: '/metadata/annotations' },
    { op: 'copy', from: '/metadata/name', path: '/metadata/annotations' },
    { op: 'copy', from: '/spec', path: '/status' },
    { op: 'remove', path: '/metadata/labels' },
    { op: 'remove', path: '/nothing' },
    { op: 'test', path: '/metadata/name', value: 'a' },
    { op: 'test', path: '/nothing', value: null },
    { op: 'add', path: '', value: {} },
    { op: 'replace', path: '/kind', value: 'Other' },
    { op: 'add', path: '/metadata/finalizers', value: ['example.com/wait'] },
    { op: 'add', path: '/metadata/labels/-', value: 'a' },
    { op: 'replace', path: '/metadata/labels/seq/x', value: 'a' },
    { op: 'add', path: 'metadata', value: 'a' },
    { op: 'nonsense', path: '/metadata' },
    { op: 'add', path: '/metadata/labels/a~1b', value: 'c' },
    { op: 'add', path: '/metadata/labels' },
    { op: 'replace', path: '/metadata/resourceVersion', value: '1' },
    { op: 'replace', path: '/spec', value: null },
  ]);
}

const MAX_DEPTH = 8;

/** A patch that goes down the schema, with the directives that its lists and structs know, and some that they do not. */
export function directed(tape: Tape, root: StructSchema): Json {
  const sections = [...root.fields.keys()].filter((name) => !['apiVersion', 'kind'].includes(name));
  const name = tape.pick(sections);
  const field = root.fields.get(name) as FieldSchema;
  return { [name]: within(tape, field.schema, field, 0) };
}

function within(tape: Tape, schema: Schema, field: FieldSchema | undefined, depth: number): Json {
  if (depth > MAX_DEPTH || tape.oneIn(10)) return tape.oneIn(4) ? null : randomValue(tape, schema, 2);
  if (schema.type === 'struct') return structPatch(tape, schema, depth);
  if (schema.type === 'list') return listPatch(tape, schema.items, field, depth);
  if (schema.type === 'map') {
    const entry = { [tape.pick(['a', 'app', 'cpu'])]: tape.oneIn(3) ? null : randomValue(tape, schema.values, 2) };
    return tape.oneIn(6) ? { ...entry, $patch: tape.pick(['replace', 'delete', 'merge', 'nonsense']) } : entry;
  }
  return randomValue(tape, schema, 2);
}

function structPatch(tape: Tape, schema: StructSchema, depth: number): Json {
  const names = [...schema.fields.keys()];
  if (names.length === 0) return {};
  const patch: Json = {};
  for (let i = tape.below(2); i >= 0; i--) {
    const name = tape.pick(names);
    const field = schema.fields.get(name) as FieldSchema;
    patch[name] = within(tape, field.schema, field, depth + 1);
    if (field.schema.type !== 'list') continue;
    const keys = field.patchMergeKey ? items(tape, field.patchMergeKey) : tape.pick([['a'], ['a', 'b'], []]);
    if (tape.oneIn(4)) patch[`$setElementOrder/${name}`] = keys;
    if (tape.oneIn(6)) patch[`$deleteFromPrimitiveList/${name}`] = tape.pick([['a'], ['web', 'x'], [], 'a']);
  }
  if (tape.oneIn(8)) patch.$patch = tape.pick(['replace', 'delete', 'merge', 'nonsense']);
  if (tape.oneIn(8)) patch.$retainKeys = tape.pick([[tape.pick(names)], Object.keys(patch), [], 'a']);
  return patch;
}

function items(tape: Tape, key: string): Json[] {
  return tape.pick<Json[]>([
    [{ [key]: 'main' }],
    [{ [key]: 'side' }, { [key]: 'main' }],
    [{ [key]: 80 }, { [key]: 53 }],
    [{}],
    [],
  ]);
}

function listPatch(tape: Tape, schema: Schema, field: FieldSchema | undefined, depth: number): Json {
  const key = field?.patchMergeKey;
  const length = tape.below(3);
  const list = Array.from({ length }, () => {
    const item = within(tape, schema, undefined, depth + 1);
    if (!key || typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    if (!tape.oneIn(8)) item[key] = tape.pick(['main', 'side', 'a', 80, 'http', 8080]);
    if (tape.oneIn(4)) item.$patch = tape.pick(['delete', 'replace', 'nonsense', 'merge']);
    return item;
  });
  if (tape.oneIn(8)) list.push({ $patch: tape.pick(['replace', 'delete']) });
  return list;
}
