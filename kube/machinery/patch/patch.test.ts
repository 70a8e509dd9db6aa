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

const patch = (type: PatchType, current: Json, by: Json): unknown => applyPatch(type, schema, current, by);

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

test('replace adds a member that is not there yet', () => {
  const by = [
    { op: 'replace', path: '/spec/paused', value: true },
    { op: 'replace', path: '/spec/list/-1', value: 3 },
  ];
  expect(patch('json', { spec: { list: [1, 2] } }, by)).toEqual({ spec: { paused: true, list: [1, 3] } });
});

test('a whole document is tested and replaced, and a value that is left out is null', () => {
  const by: Json = [
    { op: 'test', path: '', value: { a: 1 } },
    { op: 'test', path: '/b' },
    { op: 'replace', path: '', value: { c: [] } },
    { op: 'add', path: '/c/-' },
  ];
  expect(patch('json', { a: 1 }, by)).toEqual({ c: [null] });
});

test('a null beside $retainKeys is a deletion, and needs no place in its list', () => {
  const current = { strategy: { type: 'RollingUpdate', rolling: 1 } };
  const by = { strategy: { $retainKeys: ['type'], type: 'Recreate', rolling: null } };
  expect(patch('strategic', current, by)).toEqual({ strategy: { type: 'Recreate' } });
  expect(() => patch('strategic', current, { strategy: { $retainKeys: ['type'], rolling: 2 } })).toThrow(
    'invalid patch format of retainKeys',
  );
  expect(() => patch('strategic', current, { strategy: { $retainKeys: 'type' } })).toThrow(
    'invalid patch format of retainKeys',
  );
});

test('$retainKeys holds in items of lists', () => {
  const current = { containers: [{ name: 'a', image: 'x', args: ['y'] }] };
  const by = { containers: [{ $retainKeys: ['name', 'image'], name: 'a', image: 'z', args: null }] };
  expect(patch('strategic', current, by)).toEqual({ containers: [{ name: 'a', image: 'z' }] });
});

test('a $setElementOrder without its list orders; a list in another order is refused', () => {
  const current = { finalizers: ['a', 'b'], containers: [{ name: 'a' }, { name: 'b' }] };
  expect(patch('strategic', current, { '$setElementOrder/finalizers': ['b', 'a'] })).toMatchObject({
    finalizers: ['b', 'a'],
  });
  const by = {
    '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }],
    containers: [{ name: 'a' }, { name: 'b' }],
  };
  expect(() => patch('strategic', current, by)).toThrow("doesn't match $setElementOrder list");
});

test.each<[Json, string]>([
  [{ labels: { $patch: 'merge' } }, 'unknown patch type: merge in map: map[$patch:merge]'],
  [{ containers: [{ $patch: 'merge', name: 'a' }] }, 'merging lists cannot yet be specified in the patch'],
  [{ containers: [{ $patch: 'delete' }] }, 'map: map[$patch:delete] does not contain declared merge key: name'],
  [{ finalizers: [1] }, 'list element types are not identical: [[x] [1]]'],
  [{ finalizers: [['x']] }, 'lists of lists are not supported'],
  [{ '$setElementOrder/nothing': ['x'] }, 'unable to find api field in struct t for the json field "nothing"'],
  [{ $setElementOrder: [] }, 'invalid patch format of setElementOrder list'],
  [{ '$setElementOrder/finalizers': 'x' }, 'expected a []interface {}, but received a string'],
])('the strategic patch %j is refused', (by, why) => {
  const current = { containers: [{ name: 'a' }], finalizers: ['x'], labels: { a: '1' } };
  expect(() => patch('strategic', current, by)).toThrow(why);
});

test('nulls in what a merge patch adds go, those of lists stay', () => {
  const by = { a: { b: null, c: 1 }, l: [null, { d: null }] };
  expect(patch('merge', {}, by)).toEqual({ a: { c: 1 }, l: [null, {}] });
});

test('a patch cannot reach the prototype', () => {
  const result = patch('merge', {}, JSON.parse('{"__proto__":{"polluted":true}}')) as Record<string, unknown>;
  expect(Object.hasOwn(result, '__proto__')).toBe(true);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('a JSON patch sees own properties only, and cannot copy what it finds beyond', () => {
  for (const from of ['/data/constructor', '/constructor', '/data/__proto__', '/data/toString']) {
    expect(() => patch('json', { data: { a: '1' } }, [{ op: 'move', from, path: '/data/x' }])).toThrow('missing value');
    expect(patch('json', { data: {} }, [{ op: 'copy', from, path: '/data/x' }])).toEqual({ data: { x: null } });
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
    [{}, 'Unexpected kind: unknown'],
    [{ op: 'add' }, 'add operation failed to decode path: missing value'],
    [{ op: 'nope', path: '/a' }, 'Unexpected kind: nope'],
    [{ op: 'add', path: '', value: 1 }, 'doc is missing path'],
    [{ op: 'remove', path: '/b' }, 'Unable to remove nonexistent key: b'],
    [{ op: 'add', path: '/l/9', value: 1 }, 'Unable to access invalid index: 9'],
    [{ op: 'replace', path: '/l/length', value: 0 }, 'doc is missing key'],
    [{ op: 'replace', path: '/l/3', value: 0 }, 'doc is missing key: /l/3: missing value'],
    [{ op: 'replace', path: '', value: 0 }, 'replace operation value must be object or array'],
    [{ op: 'test', path: '/l/3', value: 0 }, 'Unable to access invalid index: 3: invalid index referenced'],
    [{ op: 'remove', path: '/l/x' }, `error in remove for path: '/l/x': strconv.Atoi: parsing "x": invalid syntax`],
    [
      { op: 'copy', from: '/l/-', path: '/b' },
      `error in copy for from: '/l/-': strconv.Atoi: parsing "-": invalid syntax`,
    ],
    [{ op: 'move', from: '/b', path: '/c' }, `error in move for path: 'b': Unable to remove nonexistent key: b`],
    [{ op: 'move', path: '/c' }, 'move operation failed to decode from: operation, missing from field: missing value'],
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
      '$setElementOrder/containers': items.toReversed(),
      containers: items.map((item) => ({ ...item, image: 'x' })).toReversed(),
    },
  ) as { containers: { name: string; image: string }[] };
  expect(result.containers).toHaveLength(40_000);
  expect(result.containers[0]).toEqual({ name: 'c39999', image: 'x' });
});
