import { expect, test } from 'vitest';
import { errorText } from '../../../machinery/field-error.ts';
import type { StructuralSchema } from '../../../machinery/structural/schema.ts';
import { applyDefaults } from '../defaults.ts';
import type { CustomResourceDefinition, DefinitionSpec } from '../types.ts';
import { validateDefinition, validateDefinitionUpdate } from './definition.ts';

const schema: StructuralSchema = {
  type: 'object',
  properties: { spec: { type: 'object', properties: { a: { type: 'string' } } } },
};

function definition(change: Partial<DefinitionSpec> = {}, status = {}): CustomResourceDefinition {
  const made: CustomResourceDefinition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      ...change,
    },
    status,
  };
  applyDefaults(made);
  return made;
}

const [v1] = definition().spec.versions as [DefinitionSpec['versions'][number]];
const withSchema = (openAPIV3Schema: StructuralSchema) => ({ versions: [{ ...v1, schema: { openAPIV3Schema } }] });
const specOf = (properties: Record<string, StructuralSchema>) => withSchema({ type: 'object', properties });

test('a plain definition is valid', () => {
  expect(validateDefinition(definition())).toEqual([]);
});

const SCHEMA = 'spec.validation.openAPIV3Schema';

// Each text is what kube-apiserver 1.36 says.
test.each<[string, Partial<DefinitionSpec>, string[]]>([
  [
    'a group without a dot',
    { group: 'example' },
    [
      'metadata.name: Invalid value: "widgets.example.com": must be spec.names.plural+"."+spec.group',
      'spec.group: Invalid value: "example": should be a domain with at least one dot',
    ],
  ],
  [
    'no storage version',
    { versions: [{ ...v1, storage: false }] },
    [
      'spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}]: must have exactly one version marked as storage version',
      'status.storedVersions: Invalid value: null: must have at least one stored version',
    ],
  ],
  [
    'a storage version that is there twice',
    { versions: [v1, v1] },
    [
      expect.stringMatching(/^spec\.versions: .*: must contain unique version names$/),
      expect.stringMatching(/^spec\.versions: .*: must have exactly one version marked as storage version$/),
      'status.storedVersions: Invalid value: ["v1"]: must have the storage version v1',
    ],
  ],
  ...([[], null] as const).map((versions): [string, Partial<DefinitionSpec>, string[]] => [
    `versions that are ${JSON.stringify(versions)}`,
    { versions: versions ?? (undefined as never) },
    [
      `spec.versions: Invalid value: ${JSON.stringify(versions)}: must have exactly one version marked as storage version`,
      'status.storedVersions: Invalid value: null: must have at least one stored version',
    ],
  ]),
  [
    'a list kind that is the kind',
    { names: { plural: 'widgets', kind: 'Widget', listKind: 'Widget' } },
    ['spec.names.listKind: Invalid value: "Widget": kind and listKind may not be the same'],
  ],
  [
    'defaults in metadata',
    specOf({ metadata: { type: 'object', properties: { name: { type: 'string', default: 'x' } } } }),
    [
      'spec.validation.openAPIV3Schema.properties[metadata].properties[name].default: Forbidden: must not be set in top-level metadata',
    ],
  ],
  [
    'unique items',
    specOf({ a: { type: 'array', items: { type: 'string' }, uniqueItems: true } }),
    [
      'spec.validation.openAPIV3Schema.properties[a].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
    ],
  ],
  [
    'a map list whose key may be left out',
    specOf({
      a: {
        type: 'array',
        items: { type: 'object', properties: { name: { type: 'string' } } },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
      },
    }),
    [
      'spec.validation.openAPIV3Schema.properties[a].items.properties[name].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
    ],
  ],
  [
    'a webhook without an address',
    { conversion: { strategy: 'Webhook' } },
    [
      'spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook',
      'spec.conversion.conversionReviewVersions: Required value',
    ],
  ],
  [
    'a column of another type',
    { versions: [{ ...v1, additionalPrinterColumns: [{ name: 'A', type: 'text', jsonPath: 'a' }] }] },
    [
      'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
      'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "a": must be a simple json path starting with .',
    ],
  ],
  [
    'a selectable field that is none',
    { versions: [{ ...v1, selectableFields: [{ jsonPath: '.spec' }, { jsonPath: '.spec.b' }] }] },
    [
      'spec.selectableFields[0].jsonPath: Invalid value: ".spec": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
      'spec.selectableFields[1].jsonPath: Invalid value: ".spec.b": is an invalid path: does not refer to a valid field',
    ],
  ],
  [
    'a group of the community',
    { group: 'x.k8s.io' },
    [
      'metadata.name: Invalid value: "widgets.example.com": must be spec.names.plural+"."+spec.group',
      'metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
    ],
  ],
  [
    'parts of a schema that are not supported, and wrong within',
    withSchema({
      type: 'object',
      definitions: { a: { type: 'x', definitions: { b: { id: 'c' } } } },
    } as StructuralSchema),
    [
      `${SCHEMA}.definitions: Forbidden: definitions is not supported`,
      `${SCHEMA}.definitions[a].type: Unsupported value: "x": supported values: "array", "boolean", "integer", "number", "object", "string"`,
      `${SCHEMA}.definitions[a].definitions: Forbidden: definitions is not supported`,
      `${SCHEMA}.definitions[a].definitions[b].id: Forbidden: id is not supported`,
    ],
  ],
  [
    'empty texts in a part that judges only',
    withSchema({ type: 'object', not: { $ref: '', 'x-kubernetes-list-type': '' } } as StructuralSchema),
    [
      `${SCHEMA}.not.x-kubernetes-list-type: Forbidden: must be undefined to be structural`,
      `${SCHEMA}.not.$ref: Forbidden: $ref is not supported`,
      `${SCHEMA}.not.type: Required value: must be array if x-kubernetes-list-type is specified`,
      `${SCHEMA}.not.x-kubernetes-list-type: Unsupported value: "": supported values: "atomic", "set", "map"`,
    ],
  ],
])('a definition with %s', (_, change, texts) => {
  expect(validateDefinition(definition(change)).map(errorText)).toEqual(texts);
});

test('an established definition keeps its scope and kind, and versions that objects are stored in', () => {
  const established = { conditions: [{ type: 'Established', status: 'True' }], storedVersions: ['v1'] };
  const next = definition(
    { scope: 'Cluster', versions: [{ ...v1, name: 'v2' }] },
    { ...established, storedVersions: ['v1', 'v2'] },
  );
  expect(validateDefinitionUpdate(next, definition({}, established)).map(errorText)).toEqual([
    'spec.scope: Invalid value: "Cluster": field is immutable',
    'status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions',
  ]);
});

test('a schema that nests deep, or is wide, is judged', () => {
  let deep: StructuralSchema = { type: 'string' };
  for (let depth = 0; depth < 500; depth++) deep = { type: 'object', properties: { a: deep } };
  const wide = Object.fromEntries(
    Array.from({ length: 5000 }, (_, at) => [`f${at}`, { type: 'string', enum: [`${at}`] }]),
  );
  expect(validateDefinition(definition(specOf({ deep, ...wide })))).toEqual([]);
});

test('a name that is generated is judged as names are', () => {
  const given = { ...definition(), metadata: { ...definition().metadata, generateName: 'a' } };
  expect(validateDefinition(given).map(errorText)).toEqual([
    'metadata.generateName: Invalid value: "a": must be spec.names.plural+"."+spec.group',
  ]);
});
