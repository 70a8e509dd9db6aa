import { expect, test } from 'vitest';
import { kinds } from '../../kinds/index.ts';
import { NO_DESCRIPTIONS, type OpenApiSchema } from './definitions.ts';
import { openApiV2 } from './v2.ts';
import { encodeOpenApiV2 } from './v2-protobuf.ts';
import { openApiV3, openApiV3Index } from './v3.ts';

interface Document {
  paths: Record<string, Record<string, Patch>>;
  components: { schemas: Record<string, OpenApiSchema> };
}
interface Patch {
  parameters: { name: string }[];
  requestBody: { content: object };
  'x-kubernetes-group-version-kind': { kind: string };
}

test('each patchable kind tells kubectl that it takes fieldValidation and strategic merge patches', () => {
  for (const kind of kinds.filter((each) => each.verbs.includes('patch'))) {
    const document = openApiV3(kinds, kind.group, kind.version, NO_DESCRIPTIONS) as unknown as Document;
    const paths = Object.values(document.paths);
    const patches = paths.flatMap((methods) => methods.patch ?? []);
    const own = patches.find((patch) => patch['x-kubernetes-group-version-kind'].kind === kind.kind);
    expect(own?.parameters.map((parameter) => parameter.name)).toContain('fieldValidation');
    expect(Object.keys(own?.requestBody.content ?? {})).toContain('application/strategic-merge-patch+json');
  }
});

test('a document of a group version holds all that it refers to', () => {
  const document = openApiV3(kinds, 'apps', 'v1', NO_DESCRIPTIONS) as unknown as Document;
  const { schemas } = document.components;
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
    (found) => found[1],
  );
  expect(new Set(references)).toEqual(new Set([...new Set(references)].filter((name) => name && name in schemas)));
  expect(schemas['io.k8s.api.apps.v1.Deployment']?.['x-kubernetes-group-version-kind']).toEqual([
    { group: 'apps', version: 'v1', kind: 'Deployment' },
  ]);
  expect(schemas['io.k8s.api.core.v1.Container']?.properties).toMatchObject({
    ports: {
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
      'x-kubernetes-patch-merge-key': 'containerPort',
      'x-kubernetes-patch-strategy': 'merge',
    },
  });
});

test('version 3 says of a field what it is for, and of its type what that is', () => {
  const descriptions = {
    ofType: (definition: string) => `type ${definition.split('.').at(-1)}`,
    ofField: (_: string, field: string) => `field ${field}`,
    extensionsOf: () => undefined,
    valuesOf: (goType: string) => (goType === 'core.v1.PersistentVolumeAccessMode' ? ['A', 'B'] : undefined),
  };
  const { schemas } = (openApiV3(kinds, 'apps', 'v1', descriptions) as unknown as Document).components;
  const propertyOf = (type: string, field: string) =>
    (schemas[type]?.properties as Record<string, unknown> | undefined)?.[field];
  const intOrString = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
  expect(propertyOf('io.k8s.api.apps.v1.RollingUpdateDeployment', 'maxSurge')).toEqual({
    description: 'field maxSurge',
    allOf: [{ $ref: `#/components/schemas/${intOrString}` }],
  });
  expect(schemas[intOrString]?.description).toBe('type IntOrString');
  expect(propertyOf('io.k8s.api.core.v1.Container', 'resources')).toMatchObject({ default: {} });
  expect(propertyOf('io.k8s.api.core.v1.PersistentVolumeClaimSpec', 'accessModes')).toMatchObject({
    items: { type: 'string', default: '', enum: ['A', 'B'] },
  });
});

test('the index names each document with its hash, beneath /openapi/v3, which clients keep behind a path prefix', () => {
  expect(openApiV3Index(new Map([['apis/apps/v1', 'ABC']]))).toEqual({
    paths: { 'apis/apps/v1': { serverRelativeURL: '/openapi/v3/apis/apps/v1?hash=ABC' } },
  });
});

test('the protobuf form of version 2 begins as openapi.v2.Document does', () => {
  const bytes = encodeOpenApiV2(openApiV2(kinds, NO_DESCRIPTIONS));
  expect([...bytes.subarray(0, 5)]).toEqual([0x0a, 3, 0x32, 0x2e, 0x30]); // swagger: "2.0"
});

