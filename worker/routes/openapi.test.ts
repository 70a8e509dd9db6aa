import { expect, test } from 'vitest';
import { customOpenApi } from '../../durable-objects/apiserver/discovery/openapi.ts';
import { WIDGET_SPEC } from '../../durable-objects/testing/widgets.ts';
import { type CustomKindSpec, customKinds } from '../../kube/kinds/custom/custom-kind.ts';
import type { KindDescriptor } from '../../kube/kinds/define.ts';
import { kinds } from '../../kube/kinds/index.ts';
import type { AggregatedPart } from '../../kube/machinery/openapi/aggregated.ts';
import { SHARED_DEFINITIONS } from '../../kube/machinery/openapi/custom.ts';
import { collectDefinitions, NO_DESCRIPTIONS } from '../../kube/machinery/openapi/definitions.ts';
import { openApiV2, type Swagger } from '../../kube/machinery/openapi/v2.ts';
import { encodeOpenApiV2 } from '../../kube/machinery/openapi/v2-protobuf.ts';
import { type OpenApiV3, type OpenApiV3Index, openApiV3, openApiV3Index } from '../../kube/machinery/openapi/v3.ts';
import { encodeOpenApiV3 } from '../../kube/machinery/openapi/v3-protobuf.ts';
import { AGGREGATED_HEADER } from '../../wire/openapi.ts';
import type { EdgeRequest, EdgeResponse, Env } from '../env.ts';
import { answerOpenApi } from './openapi.ts';

const builtIn = kinds.filter(({ group }) => group === 'node.k8s.io' || group === '');
const swagger = openApiV2(builtIn, NO_DESCRIPTIONS);
const files: Record<string, string | Uint8Array> = {
  'v2.json': JSON.stringify(swagger),
  'v2.pb': encodeOpenApiV2(swagger),
  'v3.json': JSON.stringify(openApiV3Index(new Map([['apis/node.k8s.io/v1', 'A']]))),
  'v3/apis/node.k8s.io/v1.json': JSON.stringify(openApiV3(builtIn, 'node.k8s.io', 'v1', NO_DESCRIPTIONS)),
  'shared.json': JSON.stringify(collectDefinitions(SHARED_DEFINITIONS, 'v3', NO_DESCRIPTIONS)),
};
const env = {
  ASSETS: {
    fetch: async (url: string) => {
      const file = files[url.slice('http://assets/openapi/'.length)];
      return new Response((file as BodyInit | undefined) ?? null, { status: file === undefined ? 404 : 200 });
    },
  },
} as unknown as Env;

/** The answer of a cluster that has these kinds of its own; `asked` lists the requests to its object. */
async function get(
  own: readonly KindDescriptor[],
  path: string,
  accept?: string,
  more: Record<string, string> = {},
  aggregated?: AggregatedPart,
) {
  const asked: string[] = [];
  const [bare = '', query = ''] = path.split('?');
  const request = new Request(`http://x${bare}`, {
    headers: accept ? { accept, ...more } : more,
  }) as unknown as EdgeRequest;
  const ask = async (part: string) => {
    asked.push(part);
    const document = await customOpenApi(own, part);
    const headers: Record<string, string> = document?.hash === undefined ? {} : { etag: `"${document.hash}"` };
    if (aggregated) headers[AGGREGATED_HEADER] = '1';
    const text = aggregated ? `{"own":${document?.text},"aggregated":[${JSON.stringify(aggregated)}]}` : document?.text;
    const answer = new Response(text ?? 'none', { status: document ? 200 : 404, headers });
    return answer as unknown as EdgeResponse;
  };
  const answer = await answerOpenApi({ request, path: bare, query, env, ask });
  return { answer, asked };
}

const NONE: readonly KindDescriptor[] = [];
const widgets = customKinds(WIDGET_SPEC);
const WIDGET = 'com.example.v1.Widget';

test('a cluster without kinds of its own is answered the files as they are', async () => {
  for (const [path, file] of [
    ['/openapi/v3', 'v3.json'],
    ['/openapi/v2', 'v2.json'],
    ['/openapi/v3/apis/node.k8s.io/v1?hash=A', 'v3/apis/node.k8s.io/v1.json'],
  ] as const) {
    const { answer, asked } = await get(NONE, path);
    expect(await answer.text()).toBe(files[file]);
    expect(asked).toEqual(path.includes('hash=') ? [] : [path]);
  }
  expect((await get(NONE, '/openapi/v3/apis/example.com/v1')).answer.status).toBe(404);
});

test('the index names the documents of both, and a changed kind has another hash', async () => {
  const index = (await (await get(widgets, '/openapi/v3')).answer.json()) as OpenApiV3Index;
  expect(Object.keys(index.paths)).toEqual(['apis/node.k8s.io/v1', 'apis/example.com/v1']);
  const url = index.paths['apis/example.com/v1']?.serverRelativeURL;
  expect(url).toMatch(/^\/openapi\/v3\/apis\/example.com\/v1\?hash=[0-9A-F]{128}$/);
  const changed: CustomKindSpec = { ...WIDGET_SPEC, names: { ...WIDGET_SPEC.names, listKind: 'Widgets' } };
  const again = (await (await get(customKinds(changed), '/openapi/v3')).answer.json()) as OpenApiV3Index;
  expect(again.paths['apis/example.com/v1']?.serverRelativeURL).not.toBe(url);
});

