/** The keywords that a root schema may have where the status is a subresource. */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { gaveEmpty } from '../../../machinery/schema/empties.ts';
import type { StructuralSchema } from '../../../machinery/structural/schema.ts';
import { shownSchema } from './internal-form.ts';

/** With a status of its own, the root says nothing that would be lost with it. */
export function rootProblems(schema: StructuralSchema, at: string): FieldError[] {
  for (const word of GO_ORDER) {
    const value = schema[word];
    if ((value === undefined && !gaveEmpty(schema, word)) || value === false) continue;
    if (value === '' && !POINTERS.includes(word)) continue;
    if (word === 'type') {
      if (value === 'object') continue;
      const why = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
      return [fieldError.invalid(`${at}.type`, value, why)];
    }
    if (AT_ROOT.has(word)) continue;
    const why = `only [${[...AT_ROOT.values()].join(' ')}] fields are allowed at the root of the schema if the status subresource is enabled`;
    return [fieldError.invalid(at, shownSchema(schema), why)];
  }
  return [];
}

/** Fields that upstream holds by pointer, so that an empty text counts as set. */
const POINTERS = ['$ref', 'x-kubernetes-list-type', 'x-kubernetes-map-type'];

/** By their name in JSON, the names that upstream gives. */
const AT_ROOT: ReadonlyMap<string, string> = new Map([
  ['description', 'Description'],
  ['type', 'Type'],
  ['format', 'Format'],
  ['title', 'Title'],
  ['maximum', 'Maximum'],
  ['exclusiveMaximum', 'ExclusiveMaximum'],
  ['minimum', 'Minimum'],
  ['exclusiveMinimum', 'ExclusiveMinimum'],
  ['maxLength', 'MaxLength'],
  ['minLength', 'MinLength'],
  ['pattern', 'Pattern'],
  ['maxItems', 'MaxItems'],
  ['minItems', 'MinItems'],
  ['uniqueItems', 'UniqueItems'],
  ['multipleOf', 'MultipleOf'],
  ['required', 'Required'],
  ['items', 'Items'],
  ['properties', 'Properties'],
  ['externalDocs', 'ExternalDocs'],
  ['example', 'Example'],
  ['x-kubernetes-preserve-unknown-fields', 'XPreserveUnknownFields'],
  ['x-kubernetes-validations', 'XValidations'],
]);

/** Keywords in the order of Go's struct. */
const GO_ORDER = [
  'id',
  '$schema',
  '$ref',
  'description',
  'type',
  'nullable',
  'format',
  'title',
  'default',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'multipleOf',
  'enum',
  'maxProperties',
  'minProperties',
  'required',
  'items',
  'allOf',
  'oneOf',
  'anyOf',
  'not',
  'properties',
  'additionalProperties',
  'patternProperties',
  'dependencies',
  'additionalItems',
  'definitions',
  'externalDocs',
  'example',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-list-type',
  'x-kubernetes-map-type',
  'x-kubernetes-validations',
];
