/** Errors of the CEL rules of a schema, and of defaults that break these rules. */
import { checkRules } from '../../../machinery/cel/rules/check-rules.ts';
import { rulesValidator } from '../../../machinery/cel/rules/validator.ts';
import type { FieldError } from '../../../machinery/field-error.ts';
import type { StructuralSchema } from '../../../machinery/structural/schema.ts';

export function hasRules(schema: StructuralSchema): boolean {
  return (schema['x-kubernetes-validations'] ?? []).length > 0;
}

const RULES = '.x-kubernetes-validations';

/**
 * Errors of rules, without those of nodes that have other errors within: the types that rules rest on are then unsound.
 */
export function ruleErrors(schema: StructuralSchema, path: string, found: readonly FieldError[]): FieldError[] {
  const fields = found.map(({ field }) => field).sort();
  return checkRules(schema, path).filter(({ field }) => {
    const end = field.indexOf(RULES);
    return !hasWithin(fields, end < 0 ? path : field.slice(0, end));
  });
}

/** Whether one of the sorted paths begins with `path`; if any does, the first that is not before it does. */
export function hasWithin(sorted: readonly string[], path: string): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') < path) low = middle + 1;
    else high = middle;
  }
  return sorted[low]?.startsWith(path) === true;
}

/** Errors of a default by the schema's rules, as an unchanged value, and then as a new one. */
export function defaultRules(schema: StructuralSchema, isRoot: boolean, value: unknown, path: string): FieldError[] {
  const validate = rulesValidator(schema, isRoot);
  if (!validate) return [];
  const kept = validate(value, value).errors;
  const errors = kept.length > 0 ? kept : validate(value, undefined).errors;
  return errors.map((error) => ({ ...error, field: within(path, error.field) }));
}

function within(path: string, field: string): string {
  if (field === '' || field === '<nil>') return path;
  return field.startsWith('[') ? `${path}${field}` : `${path}.${field}`;
}
