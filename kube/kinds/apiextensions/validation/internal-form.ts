/**
 * Versions and schemas as errors show them: as upstream's own types print, which have no names for JSON (apiextensions
 * `pkg/apis/apiextensions/types.go`, `types_jsonschema.go`).
 */
import { isObject, type JsonObject } from '../../../machinery/json-object.ts';
import type { StructuralSchema } from '../../../machinery/structural/schema.ts';
import type { DefinitionVersion } from '../types.ts';

/** The value that stands for an absent field. */
type Zero = '' | false | null;

const SCHEMA: readonly (readonly [name: string, word: string, zero: Zero])[] = [
  ['ID', 'id', ''],
  ['Schema', '$schema', ''],
  ['Ref', '$ref', null],
  ['Description', 'description', ''],
  ['Type', 'type', ''],
  ['Nullable', 'nullable', false],
  ['Format', 'format', ''],
  ['Title', 'title', ''],
  ['Default', 'default', null],
  ['Maximum', 'maximum', null],
  ['ExclusiveMaximum', 'exclusiveMaximum', false],
  ['Minimum', 'minimum', null],
  ['ExclusiveMinimum', 'exclusiveMinimum', false],
  ['MaxLength', 'maxLength', null],
  ['MinLength', 'minLength', null],
  ['Pattern', 'pattern', ''],
  ['MaxItems', 'maxItems', null],
  ['MinItems', 'minItems', null],
  ['UniqueItems', 'uniqueItems', false],
  ['MultipleOf', 'multipleOf', null],
  ['Enum', 'enum', null],
  ['MaxProperties', 'maxProperties', null],
  ['MinProperties', 'minProperties', null],
  ['Required', 'required', null],
  ['Items', 'items', null],
  ['AllOf', 'allOf', null],
  ['OneOf', 'oneOf', null],
  ['AnyOf', 'anyOf', null],
  ['Not', 'not', null],
  ['Properties', 'properties', null],
  ['AdditionalProperties', 'additionalProperties', null],
  ['PatternProperties', 'patternProperties', null],
  ['Dependencies', 'dependencies', null],
  ['AdditionalItems', 'additionalItems', null],
  ['Definitions', 'definitions', null],
  ['ExternalDocs', 'externalDocs', null],
  ['Example', 'example', null],
  ['XPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields', null],
  ['XEmbeddedResource', 'x-kubernetes-embedded-resource', false],
  ['XIntOrString', 'x-kubernetes-int-or-string', false],
  ['XListMapKeys', 'x-kubernetes-list-map-keys', null],
  ['XListType', 'x-kubernetes-list-type', null],
  ['XMapType', 'x-kubernetes-map-type', null],
  ['XValidations', 'x-kubernetes-validations', null],
];

/** How keywords whose values are not plain are printed. */
const FORMS: Readonly<Record<string, (value: unknown) => unknown>> = {
  items: (value) => ({
    Schema: Array.isArray(value) ? null : shownSchema(value as StructuralSchema),
    JSONSchemas: Array.isArray(value) ? value.map(shownSchema) : null,
  }),
  allOf: schemas,
  oneOf: schemas,
  anyOf: schemas,
  not: (value) => shownSchema(value as StructuralSchema),
  properties: schemasByName,
  patternProperties: schemasByName,
  definitions: schemasByName,
  additionalProperties: schemaOrBool,
  additionalItems: schemaOrBool,
  externalDocs: (value) => {
    const { description = '', url = '' } = value as JsonObject;
    return { Description: description, URL: url };
  },
  'x-kubernetes-validations': (value) =>
    (value as JsonObject[]).map((rule) => ({
      Rule: rule.rule ?? '',
      Message: rule.message ?? '',
      MessageExpression: rule.messageExpression ?? '',
      Reason: rule.reason ?? null,
      FieldPath: rule.fieldPath ?? '',
      OptionalOldSelf: rule.optionalOldSelf ?? null,
    })),
};

export function shownSchema(schema: StructuralSchema): JsonObject {
  return Object.fromEntries(
    SCHEMA.map(([name, word, zero]) => {
      const value = schema[word];
      if (value === undefined) return [name, zero];
      const form = Object.hasOwn(FORMS, word) ? FORMS[word] : undefined;
      return [name, form ? form(value) : value];
    }),
  );
}

function schemas(value: unknown): unknown {
  return (value as StructuralSchema[]).map(shownSchema);
}

/** Go prints maps in the order of their keys. */
function schemasByName(value: unknown): unknown {
  const entries = Object.entries(value as Record<string, StructuralSchema>).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, schema]) => [name, shownSchema(schema)]));
}

function schemaOrBool(value: unknown): unknown {
  return isObject(value)
    ? { Allows: true, Schema: shownSchema(value as StructuralSchema) }
    : { Allows: value === true, Schema: null };
}

/** The parts of a version that all share stand elsewhere. */
export interface SharedParts {
  schema: boolean;
  subresources: boolean;
  columns: boolean;
  fields: boolean;
}

export function shownVersion(version: DefinitionVersion, shared: SharedParts): JsonObject {
  const { name, served, storage, deprecated = false, deprecationWarning = null } = version;
  const { schema, subresources, additionalPrinterColumns: columns, selectableFields: fields } = version;
  const { scale, status } = subresources ?? {};
  return {
    Name: name,
    Served: served,
    Storage: storage,
    Deprecated: deprecated,
    DeprecationWarning: deprecationWarning,
    Schema:
      shared.schema || !schema
        ? null
        : { OpenAPIV3Schema: schema.openAPIV3Schema ? shownSchema(schema.openAPIV3Schema) : null },
    Subresources:
      shared.subresources || !subresources
        ? null
        : {
            Status: status ?? null,
            Scale: scale
              ? {
                  SpecReplicasPath: scale.specReplicasPath,
                  StatusReplicasPath: scale.statusReplicasPath,
                  LabelSelectorPath: scale.labelSelectorPath ?? null,
                }
              : null,
          },
    AdditionalPrinterColumns:
      shared.columns || !columns
        ? null
        : columns.map(({ name: title, type, format = '', description = '', priority = 0, jsonPath }) => ({
            Name: title,
            Type: type,
            Format: format,
            Description: description,
            Priority: priority,
            JSONPath: jsonPath,
          })),
    SelectableFields: shared.fields || !fields ? null : fields.map(({ jsonPath }) => ({ JSONPath: jsonPath })),
  };
}
