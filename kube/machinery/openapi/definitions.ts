/**
 * Our schemas as OpenAPI schemas, in both dialects: version 2 (`definitions`, references beside a description) and
 * version 3 (`components.schemas`, references inside `allOf` where something stands beside them).
 */

import { setOwn } from '../entries.ts';
import { builtInKinds, schemaOf } from '../schema/resolve.ts';
import type { FieldSchema, Schema, StructSchema } from '../schema/schema.ts';
import { META_V1 } from '../schema/type-names.ts';

export type Dialect = 'v2' | 'v3';
export type OpenApiSchema = { [key: string]: unknown };

/** Descriptions are no part of the schemas: the builder of the documents brings them. */
export interface Descriptions {
  ofType(definition: string): string | undefined;
  ofField(definition: string, field: string): string | undefined;
  /** All values of a named scalar type (`core.v1.PullPolicy`), where they are known. */
  valuesOf(goType: string): readonly string[] | undefined;
  /** Of a `definition` or `definition#field`: extensions that its type does not tell; null: it has none of the name. */
  extensionsOf(name: string): OpenApiSchema | undefined;
  /** All that have options of deletes and events of watches; left out, those of the built-in kinds. */
  groupVersions?: readonly GroupVersion[];
}

export interface GroupVersion {
  group: string;
  version: string;
}

export const NO_DESCRIPTIONS: Descriptions = {
  ofType: () => undefined,
  ofField: () => undefined,
  valuesOf: () => undefined,
  extensionsOf: () => undefined,
};

export const REF_PREFIX: Record<Dialect, string> = { v2: '#/definitions/', v3: '#/components/schemas/' };

const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
const RAW_EXTENSION = 'io.k8s.apimachinery.pkg.runtime.RawExtension';
const APIEXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';

/** Types that hold any JSON, by their form. */
const JSON_TYPES: Partial<Record<string, string>> = {
  raw: RAW_EXTENSION,
  fields: `${META_V1}.FieldsV1`,
  json: `${APIEXTENSIONS}.JSON`,
  'schema-or-list': `${APIEXTENSIONS}.JSONSchemaPropsOrArray`,
  'schema-or-boolean': `${APIEXTENSIONS}.JSONSchemaPropsOrBool`,
  'schema-or-names': `${APIEXTENSIONS}.JSONSchemaPropsOrStringArray`,
};
const ANYTHING: Record<Dialect, OpenApiSchema> = { v2: {}, v3: {} };

