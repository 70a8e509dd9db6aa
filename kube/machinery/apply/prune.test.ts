import { expect, test } from 'vitest';
import type { KubeObject } from '../object.ts';
import type { ListSchema, Schema, StructSchema } from '../schema/schema.ts';
import { applyConfiguration } from './apply.ts';
import type { OwnedVersions } from './owned-version.ts';

const text: Schema = { type: 'string' };
const struct = (fields: StructSchema['fields']): StructSchema => ({
  type: 'struct',
  name: 't',
  structural: true,
  fields,
});
const fields = (named: Record<string, Schema>): StructSchema['fields'] =>
  new Map(Object.entries(named).map(([name, schema]) => [name, { schema }]));
const item = struct(new Map([...fields({ v: text }), ['k', { schema: text, default: 'd' }]]));
const list: ListSchema = { type: 'list', listType: 'map', keys: ['k'], items: item };
const set: ListSchema = { type: 'list', listType: 'set', items: text };
const schema = struct(
  fields({
    apiVersion: text,
    kind: text,
    metadata: struct(fields({ name: text, managedFields: { type: 'any' } })),
    spec: struct(fields({ list, set, x: text, y: text })),
  }),
);
const same = (apiVersion: string) => (object: KubeObject) => ({ ...object, apiVersion });
const versions: OwnedVersions = (apiVersion) => ({ schema, convert: same(apiVersion), restore: same('v1') });
const options = { schema, time: '2026-01-01T00:00:00Z', subresource: '', force: true, versions };

/** The spec, or why there is none. As the object's defaults have it, an item's key is there afterwards. */
function apply(live: KubeObject | undefined, manager: string, spec: object, apiVersion = 'v1') {
  const config = { apiVersion, kind: 'T', metadata: { name: 'a' }, spec };
  const outcome = applyConfiguration({ ...options, apiVersion, manager, live, config });
  if (!('object' in outcome)) return { error: outcome, spec: undefined, live };
  const next = structuredClone(outcome.object) as KubeObject & { spec: { list?: ({ k?: string } | null)[] | null } };
  const made = structuredClone(next.spec);
  for (const each of next.spec.list ?? []) if (each) each.k ??= 'd';
  if (outcome.managedFields) next.metadata.managedFields = outcome.managedFields;
  return { spec: made, live: next as KubeObject };
}

test('an item that is known by its default alone is not added back, whether its fields are applied again or not', () => {
  const first = apply(undefined, 'm', { list: [{}, { k: 'b', v: '1' }] });
  expect(first.spec).toEqual({ list: [{}, { k: 'b', v: '1' }] });
  expect(apply(first.live, 'm', { list: [{}, { k: 'b', v: '1' }] }).spec).toEqual({ list: [{ k: 'b', v: '1' }] });
  const given = apply(undefined, 'm', { list: [{ v: '1' }] });
  const shared = apply(given.live, 'n', { list: [{}], y: '1' });
  expect(shared.spec).toEqual({ list: [{ k: 'd', v: '1' }], y: '1' });
  expect(apply(shared.live, 'm', {}).spec).toEqual({ list: null, y: '1' });
});

test('items that share a key are in the way of a conversion alone', () => {
  const first = apply(undefined, 'm', { x: '1' });
  const live = { ...first.live, spec: { x: '1', set: ['a', 'a'] } } as unknown as KubeObject;
  expect(apply(live, 'm', { y: '1' }).spec).toEqual({ y: '1', set: ['a', 'a'] });
  const managedFields = live.metadata.managedFields?.map((entry) => ({ ...entry, apiVersion: 'v2' }));
  const elsewhere = { ...live, metadata: { ...live.metadata, managedFields } };
  expect(apply(elsewhere, 'm', { y: '1' }).error).toEqual({ unfit: '.spec.set: duplicate entries for key [="a"]' });
});
