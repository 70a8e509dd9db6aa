import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aggregatedPart, mergeAggregated } from './aggregated.ts';
import { encodeOpenApiV2 } from './v2-protobuf.ts';

const ref = (name: string) => ({ $ref: `#/definitions/${name}` });
const META = { type: 'object', properties: { name: { type: 'string' } } };
const DOCUMENT = {
  swagger: '2.0',
  parameters: { 'pretty-x': { name: 'pretty', in: 'query', type: 'string' } },
  paths: {
    '/apis/back.dev/v1/things': {
      parameters: [{ $ref: '#/parameters/pretty-x' }, { $ref: '#/parameters/none' }],
      get: { operationId: 'listThings', responses: { 200: { description: 'OK', schema: ref('dev.Thing') } } },
    },
    '/apis/back.dev/v2/things': { get: { responses: { 200: { schema: ref('dev.Other') } } } },
    '/healthz': { get: {} },
  },
  definitions: {
    'dev.Thing': { type: 'object', properties: { metadata: ref('meta'), self: ref('dev.Thing') } },
    'dev.Other': { type: 'object' },
    meta: META,
  },
};

test('a part has the paths of its version, with their parameters, and the definitions that they need', () => {
  const { paths, definitions } = aggregatedPart(DOCUMENT, '/apis/back.dev/v1/');
  expect(Object.keys(paths)).toEqual(['/apis/back.dev/v1/things']);
  expect(paths['/apis/back.dev/v1/things']?.get).toMatchObject({
    operationId: 'listThings',
    tags: [],
    parameters: [{ name: 'pretty', in: 'query', type: 'string' }],
    responses: { 200: { description: 'OK', schema: ref('dev.Thing') } },
  });
  expect(Object.keys(definitions).sort()).toEqual(['dev.Thing', 'meta']);
});

test('a definition that stands for something else already is renamed, and one that says the same is shared', () => {
  const part = aggregatedPart(DOCUMENT, '/apis/back.dev/v1/');
  const gvk = { 'x-kubernetes-group-version-kind': [{ group: '', kind: 'X', version: 'v1' }] };
  expect(mergeAggregated([part], { paths: {}, definitions: { meta: { ...META, ...gvk } } })).toEqual({
    paths: part.paths,
    definitions: { 'dev.Thing': part.definitions['dev.Thing'] },
  });
  const other = { paths: {}, definitions: { meta: { type: 'string' }, meta_v2: { type: 'integer' } } };
  const twice = mergeAggregated([part, { ...part, paths: { '/x': {} } }], other);
  expect(twice.definitions).toEqual({
    'dev.Thing': { type: 'object', properties: { metadata: ref('meta_v3'), self: ref('dev.Thing') } },
    // Thing_v2 refers to another definition than the second part's Thing, as upstream compares them.
    'dev.Thing_v2': { type: 'object', properties: { metadata: ref('meta_v3'), self: ref('dev.Thing_v2') } },
    meta_v3: META,
  });
  expect(Object.keys(twice.paths)).toEqual(['/apis/back.dev/v1/things', '/x']);
  expect(mergeAggregated([part], { ...other, paths: part.paths }).paths).toEqual({});
});

test('a short document that would become long, as it refers to a long parameter often, has no part', () => {
  const part = (references: number, where: 'path' | 'operation') => {
    const parameters = Array.from({ length: references }, () => ({ $ref: '#/parameters/long' }));
    const item = where === 'path' ? { parameters, get: { x: 1 }, put: { x: 1 } } : { get: { parameters } };
    const long = { name: 'long', in: 'query', description: 'x'.repeat(1024 * 1024) };
    return aggregatedPart({ parameters: { long }, paths: { '/apis/back.dev/v1/a': item } }, '/apis/back.dev/v1/');
  };
  expect(part(3, 'operation').paths['/apis/back.dev/v1/a']?.get?.parameters?.length).toBe(3);
  expect(part(30_000, 'operation')).toEqual({ paths: {}, definitions: {} });
  expect(part(3, 'path')).toEqual({ paths: {}, definitions: {} });
});

test('any JSON is a document, of which a part can be made, merged and written', () => {
  const keys = fc.constantFrom(
    'paths',
    'definitions',
    'parameters',
    '/apis/a/v1/x',
    'get',
    'responses',
    '$ref',
    'items',
  );
  const more = fc.constantFrom('schema', 'properties', 'required', '__proto__', 'additionalProperties', 'x-a', 'enum');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 8 },
      fc.constantFrom(null, 1, '', true, '#/definitions/a', '#/parameters/a'),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.oneof(keys, more, fc.constant('a')), tie('tree'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(tree, tree, (document, existing) => {
      const whole = { paths: { '/apis/a/v1/x': { get: document } }, definitions: { a: document } };
      for (const one of [document, whole]) {
        const part = aggregatedPart(JSON.parse(JSON.stringify(one)), '/apis/a/v1/');
        const definitions = { a: { type: 'string', default: existing } };
        const merged = mergeAggregated([part, part], { paths: {}, definitions });
        encodeOpenApiV2({ swagger: '2.0', info: { title: '', version: '' }, ...merged });
      }
    }),
    { numRuns: 300 },
  );
});

test('a document of thousands of levels has no part', () => {
  let deep: object = {};
  for (let at = 0; at < 50_000; at++) deep = { items: deep };
  const document = { paths: { '/apis/a/v1/x': { get: { responses: { 200: { schema: deep } } } } } };
  expect(aggregatedPart(document, '/apis/a/v1/')).toEqual({ paths: {}, definitions: {} });
});
