/**
 * The defaults of a schema are valid by it, and have no fields that it does not name (apiextensions
 * `pkg/apiserver/schema/defaulting/validation.go`).
 */

import { copyJson } from '../copy.ts';
import { sameJson } from '../equality.ts';
import { errorText, type FieldError, fieldError } from '../field-error.ts';
import { isObject } from '../json-object.ts';
import { coerceEmbedded, readMetadata, validateEmbedded } from './embedded.ts';
import { sortKeys } from './print.ts';
import { prune } from './prune.ts';
import { defaultOf, type StructuralSchema } from './schema.ts';
import { validateValue } from './validate/value.ts';

/** Judges a default by its rules in CEL. */
export type RulesOf = (schema: StructuralSchema, isRoot: boolean, value: unknown, path: string) => FieldError[];

export interface DefaultsOptions {
  requirePruned: boolean;
  rules?: RulesOf;
}

/** Builds a whole resource around a value that stands within. */
type Surround = (value: unknown) => unknown;

const TYPE = { apiVersion: 'validation/v1', kind: 'Validation' };

export function validateDefaults(schema: StructuralSchema, path: string, options: DefaultsOptions): FieldError[] {
  const visitor = new Visitor(options);
  visitor.resource(schema, path, true);
  return visitor.errors;
}

class Visitor {
  readonly errors: FieldError[] = [];

  private readonly options: DefaultsOptions;

  constructor(options: DefaultsOptions) {
    this.options = options;
  }

  /** A schema of a resource: the whole one, or one that is embedded. */
  resource(schema: StructuralSchema, path: string, isRoot: boolean): void {
    const surround: Surround = (value) => (isObject(value) ? { ...TYPE, ...value } : value);
    this.check(schema, path, undefined, isRoot);
    this.within(schema, path, { surround, isResource: true, isInMeta: false });
  }

  private visit(schema: StructuralSchema, path: string, surround: Surround, isInMeta: boolean): void {
    if (schema['x-kubernetes-embedded-resource']) {
      this.resource(schema, path, false);
      return;
    }
    this.check(schema, path, isInMeta ? surround : undefined, false);
    this.within(schema, path, { surround, isResource: false, isInMeta });
  }

  private within(
    schema: StructuralSchema,
    path: string,
    { surround, isResource, isInMeta }: { surround: Surround; isResource: boolean; isInMeta: boolean },
  ): void {
    // Defaults are forbidden within additionalProperties of metadata, and not looked at in others.
    if (schema.items) this.visit(schema.items, `${path}.items`, (value) => surround([value]), isInMeta);
    const { properties = {} } = schema;
    for (const name in properties) {
      const property = properties[name];
      if (!property) continue;
      const isMeta = isInMeta || (isResource && ['metadata', 'apiVersion', 'kind'].includes(name));
      this.visit(property, `${path}.properties[${name}]`, (value) => surround({ [name]: value }), isMeta);
    }
  }

  private check(schema: StructuralSchema, path: string, inMeta: Surround | undefined, isRoot: boolean): void {
    const preset = defaultOf(schema);
    if (preset === undefined) return;
    const at = `${path}.default`;
    const problems = inMeta
      ? metadataProblems(inMeta(copyJson(preset)), preset, at)
      : this.ownProblems(schema, preset, at, isRoot);
    if (problems.length > 0) {
      this.errors.push(...problems);
      return;
    }
    const invalid = validateValue(schema, preset, at, { asWritten: true });
    this.errors.push(...(invalid.length > 0 ? invalid : (this.options.rules?.(schema, isRoot, preset, at) ?? [])));
  }

  /** Unknown fields are told beside what else is wrong. */
  private ownProblems(schema: StructuralSchema, preset: unknown, at: string, isRoot: boolean): FieldError[] {
    if (this.options.requirePruned) {
      const pruned = copyJson(preset);
      prune(pruned, schema, isRoot);
      if (!sameJson(pruned, preset))
        this.errors.push(fieldError.invalid(at, sortKeys(preset), 'must not have unknown fields'));
    }
    // As upstream, in place: the definition is stored without what metadata within a default does not have.
    const error = coerceEmbedded(preset, schema, {}, at);
    return error ? [error] : validateEmbedded(preset, schema, at, isRoot);
  }
}

/** A default somewhere in `metadata`, `kind` or `apiVersion` of a resource. */
function metadataProblems(resource: unknown, preset: unknown, at: string): FieldError[] {
  const fail = (why: string) => [fieldError.invalid(at, sortKeys(preset), `must result in valid metadata: ${why}`)];
  if (!isObject(resource)) return [];
  const { metadata, error } = Object.hasOwn(resource, 'metadata') ? readMetadata(resource.metadata, {}, '') : {};
  if (error !== undefined) {
    return fail(errorText(fieldError.invalid('metadata', resource.metadata, error)));
  }
  if (metadata) resource.metadata = metadata;
  const errors = validateEmbedded(resource, undefined, '', true).map(errorText);
  if (errors.length === 0) return [];
  return fail(errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`);
}
