/**
 * The part of the OpenAPI documents that a cluster adds to the built-in one: its custom kinds (apiextensions
 * `pkg/controller/openapi/builder`). It holds the definitions of those kinds alone; the built-in ones that they refer
 * to ({@link SHARED_DEFINITIONS}) stand in the static documents.
 */

import type { KindDescriptor } from '../../kinds/define.ts';
import { META_V1 } from '../schema/type-names.ts';
import { isIntOrString } from '../structural/rules.ts';
import type { StructuralSchema } from '../structural/schema.ts';
import { type Dialect, type OpenApiSchema, REF_PREFIX } from './definitions.ts';
import { listDefinition } from './operations.ts';

/** Definitions that operations and definitions of custom kinds refer to. */
export const SHARED_DEFINITIONS: readonly string[] = [
  `${META_V1}.ObjectMeta`,
  `${META_V1}.ListMeta`,
  `${META_V1}.DeleteOptions`,
  `${META_V1}.Patch`,
  `${META_V1}.Status`,
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
const EMBEDDED_TYPE_FIELDS: Record<string, OpenApiSchema> = {
  apiVersion: {
    type: 'string',
    description: `apiVersion defines the versioned schema of this representation of an object. More info: ${CONVENTIONS}#resources`,
  },
  kind: {
    type: 'string',
    description: `kind is a string value representing the type of this object. In CamelCase. More info: ${CONVENTIONS}#types-kinds`,
  },
};
const OBJECT_META = `Standard object's metadata. More info: ${CONVENTIONS}#metadata`;
const LIST_META = `Standard list metadata. More info: ${CONVENTIONS}#types-kinds`;

/** The definitions of a kind and of its list, by name. */
export function definitionsOf(kind: KindDescriptor, dialect: Dialect): [string, OpenApiSchema][] {
  const name = kind.custom?.definition ?? kind.kind;
  const { group, version, listKind, custom } = kind;
  const schema = custom?.publishedSchema() ?? {};
  const gvk = (of: string) => ({ 'x-kubernetes-group-version-kind': [{ group, version, kind: of }] });
  // Where unknown fields are kept, kubectl would take every unnamed field for unknown.
  const isOpen = dialect === 'v2' && (custom?.preservesAll || schema['x-kubernetes-preserve-unknown-fields']);
  const selectable = Object.keys(kind.selectableFields).map((fieldPath) => ({ fieldPath }));
  const fields = selectable.length > 0 && { 'x-kubernetes-selectable-fields': selectable };
  const own = {
    ...(isOpen ? { type: 'object' } : withMetadata(published(schema, dialect), TYPE_FIELDS, dialect)),
    ...gvk(kind.kind),
    ...fields,
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
      metadata: reference(`${META_V1}.ListMeta`, LIST_META, dialect),
    },
    ...gvk(listKind),
    ...fields,
  };
  return [
    [name, own],
    [listDefinition(kind, name), list],
  ];
}

function reference(name: string, description: string, dialect: Dialect): OpenApiSchema {
  const $ref = REF_PREFIX[dialect] + name;
  return dialect === 'v2' ? { description, $ref } : { description, allOf: [{ $ref }] };
}

function withMetadata(schema: OpenApiSchema, types: object, dialect: Dialect): OpenApiSchema {
  const metadata = reference(`${META_V1}.ObjectMeta`, OBJECT_META, dialect);
  return { ...schema, type: 'object', properties: { ...(schema.properties as object), ...types, metadata } };
}

/**
 * The schema as it is published: embedded resources have their type and metadata, and version 2 what it has words for.
 */
function published(schema: StructuralSchema, dialect: Dialect): OpenApiSchema {
  const own = dialect === 'v2' ? forVersion2(schema) : unfolded(schema);
  const result: OpenApiSchema = Object.fromEntries(Object.entries(own).filter(([name, value]) => isSaid(name, value)));
  if (result.properties && own.properties) {
    result.properties = Object.fromEntries(
      Object.entries(own.properties).map(([name, inner]) => [name, published(inner, dialect)]),
    );
  }
  if (own.items) result.items = published(own.items, dialect);
  if (typeof own.additionalProperties === 'object') {
    result.additionalProperties = published(own.additionalProperties, dialect);
  }
  const isOpen = dialect === 'v2' && schema['x-kubernetes-preserve-unknown-fields'];
  if (!schema['x-kubernetes-embedded-resource'] || isOpen) return result;
  const required = [...new Set([...(schema.required ?? []), 'kind', 'apiVersion'])];
  return { ...withMetadata(result, EMBEDDED_TYPE_FIELDS, dialect), required };
}

/** Go leaves out what is empty; a default and an example may be. */
function isSaid(keyword: string, value: unknown): boolean {
  if (value === null || value === '') return keyword === 'default' && value === '';
  if (keyword === 'default' || keyword === 'example' || keyword === 'additionalProperties') return true;
  return value !== false && (typeof value !== 'object' || Object.keys(value).length > 0 || keyword === 'items');
}

const EITHER_TYPE: readonly StructuralSchema[] = [{ type: 'integer' }, { type: 'string' }];

/** An int-or-string says that it is one in other keywords, too (apiextensions `pkg/apiserver/schema/unfold.go`). */
function unfolded(schema: StructuralSchema): StructuralSchema {
  const { anyOf, allOf = [] } = schema;
  if (!schema['x-kubernetes-int-or-string'] || isIntOrString(schema) || (allOf[0] && isIntOrString(allOf[0]))) {
    return schema;
  }
  return anyOf ? { ...schema, allOf: [{ anyOf: EITHER_TYPE }, ...allOf] } : { ...schema, anyOf: EITHER_TYPE };
}

/** The schema in keywords that kubectl can read (apiextensions `pkg/controller/openapi/v2/conversion.go`). */
function forVersion2(schema: StructuralSchema): StructuralSchema {
  const { oneOf: _, anyOf: __, allOf: ___, not: ____, default: _____, nullable, ...kept } = schema;
  const result: StructuralSchema = { ...kept };
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (nullable || isOpen) {
    delete result.items;
    delete result.properties;
  }
  const isBare = result.type === 'array' && !result.items;
  if (nullable || isBare || (isOpen && result.type === 'object')) delete result.type;
  const { properties = {}, additionalProperties } = result;
  const required = (result.required ?? []).filter((name) => !properties[name]?.nullable);
  const isAnyNull = typeof additionalProperties === 'object' && additionalProperties.nullable;
  if (required.length === 0 || isAnyNull) delete result.required;
  else result.required = required;
  return result;
}
