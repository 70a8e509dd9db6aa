import { expect, test } from 'vitest';
import type { Json } from '../object.ts';
import type { FieldSchema, Schema } from '../schema/schema.ts';
import { applyPatch, PatchError, type PatchType } from './index.ts';

const text: Schema = { type: 'string' };
const struct = (fields: Record<string, FieldSchema>): Schema => ({
  type: 'struct',
  name: 't',
  fields: new Map(Object.entries(fields)),
});
const merged = (mergeKey: string | undefined, items: Schema): FieldSchema => ({
  schema: { type: 'list', items, listType: mergeKey ? 'map' : 'set' },
  patchStrategy: ['merge'],
  patchMergeKey: mergeKey,
});
const env = struct({ name: { schema: text }, value: { schema: text } });
const container = struct({
  name: { schema: text },
  image: { schema: text },
  args: { schema: { type: 'list', items: text, listType: 'atomic' } },
  env: merged('name', env),
});
const schema = struct({
  containers: merged('name', container),
  finalizers: merged(undefined, text),
  labels: { schema: { type: 'map', values: text } },
  strategy: {
    schema: struct({ type: { schema: text }, rolling: { schema: { type: 'any' } } }),
    patchStrategy: ['retainKeys'],
  },
});

const patch = (type: PatchType, current: Json, by: Json): unknown =>
  applyPatch(type, schema, JSON.stringify(current), by);

test('a strategic patch merges list items by their key, deeply; what is new stands before what only the server has', () => {
  const current: Json = {
    containers: [
      { name: 'a', image: '1', env: [{ name: 'X', value: '1' }] },
      { name: 'b', image: '1' },
    ],
  };
  const by: Json = {
    containers: [
      { name: 'a', image: '2', env: [{ name: 'Y', value: '2' }] },
      { name: 'c', image: '3' },
    ],
  };
  expect(patch('strategic', current, by)).toEqual({
    containers: [
      {
        name: 'a',
        image: '2',
        env: [
          { name: 'Y', value: '2' },
          { name: 'X', value: '1' },
        ],
      },
      { name: 'c', image: '3' },
      { name: 'b', image: '1' },
    ],
  });
});

test('lists without a merge key are replaced, nulls delete', () => {
  const current = { containers: [{ name: 'a', args: ['x', 'y'] }], labels: { a: '1', b: '2' } };
  const by = { containers: [{ name: 'a', args: ['z'] }], labels: { a: null } };
  expect(patch('strategic', current, by)).toEqual({ containers: [{ name: 'a', args: ['z'] }], labels: { b: '2' } });
});

test('directives delete and replace items, keep keys, delete scalars', () => {
  const current = {
    containers: [{ name: 'a' }, { name: 'b' }],
    finalizers: ['x', 'y'],
    strategy: { type: 'R', rolling: 1 },
  };
  expect(
    patch('strategic', current, {
      containers: [{ name: 'a', $patch: 'delete' }],
      '$deleteFromPrimitiveList/finalizers': ['x'],
      strategy: { $retainKeys: ['type'], type: 'Recreate' },
    }),
  ).toEqual({ containers: [{ name: 'b' }], finalizers: ['y'], strategy: { type: 'Recreate' } });
  expect(patch('strategic', current, { containers: [{ $patch: 'replace' }, { name: 'z' }] })).toMatchObject({
    containers: [{ name: 'z' }],
  });
});

test('$setElementOrder orders what it names and leaves the rest where it stood', () => {
  const current = { containers: [{ name: 'a' }, { name: 'server' }, { name: 'b' }] };
  const by = {
    '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }, { name: 'c' }],
    containers: [{ name: 'c' }],
  };
  const result = patch('strategic', current, by) as { containers: { name: string }[] };
  expect(result.containers.map((c) => c.name)).toEqual(['server', 'b', 'a', 'c']);
});

test('a list item without its merge key is refused', () => {
  expect(() => patch('strategic', { containers: [{ name: 'a' }] }, { containers: [{ image: 'x' }] })).toThrow(
    'does not contain declared merge key: name',
  );
});

