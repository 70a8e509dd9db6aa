/** Rules for the OpenAPI schema of a version (`ValidateCustomResourceDefinitionOpenAPISchema`). */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { gaveEmpty } from '../../../machinery/schema/empties.ts';
import { structuralProblem, validateStructural } from '../../../machinery/structural/rules.ts';
import { additionalSchema, defaultOf, type StructuralSchema, schemaHas } from '../../../machinery/structural/schema.ts';
import { validateDefaults } from '../../../machinery/structural/validate-defaults.ts';
import { defaultRules, hasRules, ruleErrors } from './expressions.ts';
import { validFieldPath } from './field-path.ts';
import { keyProblems, mapKeyProblems, nonAtomicItems } from './list-rules.ts';
import { rootProblems } from './root-schema.ts';
import { type SchemaRules, TYPES } from './schema-rules.ts';

/** The way of a schema from the root. */
interface Place {
  path: string;
  isRoot: boolean;
  /** Defaults are forbidden, for a reason. */
  noDefaults?: string;
  isInMeta: boolean;
}

const META: ReadonlySet<string> = new Set(['metadata', 'kind', 'apiVersion']);
const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

/** `path` is that of the validation: `spec.validation`, or `spec.versions[0].schema`. */
export function validateSchema(
  schema: StructuralSchema | undefined,
  hasStatus: boolean,
  rules: SchemaRules,
  path: string,
): FieldError[] {
  if (!schema) return [];
  const at = `${path}.openAPIV3Schema`;
  const errors: FieldError[] = hasStatus ? rootProblems(schema, at) : [];
  if (schema.nullable) errors.push(fieldError.forbidden(`${at}.nullable`, 'nullable cannot be true at the root'));
  let problem: string | undefined;
  let isStructural = false;
  if (rules.requireStructural) {
    problem = structuralProblem(schema);
    if (problem === undefined) {
      const structural = validateStructural(schema, at);
      const unsound = structural.length > 0 ? structural : defaultErrors(schema, at, rules);
      errors.push(...unsound);
      isStructural = unsound.length === 0;
    }
  }
  const visitor = new Visitor(rules);
  visitor.visit(schema, { path: at, isRoot: true, isInMeta: false });
  errors.push(...visitor.errors);
  if (isStructural && schemaHas(schema, hasRules)) errors.push(...ruleErrors(schema, at, visitor.errors));
  if (errors.length === 0 && problem !== undefined) errors.push(fieldError.invalid(at, '', problem));
  return errors;
}

function defaultErrors(schema: StructuralSchema, at: string, rules: SchemaRules): FieldError[] {
  if (!schemaHas(schema, (each) => defaultOf(each) !== undefined)) return [];
  return validateDefaults(schema, at, { requirePruned: rules.requirePrunedDefaults, rules: defaultRules });
}

class Visitor {
  readonly errors: FieldError[] = [];

  private readonly rules: SchemaRules;

  constructor(rules: SchemaRules) {
    this.rules = rules;
  }

  visit(schema: StructuralSchema, place: Place): void {
    const { path, isRoot } = place;
    this.keywords(schema, place);
    if (schema.uniqueItems) {
      const why = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
      this.errors.push(fieldError.forbidden(`${path}.uniqueItems`, why));
    }
    const { properties = {}, additionalProperties, items } = schema;
    const below: Place = { ...place, isRoot: false };
    if (additionalProperties !== undefined) {
      if (Object.keys(properties).length > 0 && additionalProperties !== true) {
        const why = 'additionalProperties and properties are mutual exclusive';
        this.errors.push(fieldError.forbidden(`${path}.additionalProperties`, why));
      }
      const inner = additionalSchema(schema);
      const noDefaults = place.isInMeta ? 'inside additionalProperties applying to object metadata' : place.noDefaults;
      if (inner) this.visit(inner, { ...below, noDefaults, path: `${path}.additionalProperties` });
    }
    for (const name in properties) {
      const property = properties[name];
      if (!property) continue;
      const isMeta = (isRoot || schema['x-kubernetes-embedded-resource'] === true) && META.has(name);
      this.visit(property, {
        path: `${path}.properties[${name}]`,
        isRoot: false,
        isInMeta: place.isInMeta || isMeta,
        noDefaults: isMeta && isRoot ? `in top-level ${name}` : place.noDefaults,
      });
    }
    for (const word of ['not', 'allOf', 'oneOf', 'anyOf'] as const) {
      const parts = schema[word];
      if (!parts) continue;
      if (Array.isArray(parts))
        for (const [at, part] of parts.entries()) this.visit(part, { ...below, path: `${path}.${word}[${at}]` });
      else this.visit(parts as StructuralSchema, { ...below, path: `${path}.${word}` });
    }
    this.map(schema.definitions, `${path}.definitions`, below);
    if (Array.isArray(items)) {
      for (const [at, item] of items.entries()) this.visit(item, { ...below, path: `${path}.items[${at}]` });
    } else if (items) this.visit(items, { ...below, path: `${path}.items` });
    this.map(schema.dependencies, `${path}.dependencies`, below);
    this.extensions(schema, path);
    this.lists(schema, path);
    this.validations(schema, path);
  }

  /** Schemas by name, in a part that no structural schema has. */
  private map(schemas: unknown, path: string, place: Place): void {
    for (const [name, part] of Object.entries(schemas ?? {})) {
      if (typeof part !== 'object' || part === null || Array.isArray(part)) continue;
      this.visit(part as StructuralSchema, { ...place, path: `${path}[${name}]` });
    }
  }

