import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FieldsV1, KubeObject, ManagedFieldsEntry } from '../object.ts';
import type { Schema, StructSchema } from '../schema/schema.ts';
import { type Applied, type ApplyOptions, applyConfiguration } from './apply.ts';
import { reportConflicts } from './conflicts.ts';
import { applyAsManager } from './last-applied.ts';
import { updateManagedFields } from './managed-fields.ts';

const text: Schema = { type: 'string' };
const map: Schema = { type: 'map', values: text };
const struct = (fields: Record<string, Schema>, more: Partial<StructSchema> = {}): StructSchema => ({
  type: 'struct',
  name: 't',
  structural: true,
  fields: new Map(Object.entries(fields).map(([name, schema]) => [name, { schema }])),
  ...more,
});
const port: StructSchema = {
  ...struct({ name: text }),
  fields: new Map([
    ['port', { schema: { type: 'integer' } }],
    ['protocol', { schema: text, default: 'TCP' }],
    ['name', { schema: text }],
  ]),
};
const schema = struct({
  apiVersion: text,
  kind: text,
  metadata: struct({ name: text, labels: map, annotations: map, resourceVersion: text }),
  spec: struct({
    replicas: { type: 'integer' },
    args: { type: 'list', items: text, listType: 'atomic' },
    set: { type: 'list', items: text, listType: 'set' },
    selector: { ...map, atomic: true },
    ports: { type: 'list', items: port, listType: 'map', keys: ['port', 'protocol'] },
    free: { type: 'any' },
    raw: { type: 'any', form: 'raw' },
  }),
  status: struct({ phase: text }),
});

const base = { apiVersion: 'v1', kind: 'T', metadata: { name: 'a' } };
const config = (spec: object, metadata: object = {}) => ({ ...base, metadata: { name: 'a', ...metadata }, spec });
const options = { schema, apiVersion: 'v1', manager: 'm', time: '2026-01-01T00:00:00Z', subresource: '', force: false };

function run(live: KubeObject | undefined, given: object, more: Partial<ApplyOptions> = {}): KubeObject {
  const outcome = applyAsManager({ ...options, live, config: given as Record<string, unknown>, ...more });
  if (!('object' in outcome)) throw new Error(JSON.stringify(outcome));
  return stored(outcome);
}

/** As it is kept: without nulls. */
function stored({ object, managedFields }: Applied): KubeObject {
  const metadata = { ...object.metadata, managedFields };
  return JSON.parse(JSON.stringify({ ...object, metadata }, (_, value) => value ?? undefined)) as KubeObject;
}

const owned = ({ metadata }: KubeObject, manager: string): FieldsV1 | undefined =>
  metadata.managedFields?.find((entry) => entry.manager === manager)?.fieldsV1;
const specOf = (object: KubeObject): unknown => object.spec;

test('a create is owned by its applier, field by field, without what every object has', () => {
  const made = run(
    undefined,
    config({ replicas: 1, ports: [{ port: 80 }], set: ['x'], args: ['a'] }, { labels: { l: '1' } }),
  );
  expect(made.metadata.managedFields).toEqual([
    {
      manager: 'm',
      operation: 'Apply',
      apiVersion: 'v1',
      time: options.time,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:labels': { 'f:l': {} } },
        'f:spec': {
          'f:replicas': {},
          'f:args': {},
          'f:set': { 'v:"x"': {} },
          'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } },
        },
      },
    },
  ]);
});

test('a field that its manager no longer applies is removed, unless another manager owns it, too', () => {
  let live = run(
    undefined,
    config({ replicas: 1, set: ['x', 'y'], selector: { a: '1' } }, { labels: { a: '1', b: '2' } }),
  );
  live = run(live, config({ set: ['y'] }, { labels: { b: '2' } }), { manager: 'n' });
  live = run(live, config({}));
  expect([specOf(live), live.metadata.labels]).toEqual([{ set: ['y'] }, { b: '2' }]);
  expect([owned(live, 'm'), owned(live, 'n')]).toEqual([
    { 'f:spec': {} },
    { 'f:metadata': { 'f:labels': { 'f:b': {} } }, 'f:spec': { 'f:set': { 'v:"y"': {} } } },
  ]);
});