test('merge patches follow RFC 7386', () => {
  expect(patch('merge', { a: { b: 'c' }, l: [1, 2] }, { a: { b: null, d: 1 }, l: [3] })).toEqual({
    a: { d: 1 },
    l: [3],
  });
});

test('JSON patches apply in order, count from the end, and fail whole', () => {
  expect(
    patch('json', { l: [1, 2, 3] }, [
      { op: 'remove', path: '/l/-1' },
      { op: 'add', path: '/l/-', value: 9 },
    ]),
  ).toEqual({
    l: [1, 2, 9],
  });
  expect(() => patch('json', { a: 1 }, [{ op: 'test', path: '/a', value: 2 }])).toThrow(PatchError);
  expect(() => patch('json', { a: 1 }, [{ op: 'replace', path: '/b/c', value: 2 }])).toThrow(
    'doc is missing path: /b/c',
  );
  expect(() => patch('json', { a: 1 }, { op: 'test' })).toThrow(PatchError);
});

test('a patch cannot reach the prototype', () => {
  const result = patch('merge', {}, JSON.parse('{"__proto__":{"polluted":true}}')) as Record<string, unknown>;
  expect(Object.hasOwn(result, '__proto__')).toBe(true);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('a JSON patch sees own properties only, and cannot copy what it finds beyond', () => {
  for (const from of ['/data/constructor', '/constructor', '/data/__proto__', '/data/toString']) {
    for (const op of ['copy', 'move']) {
      expect(() => patch('json', { data: { a: '1' } }, [{ op, from, path: '/data/x' }])).toThrow('missing value');
    }
  }
  for (const path of ['/constructor/keys', '/__proto__/polluted', '/data/constructor/prototype/polluted']) {
    expect(() => patch('json', { data: {} }, [{ op: 'add', path, value: 1 }])).toThrow('doc is missing path');
  }
  const added = patch('json', { data: {} }, [{ op: 'add', path: '/data/__proto__', value: { polluted: 1 } }]);
  expect(JSON.stringify(added)).toBe('{"data":{"__proto__":{"polluted":1}}}');
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('copies of copies end before they fill the memory', () => {
  const double = Array.from({ length: 60 }, (_, at) => ({ op: 'copy', from: '/l', path: `/l/k${at}` }));
  expect(() => patch('json', { l: { a: 'x' } }, double)).toThrow('the accumulated size increase of copy is');
});

test('operations that make no sense name what is wrong with them', () => {
  const refused: [Json, string][] = [
    [{}, 'failed to decode path'],
    [{ op: 'nope', path: '/a' }, 'Unexpected kind: nope'],
    [{ op: 'add', path: '/a' }, 'failed to decode value'],
    [{ op: 'add', path: '', value: 1 }, 'doc is missing path'],
    [{ op: 'remove', path: '/b' }, 'Unable to remove nonexistent key: b'],
    [{ op: 'add', path: '/l/9', value: 1 }, 'Unable to access invalid index: 9'],
    [{ op: 'replace', path: '/l/length', value: 0 }, 'doc is missing key'],
    [{ op: 'move', from: '/a', path: '/a/b' }, 'doc is missing destination path'],
  ];
  for (const [operation, why] of refused) {
    expect(() => patch('json', { a: { c: 1 }, l: [1] }, [operation])).toThrow(why);
  }
});

// By the square of its length it takes longer than a test may.
test('a strategic patch of a long list costs by its length', () => {
  const items = Array.from({ length: 40_000 }, (_, at) => ({ name: `c${at}` }));
  const result = patch(
    'strategic',
    { containers: items },
    {
      '$setElementOrder/containers': [...items].reverse(),
      containers: items.map((item) => ({ ...item, image: 'x' })),
    },
  ) as { containers: { name: string; image: string }[] };
  expect(result.containers).toHaveLength(40_000);
  expect(result.containers[0]).toEqual({ name: 'c39999', image: 'x' });
});
