import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { definitionNames, kindSchema, schemaOf } from './resolve.ts';
import type { FieldSchema, Schema } from './schema.ts';

test('a kind resolves to its struct, field by field, with what patches and lists need', () => {
  const deployment = kindSchema('apps', 'v1', 'Deployment');
  expect([...(deployment?.fields.keys() ?? [])]).toEqual(['kind', 'apiVersion', 'metadata', 'spec', 'status']);
  const ports = schemaOf('io.k8s.api.core.v1.Container').fields.get('ports');
  expect(ports).toMatchObject({
    number: 6,
    patchStrategy: ['merge'],
    patchMergeKey: 'containerPort',
    schema: { type: 'list', listType: 'map', keys: ['containerPort', 'protocol'] },
  });
  expect(schemaOf('io.k8s.api.core.v1.ContainerPort').fields.get('protocol')?.default).toBe('TCP');
  expect(schemaOf('io.k8s.api.core.v1.Volume').fields.get('hostPath')).toMatchObject({
    number: 1,
    within: [2],
    inlinedFrom: ['VolumeSource'],
  });
});

test('a field may say otherwise than its type whether it is atomic', () => {
  const atomic = (type: string, field: string): unknown => {
    const schema = schemaOf(`io.k8s.api.core.v1.${type}`).fields.get(field)?.schema;
    return schema?.type === 'struct' && [schema.name, schema.atomic];
  };
  expect(atomic('PersistentVolumeSpec', 'claimRef')).toEqual(['io.k8s.api.core.v1.ObjectReference', false]);
  expect(atomic('Event', 'involvedObject')).toEqual(['io.k8s.api.core.v1.ObjectReference', true]);
});

test('a type that is no kind has no kind schema', () => {
  expect(kindSchema('apps', 'v1', 'DeploymentSpec')).toBeUndefined();
  expect(kindSchema('example.com', 'v1', 'Widget')).toBeUndefined();
});

const swaggerFile = process.env.ISLET_SWAGGER;

test.skipIf(!swaggerFile)('every type is as in the published OpenAPI document that ISLET_SWAGGER names', () => {
  const bytes = readFileSync(swaggerFile ?? '');
  const text = swaggerFile?.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString();
  const { definitions } = JSON.parse(text) as { definitions: Record<string, Definition> };
  const ours = new Set(definitionNames());
  const differences: string[] = [];
  for (const [name, definition] of Object.entries(definitions)) {
    if (!definition.properties) continue;
    if (!ours.has(name)) differences.push(`${name} is missing`);
    else differences.push(...compare(name, definition));
  }
  expect(differences).toEqual([]);
});

if (!swaggerFile) test.skip('(not compared: ISLET_SWAGGER names no OpenAPI document of Kubernetes)', () => {});

interface Property {
  type?: string;
  format?: string;
  $ref?: string;
  items?: Property;
  additionalProperties?: Property;
  [extension: `x-kubernetes-${string}`]: unknown;
}
interface Definition extends Property {
  properties?: Record<string, Property>;
  required?: string[];
}

function compare(name: string, definition: Definition): string[] {
  const schema = schemaOf(name);
  const found: string[] = [];
  const say = (what: string, expected: unknown, got: unknown): void => {
    if (JSON.stringify(expected) !== JSON.stringify(got)) {
      found.push(`${name}${what}: published ${JSON.stringify(expected)}, ours ${JSON.stringify(got)}`);
    }
  };
  say(' fields', Object.keys(definition.properties ?? {}).sort(), [...schema.fields.keys()].sort());
  say(' atomic', definition['x-kubernetes-map-type'] === 'atomic', schema.atomic ?? false);
  const required = [...schema.fields].filter(([, field]) => field.required).map(([field]) => field);
  say(' required', definition.required?.toSorted() ?? [], required.sort());
  for (const [fieldName, property] of Object.entries(definition.properties ?? {})) {
    const field = schema.fields.get(fieldName);
    if (!field) continue;
    say(`.${fieldName}`, describeProperty(property), describeSchema(field.schema));
    say(`.${fieldName} patch`, patchOf(property), [field.patchStrategy?.join(',') ?? '', field.patchMergeKey ?? '']);
    if (property.format !== 'byte') say(`.${fieldName} list`, listOf(property), listOfField(field));
  }
  return found;
}

function describeProperty(property: Property): string {
  if (property.$ref) return REFERENCES[property.$ref.split('/').at(-1) ?? ''] ?? property.$ref.split('/').at(-1) ?? '';
  if (property.type === 'array') return `[]${describeProperty(property.items ?? {})}`;
  if (property.additionalProperties) return `map of ${describeProperty(property.additionalProperties)}`;
  return [property.type, property.format].filter(Boolean).join(' ');
}

const REFERENCES: Record<string, string> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time date-time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'micro-time date-time',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'int-or-string int-or-string',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'any',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray': 'any',
};

function describeSchema(schema: Schema): string {
  if (schema.type === 'struct') return schema.name;
  if (schema.type === 'list') return `[]${describeSchema(schema.items)}`;
  if (schema.type === 'map') return `map of ${describeSchema(schema.values)}`;
  if (schema.type === 'any') return 'any';
  if (schema.type === 'bytes') return 'string byte';
  return [schema.type, schema.format].filter(Boolean).join(' ');
}

const patchOf = (property: Property): unknown[] => [
  property['x-kubernetes-patch-strategy'] ?? '',
  property['x-kubernetes-patch-merge-key'] ?? '',
];
const listOf = (property: Property): unknown[] => [
  property['x-kubernetes-list-type'] ?? (property.type === 'array' ? 'atomic' : ''),
  property['x-kubernetes-list-map-keys'] ?? [],
  property['x-kubernetes-map-type'] === 'atomic',
];
function listOfField({ schema }: FieldSchema): unknown[] {
  if (schema.type === 'list') return [schema.listType, schema.keys ?? [], false];
  return ['', [], schema.type === 'map' && schema.atomic === true];
}
