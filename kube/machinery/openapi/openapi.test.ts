import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { kinds } from '../../kinds/index.ts';
import { NO_DESCRIPTIONS, type OpenApiSchema } from './definitions.ts';
import { INFO } from './document.ts';
import { openApiV2, type Swagger } from './v2.ts';
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
    const document = openApiV3(kinds, kind.group, kind.version, INFO, NO_DESCRIPTIONS) as Document;
    const paths = Object.values(document.paths);
    const patches = paths.flatMap((methods) => methods.patch ?? []);
    const own = patches.find((patch) => patch['x-kubernetes-group-version-kind'].kind === kind.kind);
    expect(own?.parameters.map((parameter) => parameter.name)).toContain('fieldValidation');
    expect(Object.keys(own?.requestBody.content ?? {})).toContain('application/strategic-merge-patch+json');
  }
});

test('a document of a group version holds all that it refers to', () => {
  const document = openApiV3(kinds, 'apps', 'v1', INFO, NO_DESCRIPTIONS) as Document;
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
    valuesOf: (goType: string) => (goType === 'core.v1.PersistentVolumeAccessMode' ? ['A', 'B'] : undefined),
  };
  const { schemas } = (openApiV3(kinds, 'apps', 'v1', INFO, descriptions) as Document).components;
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
  const bytes = encodeOpenApiV2(openApiV2(kinds, INFO, NO_DESCRIPTIONS));
  expect([...bytes.subarray(0, 5)]).toEqual([0x0a, 3, 0x32, 0x2e, 0x30]); // swagger: "2.0"
});

const swaggerFile = process.env.ISLET_SWAGGER;

test.skipIf(!swaggerFile)('operations and definitions are as in the document that ISLET_SWAGGER names', () => {
  const bytes = readFileSync(swaggerFile ?? '');
  const published = JSON.parse((swaggerFile?.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()) as Swagger;
  const ours = openApiV2(kinds, INFO, NO_DESCRIPTIONS);
  const differences: string[] = [];
  for (const [name, definition] of Object.entries(ours.definitions)) {
    // DeleteOptions names group versions that are not served here; JSONSchemaProps has any JSON where it has unions.
    if (/\.(DeleteOptions|JSONSchemaProps)$/.test(name)) continue;
    const expected = facts(published.definitions[name]);
    if (JSON.stringify(expected) !== JSON.stringify(facts(definition))) differences.push(name);
  }
  for (const [path, methods] of Object.entries(ours.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const expected = published.paths[path]?.[method];
      if (!expected) differences.push(`${method} ${path}`);
      else if (JSON.stringify(essence(expected)) !== JSON.stringify(essence(operation))) {
        differences.push(
          `${method} ${path}: ${JSON.stringify(essence(expected))} ${JSON.stringify(essence(operation))}`,
        );
      }
    }
  }
  expect(differences).toEqual([]);
});

function essence(operation: Swagger['paths'][string][string]): unknown {
  return [
    operation.operationId,
    operation['x-kubernetes-action'],
    sorted(operation['x-kubernetes-group-version-kind']),
  ];
}

/** Without descriptions, defaults (which that document leaves out), unions, and list types that are so anyhow. */
function facts(schema: unknown): unknown {
  const left = (key: string, value: unknown): boolean =>
    (key === 'description' && typeof value === 'string') ||
    (key === 'x-kubernetes-list-type' && value === 'atomic') ||
    (key === 'x-kubernetes-map-type' && value === 'granular') ||
    key === 'default' ||
    key === 'x-kubernetes-unions';
  if (Array.isArray(schema)) return schema.map(facts).sort();
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(([key, value]) => !left(key, value));
  return sorted(Object.fromEntries(kept.map(([key, value]) => [key, facts(value)])));
}

function sorted(object: object): object {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