/** Definitions of the types that our schemas hold as scalars or as any JSON. */
const SPECIAL: Record<string, Record<Dialect, OpenApiSchema>> = {
  [QUANTITY]: { v2: { type: 'string' }, v3: { oneOf: [{ type: 'string' }, { type: 'number' }] } },
  [INT_OR_STRING]: {
    v2: { type: 'string', format: 'int-or-string' },
    v3: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
  [`${META_V1}.Time`]: { v2: { type: 'string', format: 'date-time' }, v3: { type: 'string', format: 'date-time' } },
  [`${META_V1}.Duration`]: { v2: { type: 'string' }, v3: { type: 'string' } },
  [`${META_V1}.MicroTime`]: {
    v2: { type: 'string', format: 'date-time' },
    v3: { type: 'string', format: 'date-time' },
  },
  [`${META_V1}.FieldsV1`]: { v2: { type: 'object' }, v3: { type: 'object' } },
  [`${META_V1}.Patch`]: { v2: { type: 'object' }, v3: { type: 'object' } },
  [RAW_EXTENSION]: { v2: { type: 'object' }, v3: { type: 'object' } },
  [`${APIEXTENSIONS}.JSON`]: ANYTHING,
  [`${APIEXTENSIONS}.JSONSchemaPropsOrArray`]: ANYTHING,
  [`${APIEXTENSIONS}.JSONSchemaPropsOrBool`]: ANYTHING,
  [`${APIEXTENSIONS}.JSONSchemaPropsOrStringArray`]: ANYTHING,
};

/**
 * The definitions of the named types and of all that they refer to, by name, sorted. `groupVersions`: those that have the
 * kinds which every version has.
 */
export function collectDefinitions(
  names: Iterable<string>,
  dialect: Dialect,
  descriptions: Descriptions,
  groupVersions: readonly GroupVersion[] = descriptions.groupVersions ?? servedGroupVersions(),
): Record<string, OpenApiSchema> {
  const found = new Map<string, OpenApiSchema>();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue;
    const special = SPECIAL[name];
    const made = special
      ? described(special[dialect], descriptions.ofType(name))
      : structDefinition(schemaOf(name), dialect, descriptions, groupVersions);
    found.set(name, made);
    queue.push(...referencesOf(made, dialect));
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function described(schema: OpenApiSchema, description: string | undefined): OpenApiSchema {
  return description ? { description, ...schema } : schema;
}

function structDefinition(
  schema: StructSchema,
  dialect: Dialect,
  descriptions: Descriptions,
  groupVersions: readonly GroupVersion[],
): OpenApiSchema {
  const properties: Record<string, OpenApiSchema> = {};
  const required: string[] = [];
  for (const [name, field] of [...schema.fields].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const values = valuesOf(field.schema, descriptions);
    const property = propertyOf(field, dialect, descriptions.ofField(schema.name, name), values);
    // Lists of objects say nothing of their kind of list.
    if (name === 'items' && isList(schema)) delete property['x-kubernetes-list-type'];
    setOwn(properties, name, withExtensions(property, descriptions.extensionsOf(`${schema.name}#${name}`)));
  }
  for (const [name, field] of schema.fields) if (field.required) required.push(name);
  const kinds = kindsOf(schema.name, groupVersions);
  const description = descriptions.ofType(schema.name);
  const made = {
    ...(description && { description }),
    type: 'object',
    ...(required.length > 0 && { required }),
    ...(schema.fields.size > 0 && { properties }),
    ...(schema.atomic && { 'x-kubernetes-map-type': 'atomic' }),
    ...(kinds.length > 0 && { 'x-kubernetes-group-version-kind': kinds }),
  };
  return withExtensions(made, descriptions.extensionsOf(schema.name));
}

function isList({ fields }: StructSchema): boolean {
  const metadata = fields.get('metadata')?.schema;
  return metadata?.type === 'struct' && metadata.name === `${META_V1}.ListMeta`;
}

function withExtensions(schema: OpenApiSchema, extensions: OpenApiSchema = {}): OpenApiSchema {
  const result: OpenApiSchema = { ...schema, ...extensions };
  for (const [name, value] of Object.entries(extensions)) if (value === null) delete result[name];
  return result;
}

function valuesOf(schema: Schema, descriptions: Descriptions): readonly string[] | undefined {
  if (schema.type === 'list') return valuesOf(schema.items, descriptions);
  if (schema.type === 'map') return valuesOf(schema.values, descriptions);
  return schema.type === 'string' && schema.goType ? descriptions.valuesOf(schema.goType) : undefined;
}

function propertyOf(
  field: FieldSchema,
  dialect: Dialect,
  description: string | undefined,
  values: readonly string[] | undefined,
): OpenApiSchema {
  const beside: OpenApiSchema = {
    ...(description && { description }),
    ...defaultOf(field, dialect),
    ...(field.patchMergeKey && { 'x-kubernetes-patch-merge-key': field.patchMergeKey }),
    ...(field.patchStrategy && { 'x-kubernetes-patch-strategy': field.patchStrategy.join(',') }),
  };
  return typeOf(field.schema, dialect, beside, values);
}

/** Version 3 alone has defaults, also the zero value of a field that is always printed, where Go holds it by value. */
function defaultOf(field: FieldSchema, dialect: Dialect): OpenApiSchema {
  if (dialect === 'v2') return {};
  if (field.default !== undefined) return { default: field.default };
  return field.always ? zeroDefault(field.schema) : {};
}

function zeroDefault(schema: Schema): OpenApiSchema {
  const zeros: Record<string, unknown> = { struct: {}, string: '', boolean: false, integer: 0, number: 0 };
  return schema.type in zeros ? { default: zeros[schema.type] } : {};
}

/** `values`: all that the type, or its items, may be. */
function typeOf(schema: Schema, dialect: Dialect, beside: OpenApiSchema, values?: readonly string[]): OpenApiSchema {
  switch (schema.type) {
    case 'struct':
      return reference(schema.name, dialect, beside);
    case 'list':
      return {
        ...beside,
        type: 'array',
        items: typeOf(schema.items, dialect, dialect === 'v3' ? zeroDefault(schema.items) : {}, values),
        'x-kubernetes-list-type': schema.listType,
        ...(schema.keys && { 'x-kubernetes-list-map-keys': schema.keys }),
      };
    case 'map': {
      const zero = dialect === 'v3' ? zeroDefault(schema.values) : {};
      const additionalProperties = typeOf(schema.values, dialect, zero, values);
      // Markers stand at fields, and the lists in a map are none.
      delete additionalProperties['x-kubernetes-list-type'];
      return {
        ...beside,
        type: 'object',
        additionalProperties,
        ...(schema.atomic && { 'x-kubernetes-map-type': 'atomic' }),
      };
    }
    case 'quantity':
      return reference(QUANTITY, dialect, beside);
    case 'int-or-string':
      return reference(INT_OR_STRING, dialect, beside);
    case 'time':
      return reference(`${META_V1}.Time`, dialect, beside);
    case 'micro-time':
      return reference(`${META_V1}.MicroTime`, dialect, beside);
    case 'duration':
      return reference(`${META_V1}.Duration`, dialect, beside);
    case 'bytes':
      return { ...beside, type: 'string', format: 'byte' };
    case 'any': {
      const type = JSON_TYPES[schema.form ?? ''];
      return type === undefined ? beside : reference(type, dialect, beside);
    }
    default:
      return {
        ...beside,
        type: schema.type,
        ...(schema.format && { format: schema.format }),
        ...(values && { enum: values }),
      };
  }
}

function reference(name: string, dialect: Dialect, beside: OpenApiSchema): OpenApiSchema {
  const $ref = REF_PREFIX[dialect] + name;
  if (dialect === 'v2' || Object.keys(beside).length === 0) return { ...beside, $ref };
  return { ...beside, allOf: [{ $ref }] };
}

function* referencesOf(value: unknown, dialect: Dialect): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === '$ref' && typeof inner === 'string') yield inner.slice(REF_PREFIX[dialect].length);
    else yield* referencesOf(inner, dialect);
  }
}

