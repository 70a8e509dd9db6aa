import { expect, test } from 'vitest';
import type { KubeObject, ManagedFieldsEntry } from '../object.ts';
import { kindSchema } from '../schema/resolve.ts';
import type { FieldSchema, Schema, StructSchema } from '../schema/schema.ts';
import { droppedPartsFit } from './dropped-parts.ts';
import { updateManagedFields } from './managed-fields.ts';

const text: Schema = { type: 'string' };
const struct = (fields: Record<string, FieldSchema | Schema>): StructSchema => ({
  type: 'struct',
  name: 't',
  fields: new Map(Object.entries(fields).map(([name, field]) => [name, 'schema' in field ? field : { schema: field }])),
});
/** A struct that upstream holds by value. */
const held = (fields: Record<string, FieldSchema | Schema>): FieldSchema => ({ schema: struct(fields), always: true });
const port = struct({ containerPort: { type: 'integer' }, protocol: { schema: text, default: 'TCP' } });
const schema = struct({
  apiVersion: text,
  kind: text,
  metadata: held({
    name: text,
    uid: text,
    labels: { schema: { type: 'map', values: text }, omitEmpty: true },
    finalizers: { type: 'list', items: text, listType: 'set' },
  }),
  spec: held({
    replicas: { type: 'integer' },
    containers: {
      type: 'list',
      listType: 'map',
      keys: ['name'],
      items: struct({
        name: text,
        image: text,
        args: { type: 'list', items: text, listType: 'atomic' },
        resources: struct({}),
        ports: {
          schema: { type: 'list', listType: 'map', keys: ['containerPort', 'protocol'], items: port },
          omitEmpty: true,
        },
      }),
    },
  }),
  status: held({ phase: text }),
});

const object = (fields: Partial<KubeObject>): KubeObject => ({ apiVersion: 'v1', kind: 'T', metadata: {}, ...fields });
const options = { schema, apiVersion: 'v1', time: '2026-01-01T00:00:00Z', subresource: '', manager: 'kubectl' };

const pod = object({
  metadata: { name: 'a', uid: 'u', labels: { app: 'x' } },
  spec: {
    replicas: 1,
    containers: [
      { name: 'c', image: 'i', args: ['a'], resources: {}, ports: [{ containerPort: 80, protocol: 'TCP' }] },
    ],
  },
  status: { phase: 'Pending' },
});

test('a create owns what it set, in the form upstream prints', () => {
  const [entry] = updateManagedFields({ ...options, before: undefined, after: pod, resets: ['status'] }) ?? [];
  expect(entry).toEqual({
    manager: 'kubectl',
    operation: 'Update',
    apiVersion: 'v1',
    time: '2026-01-01T00:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
      'f:spec': {
        'f:replicas': {},
        'f:containers': {
          'k:{"name":"c"}': {
            '.': {},
            'f:name': {},
            'f:image': {},
            'f:args': {},
            'f:resources': {},
            'f:ports': {
              '.': {},
              'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {}, 'f:protocol': {} },
            },
          },
        },
      },
    },
  });
});

test('an update takes the fields it changes from their former managers, and loses those it removes', () => {
  const before = structuredClone(pod);
  before.metadata.managedFields = updateManagedFields({ ...options, before: undefined, after: pod });
  const after = structuredClone(before);
  after.spec = { ...(pod.spec as object), replicas: 5 };
  after.metadata.labels = {};
  const [first, second] =
    updateManagedFields({ ...options, before, after, manager: 'scaler', time: '2026-01-02T00:00:00Z' }) ?? [];
  expect(second).toMatchObject({ manager: 'scaler', fieldsV1: { 'f:spec': { 'f:replicas': {} } } });
  expect(first?.fieldsV1?.['f:spec']).not.toHaveProperty('f:replicas');
  expect(first?.fieldsV1?.['f:metadata']).toEqual({ 'f:labels': {} });
});

