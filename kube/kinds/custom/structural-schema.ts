/**
 * The structural schema of a custom resource as the schema that the machinery reads: for managed fields, apply and
 * patches (apiextensions `pkg/controller/openapi/builder`, structured-merge-diff's `schemaconv`).
 */
import { schemaOf } from '../../machinery/schema/resolve.ts';
import type { FieldSchema, Schema, StructSchema } from '../../machinery/schema/schema.ts';
import { additionalSchema, defaultOf, type StructuralSchema } from '../../machinery/structural/schema.ts';

export type { StructuralSchema } from '../../machinery/structural/schema.ts';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const ANY: Schema = { type: 'any' };
const TEXT: Schema = { type: 'string' };

/** `name`: of the OpenAPI definition, as `com.example.v1.Widget`. */
export function rootSchema(schema: StructuralSchema, name: string): StructSchema {
  const root = new CustomStruct(schema, name, true);
  return root;
}

/** Its fields are made when they are first read. */
class CustomStruct implements StructSchema {
  readonly type = 'struct';
  readonly structural = true;
  readonly name: string;
  readonly atomic: boolean;
  readonly preservesUnknown: boolean;
  readonly #schema: StructuralSchema;
  readonly #isResource: boolean;
  #fields: ReadonlyMap<string, FieldSchema> | undefined;

  constructor(schema: StructuralSchema, name: string, isResource: boolean) {
    this.#schema = schema;
    this.#isResource = isResource;
    this.name = name;
    this.atomic = schema['x-kubernetes-map-type'] === 'atomic';
    this.preservesUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true;
  }

  get fields(): ReadonlyMap<string, FieldSchema> {
    this.#fields ??= this.#make();
    return this.#fields;
  }

  #make(): ReadonlyMap<string, FieldSchema> {
    const { properties = {} } = this.#schema;
    const required = new Set(this.#schema.required);
    const fields = new Map<string, FieldSchema>();
    for (const [field, schema] of Object.entries(properties)) {
      const preset = defaultOf(schema);
      fields.set(field, {
        schema: convert(schema, `${this.name}${capital(field)}`),
        ...(required.has(field) && { required: true }),
        ...(preset !== undefined && { default: preset }),
      });
    }
    if (!this.#isResource) return fields;
    for (const field of ['apiVersion', 'kind']) fields.set(field, { schema: TEXT });
    return fields.set('metadata', { schema: schemaOf(OBJECT_META), always: true });
  }
}

function convert(schema: StructuralSchema, name: string): Schema {
  if (schema['x-kubernetes-int-or-string']) return { type: 'int-or-string' };
  const { type, format, items, additionalProperties } = schema;
  switch (type) {
    case 'array':
      if (!items) return ANY;
      return {
        type: 'list',
        items: convert(items, name),
        listType: listTypeOf(schema, items),
        keys: schema['x-kubernetes-list-map-keys'],
      };
    case 'string':
    case 'boolean':
    case 'integer':
    case 'number':
      return { type, ...(format && { format }) };
    case undefined:
    case '':
    case 'object': {
      const isEmbedded = schema['x-kubernetes-embedded-resource'] === true;
      if (additionalProperties !== undefined && !propertiesOf(schema)) {
        const inner = additionalSchema(schema);
        const values = inner ? convert(inner, name) : ANY;
        return { type: 'map', values, ...(schema['x-kubernetes-map-type'] === 'atomic' && { atomic: true }) };
      }
      if (!propertiesOf(schema) && !isEmbedded && type !== 'object') return ANY;
      // Type and metadata of an embedded resource are those of all objects, whatever the schema says of them.
      return new CustomStruct(schema, name, isEmbedded);
    }
    default:
      return ANY;
  }
}

function propertiesOf({ properties }: StructuralSchema): boolean {
  return properties !== undefined && Object.keys(properties).length > 0;
}

/** A list of type map without keys that can be told is one owner's as a whole. */
function listTypeOf(schema: StructuralSchema, items: StructuralSchema): 'atomic' | 'set' | 'map' {
  const type = schema['x-kubernetes-list-type'];
  if (type === 'map') return items.type === 'object' ? 'map' : 'atomic';
  return type === 'set' ? 'set' : 'atomic';
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
