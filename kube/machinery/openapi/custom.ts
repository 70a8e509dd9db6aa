/**
 * The part of the OpenAPI documents that a cluster adds to the built-in one: its custom kinds (apiextensions
 * `pkg/controller/openapi/builder`). It holds the definitions of those kinds alone; the built-in ones that they refer
 * to ({@link SHARED_DEFINITIONS}) stand in the static documents.
 */
import type { KindDescriptor } from '../../kinds/define.ts';
import { type Dialect, type OpenApiSchema, REF_PREFIX } from './definitions.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** Definitions that operations and definitions of custom kinds refer to. */
export const SHARED_DEFINITIONS: readonly string[] = [
  `${META}.ObjectMeta`,
  `${META}.ListMeta`,
  `${META}.DeleteOptions`,
  `${META}.Patch`,
  `${META}.Status`,
  'io.k8s.api.autoscaling.v1.Scale',
];

const CONVENTIONS = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';
const TYPE_FIELDS: Record<string, OpenApiSchema> = {
  apiVersion: {
    type: 'string',
    description: `APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: ${CONVENTIONS}#resources`,
  },
  kind: {
    type: 'string',
    description: `Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: ${CONVENTIONS}#types-kinds`,
  },
};
const OBJECT_META = `Standard object's metadata. More info: ${CONVENTIONS}#metadata`;
const LIST_META = `Standard list metadata. More info: ${CONVENTIONS}#types-kinds`;

/** The definitions of each kind and of its list, by name. */
export function customDefinitions(kinds: readonly KindDescriptor[], dialect: Dialect): Record<string, OpenApiSchema> {
  return Object.fromEntries(kinds.flatMap((kind) => definitionsOf(kind, dialect)));
}

function definitionsOf(kind: KindDescriptor, dialect: Dialect): [string, OpenApiSchema][] {
  const name = kind.schema.type === 'struct' ? kind.schema.name : kind.kind;
  const source = translate(kind.custom?.openAPISchema ?? {}, dialect);
  const metadata = reference(`${META}.ObjectMeta`, OBJECT_META, dialect);
  const { group, version, listKind } = kind;
  const gvk = (of: string) => ({ 'x-kubernetes-group-version-kind': [{ group, version, kind: of }] });
  // Where unknown fields are kept, clients of version 2 would take every unnamed field for unknown.
  const isOpen =
    dialect === 'v2' &&
    (kind.custom?.preservesAll || kind.custom?.openAPISchema['x-kubernetes-preserve-unknown-fields']);
  const own = {
    ...source,
    type: 'object',
    ...(!isOpen && { properties: { ...(source.properties as object), ...TYPE_FIELDS, metadata } }),
    ...gvk(kind.kind),
  };
  const list = {
    type: 'object',
    description: `${listKind} is a list of ${kind.kind}`,
    required: ['items'],
    properties: {
      ...TYPE_FIELDS,
      items: {
        type: 'array',
        description: `List of ${kind.plural}. More info: ${CONVENTIONS}`,
        items: { $ref: REF_PREFIX[dialect] + name },
      },
      metadata: reference(`${META}.ListMeta`, LIST_META, dialect),
    },
    ...gvk(listKind),
  };
  return [
    [name, own],
    [`${name}List`, list],
  ];
}

function reference(name: string, description: string, dialect: Dialect): OpenApiSchema {
  const $ref = REF_PREFIX[dialect] + name;
  return dialect === 'v2' ? { description, $ref } : { description, allOf: [{ $ref }] };
}

/** Version 2 has no words for some of it, and clients would take fields for unknown that are kept. */
function translate(schema: Readonly<Record<string, unknown>>, dialect: Dialect): OpenApiSchema {
  if (dialect === 'v3') return { ...schema };
  const { nullable, oneOf: _, anyOf: __, allOf: ___, not: ____, ...kept } = schema;
  const result: OpenApiSchema = { ...kept };
  if (nullable || schema['x-kubernetes-preserve-unknown-fields']) {
    for (const keyword of ['type', 'properties', 'items', 'additionalProperties']) delete result[keyword];
    return result;
  }
  if (typeof result.properties === 'object' && result.properties !== null) {
    result.properties = Object.fromEntries(
      Object.entries(result.properties).map(([name, inner]) => [name, translate(inner as OpenApiSchema, dialect)]),
    );
  }
  for (const keyword of ['items', 'additionalProperties']) {
    const inner = result[keyword];
    if (typeof inner === 'object' && inner !== null) result[keyword] = translate(inner as OpenApiSchema, dialect);
  }
  return result;
}