test.each(['/openapi/v2', '/openapi/v3/apis/node.k8s.io/v1', '/openapi/v3/apis/example.com/v1'])(
  'a client that has %s already is told so',
  async (path) => {
    const { answer } = await get(widgets, path);
    const etag = answer.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[0-9A-F]+"$/);
    const again = await get(widgets, path, undefined, { 'if-none-match': etag });
    expect([again.answer.status, again.answer.headers.get('etag')]).toEqual([304, etag]);
    expect((await get(widgets, path, undefined, { 'if-none-match': '"B"' })).answer.status).toBe(200);
  },
);

test('a document of its own describes the kind as its definition does, and holds all that it refers to', async () => {
  const index = (await (await get(widgets, '/openapi/v3')).answer.json()) as OpenApiV3Index;
  const { answer } = await get(widgets, index.paths['apis/example.com/v1']?.serverRelativeURL ?? '');
  expect(answer.headers.get('cache-control')).toBe('public, immutable');
  const stale = await get(widgets, '/openapi/v3/apis/example.com/v1?hash=B');
  const { status, headers } = stale.answer;
  expect([status, headers.get('cache-control'), headers.get('location')]).toEqual([
    301,
    'no-cache, private',
    index.paths['apis/example.com/v1']?.serverRelativeURL,
  ]);
  const document = (await answer.json()) as OpenApiV3;
  const { schemas = {} } = document.components;
  expect(schemas[WIDGET]).toMatchObject({
    properties: {
      metadata: { allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }] },
      spec: { description: 'What the widget shall be.', properties: { size: { type: 'integer', default: 3 } } },
    },
    'x-kubernetes-group-version-kind': [{ group: 'example.com', version: 'v1', kind: 'Widget' }],
  });
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
    ([, name]) => name,
  );
  expect(references.filter((name) => !name || !(name in schemas))).toEqual([]);
  const patch = document.paths['/apis/example.com/v1/namespaces/{namespace}/widgets/{name}']?.patch as {
    requestBody: { content: object };
  };
  expect(Object.keys(patch.requestBody.content)).toEqual([
    'application/json-patch+json',
    'application/merge-patch+json',
    'application/apply-patch+yaml',
  ]);
});

test.each(['/openapi/v3/apis/node.k8s.io/v1', '/openapi/v3/apis/example.com/v1'])(
  '%s is answered in protobuf, with the tag of the same in JSON',
  async (path) => {
    const json = (await get(widgets, path)).answer;
    const { answer } = await get(widgets, path, 'application/com.github.proto-openapi.spec.v3@v1.0+protobuf');
    expect(answer.headers.get('content-type')).toBe('application/com.github.proto-openapi.spec.v3.v1.0+protobuf');
    expect(answer.headers.get('etag')).toBe(json.headers.get('etag'));
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(encodeOpenApiV3((await json.json()) as object));
  },
);

test('version 2 holds both, in JSON and in protobuf', async () => {
  const joined = (await (await get(widgets, '/openapi/v2')).answer.json()) as Swagger;
  expect(Object.keys(joined.paths).length).toBeGreaterThan(Object.keys(swagger.paths).length);
  expect(joined.paths).toMatchObject(swagger.paths);
  expect(joined.definitions).toMatchObject(swagger.definitions);
  expect(joined.definitions[WIDGET]?.properties).toMatchObject({ spec: { properties: { free: {} } } });
  const { answer } = await get(widgets, '/openapi/v2', 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf');
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const first = files['v2.pb'] as Uint8Array;
  expect(bytes.subarray(0, first.length)).toEqual(first);
  expect(new TextDecoder().decode(bytes.subarray(first.length))).toContain(WIDGET);
});

test('a refusal of the object is passed on', async () => {
  const request = new Request('http://x/openapi/v3') as unknown as EdgeRequest;
  const refusal = async () => new Response('no', { status: 403 }) as unknown as EdgeResponse;
  expect((await answerOpenApi({ request, path: '/openapi/v3', query: '', env, ask: refusal })).status).toBe(403);
});

test('an aggregated API is part of version 2, whose definitions of the same name stay the cluster’s', async () => {
  const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
  const ref = (name: string) => ({ $ref: `#/definitions/${name}` });
  const operation = { tags: [], consumes: [], produces: [], schemes: [], parameters: [] } as object;
  const responses = { 200: { description: 'OK', schema: ref('dev.Thing') } };
  const aggregated = {
    paths: { '/apis/back.dev/v1/things': { get: { ...operation, description: 'd', operationId: 'o', responses } } },
    definitions: { 'dev.Thing': { properties: { metadata: ref(meta) } }, [meta]: { type: 'object' } },
  } as unknown as AggregatedPart;
  const { answer } = await get(widgets, '/openapi/v2', undefined, {}, aggregated);
  const { paths, definitions } = (await answer.json()) as Swagger;
  expect(paths['/apis/back.dev/v1/things']?.get?.responses).toEqual(responses);
  expect(Object.keys(paths).length).toBeGreaterThan(Object.keys(swagger.paths).length + 2);
  expect(definitions[meta]).toEqual(swagger.definitions[meta]);
  expect(definitions[`${meta}_v2`]).toEqual({ type: 'object' });
  expect(definitions['dev.Thing']).toEqual({ properties: { metadata: ref(`${meta}_v2`) } });
  expect(definitions[WIDGET]).toBeDefined();
  const asked = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
  const { answer: bytes } = await get(widgets, '/openapi/v2', asked, {}, aggregated);
  const text = new TextDecoder('latin1').decode(await bytes.arrayBuffer());
  expect(text).toContain('/apis/back.dev/v1/things');
  expect(text).toContain(`${meta}_v2`);
});
