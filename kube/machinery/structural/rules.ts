/**
 * The rules of a structural schema: each value has one type, which is known without validating it (apiextensions
 * `pkg/apiserver/schema/validation.go`, `complete.go`, `convert.go`).
 */
import { errorText, type FieldError, fieldError } from '../field-error.ts';
import { additionalSchema, propertyOf, type StructuralSchema } from './schema.ts';
import { patternProblem } from './validate/regular-expressions.ts';

type Level = 'root' | 'item' | 'field';

/** Why no structural schema can be made of it (`NewStructural`); undefined where one can. */
export function structuralProblem(schema: StructuralSchema | undefined): string | undefined {
  if (!schema) return undefined;
  for (const keyword of UNSUPPORTED) {
    if (schema[keyword] === undefined || schema[keyword] === '') continue;
    return `OpenAPIV3Schema '${keyword === '$schema' ? 'schema' : keyword}' is not supported`;
  }
  const { not, allOf, anyOf, oneOf, properties } = schema;
  const ofNot = structuralProblem(not);
  if (ofNot) return ofNot;
  for (const parts of [allOf, anyOf, oneOf]) {
    if (!parts) continue;
    for (const part of parts) {
      const problem = structuralProblem(part);
      if (problem) return problem;
    }
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  }
  if (Array.isArray(schema.items)) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  const ofItems = structuralProblem(schema.items);
  if (ofItems) return ofItems;
  for (const name in properties) {
    const problem = structuralProblem(properties[name]);
    if (problem) return problem;
  }
  return structuralProblem(additionalSchema(schema));
}

const UNSUPPORTED = [
  'id',
  '$schema',
  '$ref',
  'patternProperties',
  'dependencies',
  'additionalItems',
  'definitions',
] as const;

/** Sorted by their texts, as upstream. The schema is one of which a structural one can be made. */
export function validateStructural(schema: StructuralSchema, path: string): FieldError[] {
  const rules = new Rules();
  rules.invariants(schema, 'root', path);
  rules.completeness(schema, schema, path, path);
  const texts = new Map(rules.errors.map((error) => [error, errorText(error)]));
  return rules.errors.sort((a, b) => ((texts.get(a) ?? '') < (texts.get(b) ?? '') ? -1 : 1));
}

/** Characters of all different patterns, each of which is parsed. Upstream has no limit; the field's have some thousands. */
const MAX_PATTERNS = 100_000;

class Rules {
  readonly errors: FieldError[] = [];
  private readonly patterns = new Set<string>();
  private patternLength = 0;

  invariants(schema: StructuralSchema, level: Level, path: string): void {
    const { errors } = this;
    const { type = '', items, properties = {}, additionalProperties } = schema;
    if (type === 'array' && !items) errors.push(fieldError.required(`${path}.items`, 'must be specified'));
    if (items) this.invariants(items, 'item', `${path}.items`);
    for (const name in properties) {
      const property = properties[name];
      if (property) this.invariants(property, 'field', `${path}.properties[${name}]`);
    }
    if (additionalProperties !== undefined) {
      if (level === 'root')
        errors.push(fieldError.forbidden(`${path}.additionalProperties`, 'must not be used at the root'));
      const inner = additionalSchema(schema);
      if (inner) this.invariants(inner, 'field', `${path}.additionalProperties`);
    }
    this.extensions(schema, path);
    const first = schema.allOf?.[0];
    this.values(schema, isIntOrString(schema), first !== undefined && isIntOrString(first), path);
    this.type(schema, level, path);
    this.metadata(schema, level, path);
  }

  private extensions(schema: StructuralSchema, path: string): void {
    if (!schema['x-kubernetes-int-or-string']) return;
    const why = 'must be false if x-kubernetes-int-or-string is true';
    for (const word of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource']) {
      if (schema[word]) this.errors.push(fieldError.invalid(`${path}.${word}`, true, why));
    }
  }

  private type(schema: StructuralSchema, level: Level, path: string): void {
    const { errors } = this;
    const { type = '' } = schema;
    const isEmbedded = schema['x-kubernetes-embedded-resource'];
    const preserves = schema['x-kubernetes-preserve-unknown-fields'];
    if (isEmbedded && type !== 'object') {
      const why = 'must be object if x-kubernetes-embedded-resource is true';
      errors.push(
        type === '' ? fieldError.required(`${path}.type`, why) : fieldError.invalid(`${path}.type`, type, why),
      );
    } else if (type === '' && !schema['x-kubernetes-int-or-string'] && !preserves) {
      const where = { root: 'at the root', item: 'for specified array items', field: 'for specified object fields' }[
        level
      ];
      errors.push(fieldError.required(`${path}.type`, `must not be empty ${where}`));
    }
    if (isEmbedded && schema.additionalProperties !== undefined) {
      const why = 'must not be used if x-kubernetes-embedded-resource is set';
      errors.push(fieldError.forbidden(`${path}.additionalProperties`, why));
    }
    if (level === 'root' && type !== '' && type !== 'object') {
      errors.push(fieldError.invalid(`${path}.type`, type, 'must be object at the root'));
    }
    if (isEmbedded && !preserves && Object.keys(schema.properties ?? {}).length === 0) {
      const why =
        'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
      errors.push(fieldError.required(`${path}.properties`, why));
    }
  }

