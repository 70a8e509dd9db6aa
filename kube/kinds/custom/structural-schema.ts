/**
 * The structural schema of a custom resource (`openAPIV3Schema` of a CustomResourceDefinition) as the schema that the
 * machinery reads (apiextensions `pkg/apiserver/schema`). A keyword that would be promised and not kept is an error.
 */
import { schemaOf } from '../../machinery/schema/resolve.ts';
import type { FieldSchema, Schema, StructSchema } from '../../machinery/schema/schema.ts';

export interface StructuralSchema {
  type?: string;
  format?: string;
  description?: string;
  properties?: Readonly<Record<string, StructuralSchema>>;
  additionalProperties?: boolean | StructuralSchema;
  items?: StructuralSchema;
  required?: readonly string[];
  default?: unknown;
  [keyword: string]: unknown;
}

const KEYWORDS = new Set([
  'type',
  'format',
  'description',
  'title',
  'example',
  'externalDocs',
  'properties',
  'additionalProperties',
  'items',
  'required',
  'default',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
]);
const SCALARS: ReadonlySet<string> = new Set(['string', 'boolean', 'integer', 'number']);
const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** `name`: of the OpenAPI definition, as `com.example.v1.Widget`. Throws an Error that names what is not supported. */
export function rootSchema(schema: StructuralSchema, name: string): StructSchema {
  const root = convert(schema, name, '');
  const fields: ReadonlyMap<string, FieldSchema> = root.type === 'struct' ? root.fields : new Map();
  if (root.type !== 'struct' && root.type !== 'any') throw new Error(`the schema of ${name} is not of type object`);
  return {
    type: 'struct',
    name,
    structural: true,
    preservesUnknown: root.type === 'any' || root.preservesUnknown,
    fields: new Map<string, FieldSchema>([
      ...fields,
      ['apiVersion', { schema: { type: 'string' } }],
      ['kind', { schema: { type: 'string' } }],
      ['metadata', { schema: schemaOf(OBJECT_META), always: true }],
    ]),
  };
}

function convert(schema: StructuralSchema, name: string, path: string): Schema {
  const unknown = Object.keys(schema).find((keyword) => !KEYWORDS.has(keyword));
  if (unknown) throw new Error(`${path || '(root)'}: the schema keyword ${unknown} is not supported yet`);
  const { type, format, properties, additionalProperties, items, required = [] } = schema;
  if (schema['x-kubernetes-int-or-string']) return { type: 'int-or-string' };
  const preservesUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const atomic = schema['x-kubernetes-map-type'] === 'atomic';
  if (type === undefined || type === 'object') {
    if (additionalProperties) {
      const values = additionalProperties === true ? ANY : convert(additionalProperties, name, `${path}.*`);
      return { type: 'map', values, ...(atomic && { atomic }) };
    }
    if (preservesUnknown && !properties) return ANY;
    const fields = Object.entries(properties ?? {}).map(([field, inner]): [string, FieldSchema] => [
      field,
      {
        schema: convert(inner, `${name}${capital(field)}`, path === '' ? field : `${path}.${field}`),
        ...(required.includes(field) && { required: true }),
        ...(inner.default !== undefined && { default: inner.default }),
      },
    ]);
    return {
      type: 'struct',
      name,
      structural: true,
      preservesUnknown,
      fields: new Map(fields),
      ...(atomic && { atomic }),
    };
  }
  if (type === 'array') {
    if (!items) throw new Error(`${path}: the schema of an array has no items`);
    return {
      type: 'list',
      items: convert(items, name, `${path}[]`),
      listType: (schema['x-kubernetes-list-type'] as 'atomic' | undefined) ?? 'atomic',
      keys: schema['x-kubernetes-list-map-keys'] as string[] | undefined,
    };
  }
  if (!SCALARS.has(type)) throw new Error(`${path}: the type ${type} is not supported`);
  return { type: type as 'string', ...(format && { format }) };
}

const ANY: Schema = { type: 'any' };

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
