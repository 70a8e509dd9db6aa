/**
 * The schema of a custom resource, as it stands in its CustomResourceDefinition (`JSONSchemaProps` of
 * apiextensions.k8s.io/v1). It is read where it lies: what is compiled of it is kept beside it, by its nodes.
 */
export interface StructuralSchema {
  type?: string;
  format?: string;
  title?: string;
  description?: string;
  nullable?: boolean;
  default?: unknown;
  example?: unknown;
  externalDocs?: { description?: string; url?: string };
  enum?: readonly unknown[];
  maximum?: number;
  exclusiveMaximum?: boolean;
  minimum?: number;
  exclusiveMinimum?: boolean;
  multipleOf?: number;
  maxLength?: number;
  minLength?: number;
  pattern?: string;
  maxItems?: number;
  minItems?: number;
  uniqueItems?: boolean;
  maxProperties?: number;
  minProperties?: number;
  required?: readonly string[];
  properties?: Readonly<Record<string, StructuralSchema>>;
  /** true as in a schema that says nothing. */
  additionalProperties?: boolean | StructuralSchema;
  items?: StructuralSchema;
  allOf?: readonly StructuralSchema[];
  anyOf?: readonly StructuralSchema[];
  oneOf?: readonly StructuralSchema[];
  not?: StructuralSchema;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-embedded-resource'?: boolean;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-list-map-keys'?: readonly string[];
  'x-kubernetes-map-type'?: string;
  'x-kubernetes-validations'?: readonly ValidationRule[];
  /** Keywords that no structural schema may have: `$ref`, `id`, `definitions` … */
  [keyword: string]: unknown;
}

/** `ValidationRule`: a rule in CEL. */
export interface ValidationRule {
  rule: string;
  message?: string;
  messageExpression?: string;
  reason?: string;
  fieldPath?: string;
  optionalOldSelf?: boolean;
}

/** The schema of a named property; names come from clients. */
export function propertyOf(schema: StructuralSchema | undefined, name: string): StructuralSchema | undefined {
  const properties = schema?.properties;
  return properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

/** The schema of values of `additionalProperties`, where it is more than a boolean. */
export function additionalSchema(schema: StructuralSchema | undefined): StructuralSchema | undefined {
  const additional = schema?.additionalProperties;
  return typeof additional === 'object' ? additional : undefined;
}

/** The value that is filled in; a literal null counts as none, as in upstream's `JSON` type. */
export function defaultOf(schema: StructuralSchema | undefined): unknown {
  return schema?.default ?? undefined;
}

/**
 * A test whether a schema, or one that values within a value of it have, is as asked: other schemas need no walk. Schemas
 * do not change, so that each is asked once.
 */
export function leadsTo(isAsked: (schema: StructuralSchema) => boolean): (schema: StructuralSchema) => boolean {
  const known = new WeakMap<StructuralSchema, boolean>();
  return function leads(schema): boolean {
    let answer = known.get(schema);
    if (answer === undefined) {
      const additional = additionalSchema(schema);
      answer =
        isAsked(schema) ||
        (schema.items !== undefined && leads(schema.items)) ||
        (additional !== undefined && leads(additional)) ||
        Object.values(schema.properties ?? {}).some(leads);
      known.set(schema, answer);
    }
    return answer;
  };
}

/** Whether a schema or one beneath it is as asked (`SchemaHas`). */
export function schemaHas(schema: StructuralSchema | undefined, test: (schema: StructuralSchema) => boolean): boolean {
  if (!schema) return false;
  if (test(schema)) return true;
  const { properties, items, allOf, anyOf, oneOf, not } = schema;
  for (const name in properties) if (schemaHas(properties[name], test)) return true;
  const has = (child: StructuralSchema): boolean => schemaHas(child, test);
  return (
    schemaHas(additionalSchema(schema), test) ||
    schemaHas(items, test) ||
    (allOf?.some(has) ?? false) ||
    (anyOf?.some(has) ?? false) ||
    (oneOf?.some(has) ?? false) ||
    schemaHas(not, test)
  );
}