  private metadata(schema: StructuralSchema, level: Level, path: string): void {
    const isResource = level === 'root' || schema['x-kubernetes-embedded-resource'] === true;
    const metadata = propertyOf(schema, 'metadata');
    const at = `${path}.properties[metadata]`;
    if (isResource) {
      for (const name of ['kind', 'apiVersion']) {
        const { type } = propertyOf(schema, name) ?? { type: 'string' };
        if (type !== 'string') {
          this.errors.push(fieldError.invalid(`${path}.properties[${name}].type`, type ?? '', 'must be string'));
        }
      }
      if (metadata && metadata.type !== 'object') {
        this.errors.push(fieldError.invalid(`${at}.type`, metadata.type ?? '', 'must be object'));
      }
    }
    if (level === 'root' && metadata && saysMoreThanNames(metadata)) {
      const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
      this.errors.push(fieldError.forbidden(at, why));
    }
  }

  /** The keywords that validate values, beside those of their structure. */
  private values(schema: StructuralSchema, skipAnyOf: boolean, skipFirstAllOf: boolean, path: string): void {
    const { anyOf = [], allOf = [], oneOf = [], not, pattern } = schema;
    if (!skipAnyOf) for (const [at, part] of anyOf.entries()) this.nested(part, false, `${path}.anyOf[${at}]`);
    for (const [at, part] of allOf.entries()) this.nested(part, skipFirstAllOf && at === 0, `${path}.allOf[${at}]`);
    for (const [at, part] of oneOf.entries()) this.nested(part, false, `${path}.oneOf[${at}]`);
    if (not) this.nested(not, false, `${path}.not`);
    if (pattern) this.pattern(pattern, `${path}.pattern`);
  }

  private pattern(pattern: string, path: string): void {
    if (!this.patterns.has(pattern)) {
      this.patterns.add(pattern);
      this.patternLength += pattern.length;
    }
    if (this.patternLength > MAX_PATTERNS) {
      const why = 'the patterns of the schema are too long together';
      this.errors.push(fieldError.invalid(path, pattern, why));
      return;
    }
    const problem = patternProblem(pattern);
    if (problem === undefined) return;
    this.errors.push(fieldError.invalid(path, pattern, `must be a valid regular expression, but isn't: ${problem}`));
  }

  /** Beneath `allOf` and its like, a schema judges only. */
  private nested(schema: StructuralSchema, skipAnyOf: boolean, path: string): void {
    this.values(schema, skipAnyOf, false, path);
    if (schema.items) this.nested(schema.items, false, `${path}.items`);
    const { properties = {} } = schema;
    for (const name in properties) {
      const property = properties[name];
      if (property) this.nested(property, false, `${path}.properties[${name}]`);
    }
    for (const [word, why] of NOT_NESTED) {
      const value = schema[word];
      if (FORBIDDEN_IF[why](value)) {
        this.errors.push(fieldError.forbidden(`${path}.${word}`, `must be ${why} to be structural`));
      }
    }
    if (propertyOf(schema, 'metadata')) {
      this.errors.push(
        fieldError.forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context'),
      );
    }
  }

  /** Rules may judge fields alone that the structure names. */
  completeness(judged: StructuralSchema, structure: StructuralSchema, path: string, from: string): void {
    for (const word of ['allOf', 'anyOf', 'oneOf'] as const) {
      for (const [at, part] of (judged[word] ?? []).entries()) {
        this.nestedCompleteness(part, structure, path, `${from}.${word}[${at}]`);
      }
    }
    if (judged.not) this.nestedCompleteness(judged.not, structure, path, `${from}.not`);
  }

  private nestedCompleteness(
    judged: StructuralSchema,
    structure: StructuralSchema | undefined,
    path: string,
    from: string,
  ): void {
    if (!structure) {
      this.errors.push(fieldError.required(path, `because it is defined in ${from}`));
      return;
    }
    this.completeness(judged, structure, path, from);
    if (judged.items) this.nestedCompleteness(judged.items, structure.items, `${path}.items`, `${from}.items`);
    const { properties = {} } = judged;
    for (const name in properties) {
      const property = properties[name];
      const step = `properties[${name}]`;
      if (property)
        this.nestedCompleteness(property, propertyOf(structure, name), `${path}.${step}`, `${from}.${step}`);
    }
  }
}

/** Whether a keyword that must not be nested counts as set, by the Go type that upstream has for it. */
const FORBIDDEN_IF: Readonly<Record<(typeof NOT_NESTED)[number][1], (value: unknown) => boolean>> = {
  empty: (value) => Boolean(value) && !isEmptyList(value),
  false: (value) => value === true,
  undefined: (value) => value !== undefined && value !== null && value !== false,
};

const NOT_NESTED = [
  ['type', 'empty'],
  ['additionalProperties', 'undefined'],
  ['default', 'undefined'],
  ['title', 'empty'],
  ['description', 'empty'],
  ['nullable', 'false'],
  ['x-kubernetes-preserve-unknown-fields', 'false'],
  ['x-kubernetes-embedded-resource', 'false'],
  ['x-kubernetes-int-or-string', 'false'],
  ['x-kubernetes-list-map-keys', 'empty'],
  ['x-kubernetes-list-type', 'undefined'],
  ['x-kubernetes-map-type', 'undefined'],
  ['x-kubernetes-validations', 'empty'],
] as const;

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** `anyOf: [{ type: integer }, { type: string }]`, which an int-or-string may say. */
export function isIntOrString({ anyOf }: StructuralSchema): boolean {
  const isOnly = (schema: StructuralSchema | undefined, type: string) =>
    schema?.type === type && Object.entries(schema).filter(([, value]) => value !== false).length === 1;
  return anyOf?.length === 2 && isOnly(anyOf[0], 'integer') && isOnly(anyOf[1], 'string');
}

/** Of the metadata of a resource, a schema may restrict the names alone. */
function saysMoreThanNames({ type: _, default: __, properties = {}, ...rest }: StructuralSchema): boolean {
  const names = Object.keys(properties);
  return names.some((name) => name !== 'name' && name !== 'generateName') || Object.keys(rest).length > 0;
}