test('an item that becomes two of one key, or one of two, is owned by who did that', () => {
  const listed = (...ports: object[]) => object({ spec: { containers: [{ name: 'c', ports }] } });
  const port = { containerPort: 80, protocol: 'TCP' };
  const [once, twice] = [listed(port), listed(port, { ...port, name: 'x' })];
  const step = 'k:{"containerPort":80,"protocol":"TCP"}';
  const path = ['f:spec', 'f:containers', 'k:{"name":"c"}', 'f:ports', step];
  for (const [first, second, owned] of [
    [once, twice, {}],
    [twice, once, { '.': {}, 'f:containerPort': {}, 'f:protocol': {} }],
  ] as const) {
    const before = structuredClone(first);
    before.metadata.managedFields = updateManagedFields({ ...options, before: undefined, after: first });
    const after = { ...structuredClone(second), metadata: before.metadata };
    const entries = updateManagedFields({ ...options, before, after, manager: 'second' });
    const [one, other] = ['kubectl', 'second'].map((name) => entries?.find(({ manager }) => manager === name));
    expect(one?.fieldsV1).not.toHaveProperty(path);
    expect(other?.fieldsV1).toHaveProperty(path, owned);
  }
});

test('a write that changes nothing leaves the entries as they are, times included', () => {
  const before = structuredClone(pod);
  before.metadata.managedFields = updateManagedFields({ ...options, before: undefined, after: pod });
  const after = structuredClone(before);
  expect(updateManagedFields({ ...options, before, after, manager: 'other', time: 'later' })).toEqual(
    before.metadata.managedFields,
  );
});

test('an object with an item that nothing names is not tracked, and its managers are forgotten', () => {
  const keyless = { ...structuredClone(pod), spec: { containers: [{ image: 'x' }] } };
  expect(updateManagedFields({ ...options, before: undefined, after: keyless })).toBeUndefined();
  const before = structuredClone(pod);
  before.metadata.managedFields = updateManagedFields({ ...options, before: undefined, after: pod });
  const after = { ...keyless, metadata: structuredClone(before.metadata) };
  expect(updateManagedFields({ ...options, before, after, manager: 'other' })).toBeUndefined();
});

