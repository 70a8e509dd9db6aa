/**
 * Rules for custom resources (apiextensions `pkg/registry/customresource/strategy.go`, `status_strategy.go`,
 * `validator.go`).
 */

import type { Validate } from '../../machinery/cel/rules/validator.ts';
import { isWhole } from '../../machinery/exact-json.ts';
import { addErrors, type FieldError, type FieldErrorType, fieldError } from '../../machinery/field-error.ts';
import { isQualifiedName } from '../../machinery/names.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { applyDefaults } from '../../machinery/structural/defaults.ts';
import { validateEmbedded } from '../../machinery/structural/embedded.ts';
import { validateListTypes } from '../../machinery/structural/list-types.ts';
import { propertyOf, type StructuralSchema } from '../../machinery/structural/schema.ts';
import { Correlation } from '../../machinery/structural/validate/correlation.ts';
import { validateValue } from '../../machinery/structural/validate/value.ts';
import type { DefinitionSubresources } from '../apiextensions/types.ts';
import type { Strategy } from '../define.ts';

/** The parts of a definition that its rules are made of. The schema is read when the first object is validated. */
export interface CustomRules {
  group: string;
  version: string;
  kind: string;
  schema(): StructuralSchema | undefined;
  scale: DefinitionSubresources['scale'];
  /** Its rules in CEL, if it has some. */
  rules(): Validate | undefined;
}

const MAX_INT32 = 2147483647;
const STANDARD_FINALIZERS: readonly string[] = ['orphan', 'foregroundDeletion', 'kubernetes'];

export function customStrategy(rules: CustomRules): Strategy {
  return {
    prepareForStatusUpdate: (object, old) => dropNullStatus(rules, object, old),
    validate: (object, old) => validate(rules, object, old),
    validateStatusUpdate: (object, old) => validateStatus(rules, object, old),
    warnings: (object, old) => warnings(object, old),
  };
}

function validate(rules: CustomRules, object: KubeObject, old: KubeObject | undefined): FieldError[] {
  const types = typeErrors(rules, object);
  if (types.length > 0) return types;
  const schema = rules.schema();
  const correlation = old && schema && new Correlation(object, old, schema);
  const errors = schema ? validateValue(schema, object, '', { correlation }) : [];
  errors.push(...scaleErrors(rules, object, 'spec'), ...scaleErrors(rules, object, 'status'));
  addErrors(errors, validateEmbedded(object, schema));
  addErrors(errors, listErrors(schema, object, old));
  addErrors(errors, ruleErrors(rules, errors, object, old, correlation));
  return errors;
}

/** Errors after which rules in CEL would be asked about values that they do not expect (`hasBlockingErr`). */
const BLOCKING: ReadonlySet<FieldErrorType> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);
const NOT_CHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

/** Rules in CEL. What failed before and has not changed is told in a warning. */
function ruleErrors(
  { rules }: CustomRules,
  found: readonly FieldError[],
  object: KubeObject,
  old: KubeObject | undefined,
  correlation: Correlation | undefined,
): FieldError[] {
  const validate = rules();
  if (!validate) return [];
  // Upstream counts the errors of metadata, too: that there is no name blocks.
  const isBlocked = !object.metadata.name || found.some(({ type }) => BLOCKING.has(type));
  if (isBlocked) return [fieldError.invalid('<nil>', null, NOT_CHECKED)];
  const { errors, warnings: ratcheted } = validate(object, old, correlation);
  if (ratcheted.length > 0) tolerated.set(object, ratcheted);
  return errors;
}

/** Faults of objects that may stay as they are. */
const tolerated = new WeakMap<KubeObject, readonly string[]>();

/**
 * An applied null where there was no status: upstream compares both as Go's nil, so that the rule it breaks does not
 * count, and drops it, or puts its default there, as the object is stored.
 */
function dropNullStatus(rules: CustomRules, object: KubeObject, old: KubeObject): void {
  const statusSchema = propertyOf(rules.schema(), 'status');
  if (object.status !== null || Object.hasOwn(old, 'status') || !statusSchema || statusSchema.nullable) return;
  delete object.status;
  applyDefaults(object, rules.schema());
}

function validateStatus(rules: CustomRules, object: KubeObject, old: KubeObject): FieldError[] {
  const schema = rules.schema();
  const statusSchema = propertyOf(schema, 'status');
  const errors: FieldError[] = [];
  if (statusSchema && Object.hasOwn(object, 'status')) {
    const correlation = Object.hasOwn(old, 'status')
      ? new Correlation(object.status, old.status, statusSchema)
      : undefined;
    addErrors(errors, validateValue(statusSchema, object.status, 'status', { correlation }));
  }
  errors.push(...scaleErrors(rules, object, 'status'));
  addErrors(errors, listErrors(schema, object, old));
  const correlation = schema && new Correlation(object, old, schema);
  addErrors(errors, ruleErrors(rules, errors, object, old, correlation));
  return errors;
}

