import { expect, test } from 'vitest';
import { type Schema, Schemas } from '../api/openapi.ts';
import { threeWayPatch } from './three-way.ts';

const container: Schema = { type: 'object', properties: { name: {}, image: {}, args: { type: 'array', items: {} } } };
const schema: Schema = {
  properties: {
    containers: {
      type: 'array',
      items: container,
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'name',
    },
    finalizers: { type: 'array', items: {}, 'x-kubernetes-patch-strategy': 'merge' },
  },
};
const patch = (original: object, modified: object, current: object): object =>
  threeWayPatch(original as never, modified as never, current as never, new Schemas({}), schema);

test('nothing to do is an empty patch, whatever the server has added', () => {
  const manifest = { containers: [{ name: 'a', image: 'x' }] };
  const live = { containers: [{ name: 'a', image: 'x', policy: 'Always' }], status: {} };
  expect(patch(manifest, manifest, live)).toEqual({});
});

test('items are merged by their key: changed, added and removed', () => {
  const original = {
    containers: [
      { name: 'a', image: 'x' },
      { name: 'b', image: 'x' },
    ],
  };
  const modified = {
    containers: [
      { name: 'a', image: 'y' },
      { name: 'c', image: 'x' },
    ],
  };
  expect(patch(original, modified, original)).toEqual({
    '$setElementOrder/containers': [{ name: 'a' }, { name: 'c' }],
    containers: [
      { name: 'a', image: 'y' },
      { name: 'c', image: 'x' },
      { $patch: 'delete', name: 'b' },
    ],
  });
});

test('a field that the manifest lost becomes null, one that another set stays', () => {
  expect(patch({ a: 1, b: 2 }, { a: 1 }, { a: 1, b: 2, c: 3 })).toEqual({ b: null });
});

test('lists without a key are replaced whole', () => {
  const of = (args: string[]) => ({ containers: [{ name: 'a', args }] });
  expect(patch(of(['1']), of(['2']), of(['1']))).toMatchObject({ containers: [{ name: 'a', args: ['2'] }] });
});