  /** `specStandardValidatorV3` */
  private keywords(schema: StructuralSchema, { path, noDefaults, isInMeta }: Place): void {
    const { errors } = this;
    const { type = '' } = schema;
    if (this.rules.requireValidTypes && type !== '' && !TYPES.includes(type)) {
      errors.push(fieldError.notSupported(`${path}.type`, type, TYPES));
    }
    if ((schema.default ?? undefined) !== undefined && noDefaults !== undefined) {
      errors.push(fieldError.forbidden(`${path}.default`, `must not be set ${noDefaults}`));
    }
    const unsupported = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'];
    for (const word of unsupported) {
      const isGiven = schema[word] !== undefined || (word === 'dependencies' && gaveEmpty(schema, word));
      if (isGiven) errors.push(fieldError.forbidden(`${path}.${word}`, `${word} is not supported`));
    }
    if (type === 'null') {
      errors.push(fieldError.forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'));
    }
    if (Array.isArray(schema.items) && schema.items.length > 0) {
      errors.push(fieldError.forbidden(`${path}.items`, 'items must be a schema object and not an array'));
    }
    if (isInMeta && schema['x-kubernetes-embedded-resource']) {
      errors.push(
        fieldError.forbidden(`${path}.x-kubernetes-embedded-resource`, 'must not be used inside of resource meta'),
      );
    }
  }

  private extensions(schema: StructuralSchema, path: string): void {
    const { errors } = this;
    const { type = '' } = schema;
    if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
      errors.push(
        fieldError.invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'),
      );
    }
    const wrongType = (why: string) =>
      type === '' ? fieldError.required(`${path}.type`, why) : fieldError.invalid(`${path}.type`, type, why);
    const mapType = schema['x-kubernetes-map-type'];
    if (mapType !== undefined) {
      if (type !== 'object') errors.push(wrongType('must be object if x-kubernetes-map-type is specified'));
      if (mapType !== 'atomic' && mapType !== 'granular') {
        errors.push(fieldError.notSupported(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']));
      }
    }
    const listType = schema['x-kubernetes-list-type'];
    if (listType !== undefined) {
      if (type !== 'array') errors.push(wrongType('must be array if x-kubernetes-list-type is specified'));
      else if (this.rules.requireAtomicSets && listType === 'set') errors.push(...nonAtomicItems(schema, path));
      if (!['atomic', 'set', 'map'].includes(listType)) {
        errors.push(fieldError.notSupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map']));
      }
    }
  }

  private lists(schema: StructuralSchema, path: string): void {
    const { errors } = this;
    const listType = schema['x-kubernetes-list-type'];
    const keys = schema['x-kubernetes-list-map-keys'] ?? [];
    if (keys.length > 0 && listType !== 'map') {
      const why = 'must be map if x-kubernetes-list-map-keys is non-empty';
      const at = `${path}.x-kubernetes-list-type`;
      errors.push(listType === undefined ? fieldError.required(at, why) : fieldError.invalid(at, listType, why));
    }
    const { items } = schema;
    if (listType === 'map') {
      if (keys.length === 0) {
        const why = 'must not be empty if x-kubernetes-list-type is map';
        errors.push(fieldError.required(`${path}.x-kubernetes-list-map-keys`, why));
      }
      if (!items) {
        errors.push(fieldError.required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map'));
      } else if (Array.isArray(items)) {
        const why = 'must only have a single schema if x-kubernetes-list-type is map';
        errors.push(fieldError.invalid(`${path}.items`, items, why));
      } else if (items.type !== 'object') {
        const why = "must be object if parent array's x-kubernetes-list-type is map";
        errors.push(fieldError.invalid(`${path}.items.type`, items.type ?? '', why));
      } else errors.push(...keyProblems(items, keys, path));
    }
    if (this.rules.requireMapKeys) errors.push(...mapKeyProblems(schema, path));
  }

  private validations(schema: StructuralSchema, path: string): void {
    const { errors } = this;
    let isStructural: boolean | undefined;
    for (const [at, rule] of (schema['x-kubernetes-validations'] ?? []).entries()) {
      const field = (name: string) => `${path}.x-kubernetes-validations[${at}].${name}`;
      const { message = '', messageExpression = '', reason, fieldPath = '' } = rule;
      const text = rule.rule.trim();
      if (text === '') errors.push(fieldError.required(field('rule'), 'rule is not specified'));
      else if (message !== '' && message.trim() === '') {
        errors.push(fieldError.invalid(field('message'), message, 'must be non-empty if specified'));
      } else if (hasLines(message.trim())) {
        errors.push(fieldError.invalid(field('message'), message, 'must not contain line breaks'));
      } else if (hasLines(text) && message.trim() === '') {
        errors.push(fieldError.required(field('message'), 'message must be specified if rule contains line breaks'));
      }
      if (messageExpression !== '' && messageExpression.trim() === '') {
        const why = 'messageExpression must be non-empty if specified';
        errors.push(fieldError.required(field('messageExpression'), why));
      }
      if (reason !== undefined && !REASONS.includes(reason)) {
        errors.push(fieldError.notSupported(field('reason'), reason, REASONS));
      }
      if (fieldPath === '') continue;
      if (fieldPath.trim() === '') {
        errors.push(fieldError.invalid(field('fieldPath'), fieldPath, 'must be non-empty if specified'));
      }
      if (hasLines(fieldPath)) {
        errors.push(fieldError.invalid(field('fieldPath'), fieldPath, 'must not contain line breaks'));
      }
      // The check costs as much as the schema is large, so it is made once for all rules.
      isStructural ??= structuralProblem(schema) === undefined;
      if (isStructural && 'error' in validFieldPath(fieldPath, schema)) {
        errors.push(fieldError.invalid(field('fieldPath'), fieldPath, 'must be a valid path'));
      }
    }
  }
}

function hasLines(text: string): boolean {
  return /[\n\r]/.test(text);
}
