import { expect, test } from 'vitest';
import { type CustomKindSpec, factsOf, lazyCustomKinds } from '../../kinds/custom/custom-kind.ts';
import { openApiV2Part, type Swagger } from './v2.ts';
import { type OpenApiV3, openApiV3Part } from './v3.ts';

const spec = (plural: string, version: string): CustomKindSpec => ({
  group: 'example.com',
  scope: 'Namespaced',
  names: { plural, kind: plural.toUpperCase() },
  versions: [
    {
      name: version,
      served: true,
      storage: true,
      schema: { openAPIV3Schema: { type: 'object', properties: { definitions: { type: 'object' } } } },
    },
  ],
});

/** The kinds of a definition, and how often its schema was read. */
function counted(plural: string, version = 'v1') {
  const given = spec(plural, version);
  const count = { reads: 0 };
  const kinds = lazyCustomKinds(factsOf(given, plural, 0), () => {
    count.reads++;
    return given;
  });
  return { kinds, count };
}

test('a change of one definition costs its own part alone', () => {
  const [a, b, changed] = [counted('as'), counted('bs'), counted('bs')];
  const first = openApiV2Part([...a.kinds, ...b.kinds]);
  expect(openApiV2Part([...a.kinds, ...changed.kinds])).toBe(first);
  expect([a.count.reads, b.count.reads, changed.count.reads]).toEqual([1, 1, 1]);
  const { paths, definitions } = JSON.parse(first) as Swagger;
  expect(Object.keys(definitions)).toEqual([
    'com.example.v1.AS',
    'com.example.v1.ASList',
    'com.example.v1.BS',
    'com.example.v1.BSList',
  ]);
  expect(Object.keys(paths)).toContain('/apis/example.com/v1/namespaces/{namespace}/bs/{name}');
});

test('a document of version 3 has the kinds of its group version', () => {
  const kinds = [...counted('as').kinds, ...counted('bs', 'v2').kinds];
  const { components, paths } = JSON.parse(openApiV3Part(kinds, 'example.com', 'v2')) as OpenApiV3;
  expect(Object.keys(components.schemas ?? {})).toEqual(['com.example.v2.BS', 'com.example.v2.BSList']);
  expect(Object.keys(paths).every((path) => path.startsWith('/apis/example.com/v2/'))).toBe(true);
  expect(JSON.parse(openApiV2Part([]))).toMatchObject({ paths: {}, definitions: {} });
});