test('version 2 has what upstream has beside resources: discovery, watches by path, and all methods of a proxy', () => {
  const { paths } = openApiV2(kinds, NO_DESCRIPTIONS);
  expect(paths['/apis/rbac.authorization.k8s.io/v1/']?.get).toMatchObject({
    operationId: 'getRbacAuthorizationV1APIResources',
    tags: ['rbacAuthorization_v1'],
    responses: { 200: { schema: { $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.APIResourceList' } } },
  });
  expect(paths['/apis/policy/']?.get?.operationId).toBe('getPolicyAPIGroup');
  expect(paths['/openid/v1/jwks/']?.get).not.toHaveProperty('consumes');
  const watched = paths['/api/v1/watch/namespaces/{namespace}/pods/{name}'];
  expect(watched?.get).toMatchObject({ operationId: 'watchCoreV1NamespacedPod', 'x-kubernetes-action': 'watch' });
  expect(paths['/api/v1/watch/pods']?.get?.operationId).toBe('watchCoreV1PodListForAllNamespaces');
  expect(paths['/api/v1/watch/componentstatuses']).toBeUndefined();
  const proxy = paths['/api/v1/nodes/{name}/proxy/{path}'] ?? {};
  expect(Object.keys(proxy)).toEqual(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'parameters']);
  expect(proxy.head).toMatchObject({
    operationId: 'connectCoreV1HeadNodeProxyWithPath',
    description: 'connect HEAD requests to proxy of Node',
  });
});

test('parameters that all operations of a path take stand at the path, and those of many paths are referred to', () => {
  const { paths, parameters = {} } = openApiV2(kinds, NO_DESCRIPTIONS);
  const item = paths['/api/v1/namespaces/{namespace}/configmaps/{name}'];
  const shared = (name: string) => ({ $ref: `#/parameters/${name}` });
  const [namespace, pretty] = ['namespace-vgWSWtn3', 'pretty-tJGM1-ng'];
  expect(item?.parameters).toEqual([
    {
      uniqueItems: true,
      type: 'string',
      description: 'name of the ConfigMap',
      name: 'name',
      in: 'path',
      required: true,
    },
    shared(namespace),
    shared(pretty),
  ]);
  expect(item?.get).not.toHaveProperty('parameters');
  expect(item?.patch?.parameters).toMatchObject([
    shared('body-78PwaGsr'),
    { name: 'dryRun' },
    shared('fieldManager-7c6nTn1T'),
    { name: 'fieldValidation' },
    shared('force-tOGGb0Yi'),
  ]);
  expect(parameters[namespace]).toMatchObject({ name: 'namespace', in: 'path', required: true });
  const used = [...JSON.stringify(paths).matchAll(/"#\/parameters\/([^"]+)"/g)].map(([, name = '']) => name);
  expect([...new Set(used)].sort()).toEqual(Object.keys(parameters));
});

test('answers tell each status and media type, and whether a delete answers the object', () => {
  const { paths } = openApiV2(kinds, NO_DESCRIPTIONS);
  const of = (plural: string) => paths[`/api/v1/namespaces/{namespace}/${plural}/{name}`]?.delete?.responses[202];
  expect([of('pods')?.schema?.$ref, of('configmaps')?.schema?.$ref]).toEqual([
    '#/definitions/io.k8s.api.core.v1.Pod',
    '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Status',
  ]);
  const { post, get } = paths['/api/v1/namespaces'] ?? {};
  expect(Object.keys(post?.responses ?? {})).toEqual(['200', '201', '202', '401']);
  expect(get?.produces).toContain('application/vnd.kubernetes.protobuf;stream=watch');
  expect(paths['/api/v1/namespaces/{namespace}/pods/{name}/log']?.get?.produces[0]).toBe('text/plain');
});

test('the protobuf form has the limits that a definition of a custom kind sets', () => {
  const encode = (schema: OpenApiSchema) => encodeOpenApiV2({ paths: {}, definitions: { A: schema } }).length;
  const bare = encode({ type: 'string' });
  expect(encode({ type: 'string', maxLength: 3 }) - bare).toBe(2);
  expect(encode({ type: 'string', pattern: 'abc', title: 't' }) - bare).toBe(5 + 3);
  expect(encode({ type: 'string', minimum: 1 }) - bare).toBe(9);
  expect(encode({ type: 'string', additionalProperties: true }) - bare).toBe(2 + 2 + 1);
});
