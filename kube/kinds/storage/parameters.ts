/**
 * Parameters that classes of storage and of volume attributes hand to a driver
 * (`pkg/apis/storage/validation/validation.go`).
 */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { validateLabelName } from '../validation/labels.ts';

const MAX_PARAMETERS = 512;
const MAX_PARAMETER_BYTES = 256 * 1024;

export function validateParameters(parameters: Readonly<Record<string, string>> = {}, needsOne = false): FieldError[] {
  const entries = Object.entries(parameters);
  if (entries.length > MAX_PARAMETERS) return [fieldError.tooLong('parameters', MAX_PARAMETERS)];
  const size = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return [
    ...(Object.hasOwn(parameters, '') ? [fieldError.invalid('parameters', '', 'field can not be empty.')] : []),
    ...(size > MAX_PARAMETER_BYTES ? [fieldError.tooLong('parameters', MAX_PARAMETER_BYTES)] : []),
    ...(needsOne && entries.length === 0
      ? [fieldError.required('parameters', 'must contain at least one key/value pair')]
      : []),
  ];
}

export function validateProvisioner(name: string | undefined, field: string): FieldError[] {
  return name ? validateLabelName(name.toLowerCase(), field) : [fieldError.required(field)];
}
