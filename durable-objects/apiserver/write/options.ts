/** CreateOptions, UpdateOptions and PatchOptions from the query (apimachinery `pkg/apis/meta/v1/validation`). */
import { type FieldError, fieldError } from '../../../kube/machinery/field-error.ts';
import { invalid } from '../errors.ts';
import type { Query } from '../query.ts';

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

export interface WriteOptions {
  dryRun: boolean;
  fieldValidation: FieldValidation;
  fieldManager?: string;
}

const DEFAULTS: WriteOptions = { dryRun: false, fieldValidation: 'Warn' };
const MAX_MANAGER = 128;

/** `kind` is `CreateOptions`, `UpdateOptions` or `PatchOptions`. Throws 422. */
export function parseWriteOptions(query: Query, kind: string): WriteOptions {
  const dryRun = query.all('dryRun');
  const validation = query.get('fieldValidation');
  const manager = query.get('fieldManager');
  if (dryRun.length === 0 && !validation && !manager) return DEFAULTS;
  const errors = [...checkDryRun(dryRun), ...checkManager(manager)];
  if (validation && !['Ignore', 'Warn', 'Strict'].includes(validation)) {
    errors.push(fieldError.notSupported('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn']));
  }
  if (errors.length > 0) throw invalid(`${kind}.meta.k8s.io`, '', errors);
  return {
    dryRun: dryRun.length > 0,
    fieldValidation: (validation || 'Warn') as FieldValidation,
    fieldManager: manager || undefined,
  };
}

export function checkDryRun(values: readonly string[]): FieldError[] {
  if (values.length === 0) return [];
  return values.every((value) => value === 'All') ? [] : [fieldError.notSupported('dryRun', values, ['All'])];
}

function checkManager(manager: string | undefined): FieldError[] {
  if (!manager) return [];
  if (manager.length > MAX_MANAGER) return [fieldError.tooLong('fieldManager', MAX_MANAGER)];
  return /^[^\p{Cc}\p{Cf}]*$/u.test(manager)
    ? []
    : [fieldError.invalid('fieldManager', manager, 'should only contain printable characters')];
}