interface GroupVersionKind extends GroupVersion {
  kind: string;
}

/** Every version has these kinds. */
const EVERYWHERE = ['DeleteOptions', 'WatchEvent'];

let kindsByDefinition: Map<string, GroupVersionKind> | undefined;

function kindsOf(definition: string, groupVersions: readonly GroupVersion[]): GroupVersionKind[] {
  const common = EVERYWHERE.find((kind) => definition === `${META_V1}.${kind}`);
  if (common) return groupVersions.map(({ group, version }) => ({ group, kind: common, version }));
  kindsByDefinition ??= new Map([...indexKinds()]);
  const found = kindsByDefinition.get(definition);
  return found ? [found] : [];
}

function* indexKinds(): Generator<[string, GroupVersionKind]> {
  for (const { group, version, kind, definition } of builtInKinds()) {
    yield [definition, { group: group === 'meta.k8s.io' ? '' : group, kind, version }];
  }
}

/** Groups whose kinds are answers alone. */
const NOT_SERVED: ReadonlySet<string> = new Set(['meta.k8s.io', 'apidiscovery.k8s.io']);

/** The group versions of the built-in kinds. */
function servedGroupVersions(): GroupVersion[] {
  const found = new Map<string, GroupVersion>();
  for (const { group, version } of builtInKinds()) {
    if (!NOT_SERVED.has(group)) found.set(`${group}/${version}`, { group, version });
  }
  return [...found.values()];
}