/** Faults of sets and maps that the old object had too may stay. */
function listErrors(
  schema: StructuralSchema | undefined,
  object: KubeObject,
  old: KubeObject | undefined,
): FieldError[] {
  const errors = validateListTypes(schema, object);
  return errors.length > 0 && old && validateListTypes(schema, old).length > 0 ? [] : errors;
}

function typeErrors({ group, version, kind }: CustomRules, object: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  if (object.kind !== kind) errors.push(fieldError.invalid('kind', object.kind, `must be ${kind}`));
  const apiVersion = `${group}/${version}`;
  if (object.apiVersion !== apiVersion) {
    errors.push(fieldError.invalid('apiVersion', object.apiVersion, `must be ${apiVersion}`));
  }
  return errors;
}

/** The values that a Scale would show. */
function scaleErrors({ scale }: CustomRules, object: KubeObject, part: 'spec' | 'status'): FieldError[] {
  if (!scale) return [];
  const path = part === 'spec' ? scale.specReplicasPath : scale.statusReplicasPath;
  const errors = replicasErrors(object, path);
  if (part === 'status' && scale.labelSelectorPath) errors.push(...selectorErrors(object, scale.labelSelectorPath));
  return errors;
}

function replicasErrors(object: KubeObject, path: string): FieldError[] {
  const found = nested(object, path);
  if ('problem' in found) return [fieldError.invalid(path, 0, found.problem)];
  const { value } = found;
  if (value === undefined) return [];
  if (!isWhole(value)) {
    return [fieldError.invalid(path, 0, accessorError(path, value, 'int64'))];
  }
  if (value < 0) return [fieldError.invalid(path, value, 'should be a non-negative integer')];
  if (value > MAX_INT32) return [fieldError.invalid(path, value, `should be less than or equal to ${MAX_INT32}`)];
  return [];
}

function selectorErrors(object: KubeObject, path: string): FieldError[] {
  const found = nested(object, path);
  if ('problem' in found) return [fieldError.invalid(path, '', found.problem)];
  const { value } = found;
  if (value === undefined || typeof value === 'string') return [];
  return [fieldError.invalid(path, '', accessorError(path, value, 'string'))];
}

type Nested = { value: unknown } | { problem: string };

/** `unstructured.NestedFieldNoCopy` */
function nested(object: KubeObject, path: string): Nested {
  const steps = path.replace(/^\./, '').split('.');
  let value: unknown = object;
  for (const [at, step] of steps.entries()) {
    if (value === undefined || value === null) return { value: undefined };
    if (typeof value !== 'object' || Array.isArray(value)) {
      return { problem: accessorError(`.${steps.slice(0, at + 1).join('.')}`, value, 'map[string]interface{}') };
    }
    value = Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
  }
  return { value };
}

function accessorError(path: string, value: unknown, wanted: string): string {
  return `${path} accessor error: ${goText(value)} is of the type ${goType(value)}, expected ${wanted}`;
}

function goType(value: unknown): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'bigint') return 'int64';
  if (value === null) return '<nil>';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}

/** As Go's `%v` prints it. */
function goText(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const names = Object.keys(value as object).sort();
  return `map[${names.map((name) => `${name}:${goText((value as Record<string, unknown>)[name])}`).join(' ')}]`;
}

/** Finalizers that are new and lack a domain, and rules that failed before. */
function warnings(object: KubeObject, old: KubeObject | undefined): string[] {
  const { metadata } = object;
  const known = new Set(old?.metadata.finalizers);
  const added = [...new Set(metadata.finalizers)].filter((name) => !known.has(name)).sort();
  const field = 'metadata.finalizers';
  const unnamed = added.flatMap((name) => {
    const problems = isQualifiedName(name).map((problem) => `${field}: ${JSON.stringify(name)}: ${problem}`);
    if (name.includes('/') || STANDARD_FINALIZERS.includes(name)) return problems;
    const prefer = name.includes('.') ? 'including a path (/) ' : '';
    const why = `prefer a domain-qualified finalizer name ${prefer}to avoid accidental conflicts with other finalizer writers`;
    return [...problems, `${field}: ${JSON.stringify(name)}: ${why}`];
  });
  return [...(tolerated.get(object) ?? []), ...unnamed];
}