test('a field of another manager is not changed without force, and is shared where the values are equal', () => {
  const live = run(undefined, config({ replicas: 1, ports: [{ port: 80, name: 'p' }] }), { manager: 'one' });
  const both = run(live, config({ replicas: 1 }), { manager: 'two' });
  expect([owned(both, 'one'), owned(both, 'two')]).toMatchObject([
    { 'f:spec': { 'f:replicas': {} } },
    { 'f:spec': { 'f:replicas': {} } },
  ]);
  // The apply changed no field, so the new manager has no time.
  expect(both.metadata.managedFields?.find(({ manager }) => manager === 'two')).not.toHaveProperty('time');

  const wanted = { live: both, config: config({ replicas: 2, ports: [{ port: 80, name: 'q' }] }), manager: 'three' };
  const outcome = applyConfiguration({ ...options, ...wanted });
  expect('conflicts' in outcome && reportConflicts(outcome.conflicts)).toEqual({
    message: [
      'Apply failed with 3 conflicts: conflicts with "one":',
      '- .spec.replicas',
      '- .spec.ports[port=80,protocol="TCP"].name',
      'conflicts with "two":',
      '- .spec.replicas',
    ].join('\n'),
    causes: [
      { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.spec.replicas' },
      {
        reason: 'FieldManagerConflict',
        message: 'conflict with "one"',
        field: '.spec.ports[port=80,protocol="TCP"].name',
      },
      { reason: 'FieldManagerConflict', message: 'conflict with "two"', field: '.spec.replicas' },
    ],
  });
  const forced = run(both, wanted.config, { manager: 'three', force: true });
  expect(specOf(forced)).toEqual({ replicas: 2, ports: [{ port: 80, name: 'q' }] });
  expect([owned(forced, 'one'), owned(forced, 'two')]).toEqual([
    { 'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } } } },
    undefined,
  ]);
});

test('the fields of an object without managers belong to `before-first-apply`', () => {
  const live = { ...config({ replicas: 1 }), metadata: { name: 'a', resourceVersion: '1' } } as KubeObject;
  const outcome = applyConfiguration({ ...options, live, config: config({ replicas: 2 }) });
  expect('conflicts' in outcome && reportConflicts(outcome.conflicts).message).toBe(
    'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .spec.replicas',
  );
});

test('items keep the order of the configuration, and others stay beside their neighbours', () => {
  const live = run(undefined, config({ set: ['a', 'b', 'c', 'd'] }), { manager: 'one' });
  const merged = run(live, config({ set: ['d', 'x', 'b'] }));
  expect(specOf(merged)).toEqual({ set: ['a', 'c', 'd', 'x', 'b'] });
});

test.each([
  [{ foo: 1 }, '.spec.foo: field not declared in schema'],
  [{ replicas: 'x' }, '.spec.replicas: expected numeric (int or float), got string'],
  [{ args: { a: 1 } }, '.spec.args: expected list, got &{map[a:1]}'],
  [{ selector: { a: 1 } }, '.spec.selector.a: expected string, got &value.valueUnstructured{Value:1}'],
  [{ set: ['a', 'a'] }, '.spec.set: duplicate entries for key [="a"]'],
  [{ set: [null] }, ".spec.set: element 0: associative list without keys has an element that's an explicit null"],
  [
    { ports: [{ port: 1 }, { port: 1, protocol: 'TCP' }] },
    '.spec.ports: duplicate entries for key [port=1,protocol="TCP"]',
  ],
  [{ ports: ['x'] }, '.spec.ports: element 0: associative list with keys may not have non-map elements'],
])('a configuration that does not fit the schema is told of: %j', (spec, error) => {
  expect(applyConfiguration({ ...options, live: undefined, config: config(spec) })).toEqual({ error });
});

test('kubectl changes what its client-side apply gave, and keeps the annotation up to date', () => {
  const LAST = 'kubectl.kubernetes.io/last-applied-configuration';
  const last = JSON.stringify(config({ replicas: 1, args: ['a'] }));
  const live = config({ replicas: 1, args: ['b'] }, { annotations: { [LAST]: last } }) as unknown as KubeObject;
  live.metadata.managedFields = updateManagedFields({
    ...options,
    before: undefined,
    after: live,
    manager: 'kubectl-client-side-apply',
  });
  const taken = run(live, config({ replicas: 2 }), { manager: 'kubectl' });
  expect(taken.metadata.annotations?.[LAST]).toBe(
    '{"apiVersion":"v1","kind":"T","metadata":{"name":"a"},"spec":{"replicas":2}}\n',
  );
  // A field that was changed since is no longer kubectl's.
  const outcome = applyAsManager({
    ...options,
    manager: 'kubectl',
    live,
    config: config({ replicas: 2, args: ['c'] }),
  });
  expect('conflicts' in outcome && reportConflicts(outcome.conflicts).causes.map(({ field }) => field)).toEqual([
    '.spec.args',
  ]);
  expect('conflicts' in applyAsManager({ ...options, manager: 'other', live, config: config({ replicas: 2 }) })).toBe(
    true,
  );
});

const short = fc.constantFrom('a', 'b', 'constructor');
const someMap = fc.dictionary(short, fc.constantFrom('1', '2'), { maxKeys: 3 });
const uniquePorts = fc.uniqueArray(
  fc.record({ port: fc.constantFrom(1, 2), name: short }, { requiredKeys: ['port'] }),
  {
    selector: ({ port }) => port,
  },
);
const someSpec = fc.record(
  {
    replicas: fc.nat(3),
    args: fc.array(short, { maxLength: 2 }),
    set: fc.uniqueArray(short),
    selector: someMap,
    ports: uniquePorts,
    // A manager loses a field whose form changes, as upstream.
    free: someMap,
  },
  { requiredKeys: [] },
);
const someConfig = fc.record({ spec: someSpec, labels: someMap }).map(({ spec, labels }) => config(spec, { labels }));
const runs = { numRuns: 150 };

test('an apply that is repeated changes nothing', () => {
  fc.assert(
    fc.property(someConfig, someConfig, (first, second) => {
      const live = run(run(undefined, first, { manager: 'n' }), second, { force: true });
      expect(run(live, second, { time: 'later' })).toEqual(live);
    }),
    runs,
  );
});

test('an apply that is taken back leaves what others gave', () => {
  fc.assert(
    fc.property(someConfig, someConfig, (first, second) => {
      const live = run(undefined, first, { manager: 'n' });
      const outcome = applyConfiguration({ ...options, live, config: second });
      if (!('object' in outcome)) return;
      const back = run(stored(outcome), base);
      expect(owned(back, 'm')).toBeUndefined();
      expect(owned(back, 'n')).toEqual(owned(live, 'n'));
    }),
    runs,
  );
});

test('without force, no field of another manager is lost or changed', () => {
  fc.assert(
    fc.property(someConfig, someConfig, (first, second) => {
      const live = run(undefined, first, { manager: 'n' });
      const outcome = applyConfiguration({ ...options, live, config: second });
      if ('object' in outcome) expect(owned(stored(outcome), 'n')).toEqual(owned(live, 'n'));
      else expect('conflicts' in outcome).toBe(true);
    }),
    runs,
  );
});

test('any configuration is applied or refused, whatever managedFields a client has left', () => {
  const entry = fc.record<ManagedFieldsEntry>(
    { manager: short, operation: fc.constantFrom('Apply', 'Update'), fieldsV1: fc.object() as fc.Arbitrary<FieldsV1> },
    { requiredKeys: [] },
  );
  const before = { ...config({ replicas: 1 }), metadata: { name: 'a' } } as KubeObject;
  fc.assert(
    fc.property(fc.object({ maxDepth: 4 }), fc.array(entry, { maxLength: 3 }), (spec, managedFields) => {
      const after = { ...before, metadata: { name: 'a', managedFields } };
      const managers = updateManagedFields({ ...options, before, after });
      const live = { ...before, metadata: { name: 'a', managedFields: managers } };
      const outcome = applyConfiguration({ ...options, live, config: { ...config(spec), ...spec } });
      expect(Object.keys(outcome).length).toBeGreaterThan(0);
    }),
    runs,
  );
});

test('a field called as the prototype stays one that can be changed, when others are taken from beside it', () => {
  const free = (text: string): object =>
    JSON.parse(`{"apiVersion":"v1","kind":"T","metadata":{"name":"a"},"spec":{"free":${text}}}`);
  const live = run(undefined, free('{"__proto__":{"a":"1"},"b":"2"}'));
  run(live, free('{"__proto__":{"a":"1"}}'), { manager: 'other' });
  const outcome = applyAsManager({ ...options, live, config: free('{"b":"2"}') as Record<string, unknown> });
  const { free: left } = (outcome as Applied).object.spec as { free: object };
  expect(JSON.stringify(left)).toBe('{"b":"2"}');
  const kept = applyAsManager({ ...options, live, config: free('{"__proto__":{"a":"1"}}') as Record<string, unknown> });
  const { free: rest } = (kept as Applied).object.spec as { free: object };
  expect(JSON.stringify(rest)).toBe('{"__proto__":{"a":"1"}}');
  expect(Object.getOwnPropertyDescriptor(rest, '__proto__')).toMatchObject({ writable: true, configurable: true });
});
