/** The parts of an OpenAPI v3 schema that the editor reads, and the way from a kind's schema to that of a field. */
export interface Schema {
  type?: string;
  format?: string;
  description?: string;
  properties?: Readonly<Record<string, Schema>>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  required?: readonly string[];
  enum?: readonly unknown[];
  default?: unknown;
  nullable?: boolean;
  allOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  $ref?: string;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-embedded-resource'?: boolean;
  'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

/** The schemas of one document (`/openapi/v3/apis/apps/v1`), by name. */
export type Definitions = Readonly<Record<string, Schema>>;

/** A field's name, or a number or `-` for an item of a list. */
export type Step = string | number;

const REF = '#/components/schemas/';

/** The target of a `$ref`, alone or in an `allOf` beside a description and a default, with its neighbours. */
export function resolved(schema: Schema, definitions: Definitions): Schema {
  const { $ref, allOf, ...own } = schema;
  const inner = $ref === undefined && allOf?.length === 1 ? allOf[0]?.$ref : $ref;
  if (inner === undefined) return schema;
  const target = definitions[inner.replace(REF, '')];
  return target ? { ...resolved(target, definitions), ...own } : own;
}

export function isIntOrString(schema: Schema): boolean {
  return schema['x-kubernetes-int-or-string'] === true || schema.format === 'int-or-string' || isEither(schema.oneOf);
}

/** Quantities are written as `oneOf` of a string and a number. */
function isEither(alternatives: readonly Schema[] | undefined): boolean {
  return alternatives?.length === 2 && alternatives.some(({ type }) => type === 'string');
}

/** Whether any field is allowed beside those that are named. */
export function isOpen(schema: Schema): boolean {
  const { type, properties, items, additionalProperties } = schema;
  if (schema['x-kubernetes-preserve-unknown-fields'] || schema['x-kubernetes-embedded-resource']) return true;
  if (additionalProperties !== undefined && additionalProperties !== false) return true;
  return properties === undefined && items === undefined && (type === undefined || type === 'object');
}

/** One step down; undefined where the schema says nothing of it. */
export function child(schema: Schema, step: Step, definitions: Definitions): Schema | undefined {
  const { properties, additionalProperties, items } = schema;
  let found: Schema | undefined;
  if (typeof step === 'number') found = items;
  else if (properties && Object.hasOwn(properties, step)) found = properties[step];
  else if (typeof additionalProperties === 'object') found = additionalProperties;
  return found && resolved(found, definitions);
}

export function schemaAt(root: Schema, path: readonly Step[], definitions: Definitions): Schema | undefined {
  let schema: Schema | undefined = resolved(root, definitions);
  for (const step of path) {
    if (!schema) return undefined;
    schema = child(schema, step, definitions);
  }
  return schema;
}

/** As `kubectl explain` writes it: `[]Container`, `map[string]string`, `integer`. */
export function typeName(schema: Schema, definitions: Definitions): string {
  if (isIntOrString(schema)) return 'integer or string';
  const { type, items, additionalProperties } = schema;
  if (type === 'array') return `[]${items ? typeName(resolved(items, definitions), definitions) : 'Object'}`;
  if (typeof additionalProperties === 'object') {
    return `map[string]${typeName(resolved(additionalProperties, definitions), definitions)}`;
  }
  return type === undefined || type === 'object' ? 'Object' : type;
}