test('a part that the endpoint drops is read like the rest before, where it differs from what is there', () => {
  const fits = (after: KubeObject, before?: KubeObject, resets = ['spec']) =>
    droppedPartsFit({ ...options, before, after, resets });
  const keyless = { ...structuredClone(pod), spec: { containers: [{ image: 'x' }] } };
  expect([fits(pod), fits(keyless), fits(keyless, structuredClone(keyless)), fits(keyless, pod)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  expect(fits(keyless, undefined, ['status'])).toBe(true);
});

test('a manager of nothing is dropped, and one of a version that cannot be read takes all with it', () => {
  const entry = {
    manager: 'idle',
    operation: 'Update',
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: {},
  } as const;
  const after = structuredClone(pod);
  after.metadata.managedFields = [entry];
  const managers = updateManagedFields({ ...options, before: undefined, after })?.map(({ manager }) => manager);
  expect(managers).toEqual([options.manager]);
  after.metadata.managedFields = [{ ...entry, apiVersion: 'a/b/c' }];
  expect(updateManagedFields({ ...options, before: undefined, after })).toBeUndefined();
});

test('the status endpoint has an entry of its own', () => {
  const before = structuredClone(pod);
  before.metadata.managedFields = updateManagedFields({
    ...options,
    before: undefined,
    after: pod,
    resets: ['status'],
  });
  const after = { ...structuredClone(before), status: { phase: 'Running' } };
  const entries = updateManagedFields({ ...options, before, after, manager: 'kubelet', subresource: 'status' });
  expect(entries).toHaveLength(2);
  expect(entries?.find((entry) => entry.subresource === 'status')?.fieldsV1).toEqual({ 'f:status': { 'f:phase': {} } });
});

test('a label that is called as what every object has is owned until it is removed', () => {
  const before = object({ metadata: { name: 'a', labels: { constructor: 'x', app: 'y' } } });
  before.metadata.managedFields = updateManagedFields({ ...options, before: undefined, after: before });
  const after = structuredClone(before);
  after.metadata.labels = { app: 'y' };
  const [entry] = updateManagedFields({ ...options, before, after }) ?? [];
  expect(entry?.fieldsV1).toEqual({ 'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } } });
});

test('a list that is printed even when it is not there is owned with the item that it is of', () => {
  const text: Schema = { type: 'string' };
  const driver = struct({
    name: { schema: text, always: true },
    keys: { type: 'list', items: text, listType: 'atomic' },
    more: { schema: { type: 'list', items: text, listType: 'atomic' }, omitEmpty: true },
  });
  const list: Schema = { type: 'list', listType: 'map', keys: ['name'], items: driver };
  const drivers = struct({ drivers: { schema: list, omitEmpty: true } });
  const after = object({ drivers: [{ name: 'a' }] } as object);
  const [entry] = updateManagedFields({ ...options, schema: drivers, before: undefined, after }) ?? [];
  expect(entry?.fieldsV1).toEqual({
    'f:drivers': { '.': {}, 'k:{"name":"a"}': { '.': {}, 'f:name': {}, 'f:keys': {} } },
  });
});

test('managedFields of one empty entry are reset', () => {
  const before = structuredClone(pod);
  before.metadata.managedFields = updateManagedFields({ ...options, before: undefined, after: pod });
  const after = structuredClone(before);
  after.metadata.managedFields = [{}];
  expect(updateManagedFields({ ...options, before, after })).toBeUndefined();
});

test('more than ten updaters are folded, the oldest first', () => {
  let before = structuredClone(pod);
  before.metadata.managedFields = updateManagedFields({ ...options, before: undefined, after: pod });
  for (let i = 0; i < 14; i++) {
    const after = structuredClone(before);
    after.metadata.labels = { ...before.metadata.labels, [`l${i}`]: 'x' };
    after.metadata.managedFields = updateManagedFields({
      ...options,
      before,
      after,
      manager: `m${i}`,
      time: `2026-01-01T00:00:${10 + i}Z`,
    });
    before = after;
  }
  const entries = before.metadata.managedFields ?? [];
  expect(entries).toHaveLength(10);
  expect(entries[0]?.manager).toBe('ancient-changes');
  expect(entries[0]?.fieldsV1?.['f:metadata']?.['f:labels']).toMatchObject({ 'f:l0': {}, 'f:l4': {} });
});

test('the first label of an object does not make its metadata owned, and an empty spec is not', () => {
  const before = object({ metadata: { name: 'a' }, spec: {} });
  expect(updateManagedFields({ ...options, before: undefined, after: before })).toBeUndefined();
  const managedFields: ManagedFieldsEntry[] = [
    { manager: 'm', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:x': {} } },
  ];
  const after = object({ metadata: { name: 'a', labels: { app: 'x' }, managedFields }, spec: {} });
  const [, entry] = updateManagedFields({ ...options, before, after }) ?? [];
  expect(entry?.fieldsV1).toEqual({ 'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } } });
});

test('a create does not own what equals the zero value of a field that is always printed', () => {
  const value = { schema: { type: 'integer', format: 'int32' } as Schema, always: true };
  const reporter = { schema: text, always: true };
  const options = {
    schema: struct({ value, reporter }),
    apiVersion: 'v1',
    time: '',
    subresource: '',
    manager: 'kubectl',
  };
  const own = (after: object) =>
    updateManagedFields({ ...options, before: undefined, after: object(after) })?.[0]?.fieldsV1;
  expect(own({ value: 0, reporter: 'x' })).toEqual({ 'f:reporter': {} });
  expect(own({ value: 1, reporter: '' })).toEqual({ 'f:value': {} });
});

test('an object without managers is not tracked by an update', () => {
  const before = object({ metadata: { name: 'a' } });
  const after = object({ metadata: { name: 'a', labels: { app: 'x' } } });
  expect(updateManagedFields({ ...options, before, after })).toBeUndefined();
});

test('a struct that holds a time is owned as something, though nothing of it is printed', () => {
  const timed = struct({ error: struct({ time: { schema: { type: 'time' }, nullWhenUnset: true } }) });
  const [entry] =
    updateManagedFields({ ...options, schema: timed, before: undefined, after: object({ error: {} } as object) }) ?? [];
  expect(entry?.fieldsV1).toEqual({ 'f:error': { '.': {}, 'f:time': {} } });
});

test('the group of a claim’s source is owned though it was not given, because upstream prints null there', () => {
  const claimSchema = kindSchema('', 'v1', 'PersistentVolumeClaim') as StructSchema;
  const dataSourceRef = { kind: 'PersistentVolumeClaim', name: 'b' };
  const after = object({ spec: { dataSourceRef } } as object);
  const [entry] = updateManagedFields({ ...options, schema: claimSchema, before: undefined, after }) ?? [];
  expect(entry?.fieldsV1).toEqual({
    'f:spec': { 'f:dataSourceRef': { '.': {}, 'f:apiGroup': {}, 'f:kind': {}, 'f:name': {} } },
  });
});
