import type { FieldError } from '../../machinery/field-error.ts';
import { isValidPortName, isValidPortNumber } from '../../machinery/names.ts';
import { invalidEach } from './fields.ts';

export const PROTOCOLS: readonly string[] = ['SCTP', 'TCP', 'UDP'];

export function validatePortNumber(port: number | undefined, field: string): FieldError[] {
  return invalidEach(field, port ?? 0, isValidPortNumber(port ?? 0));
}

/** A port by number, or by the name it has in the pod. */
export function validatePortNumberOrName(port: number | string | undefined, field: string): FieldError[] {
  if (typeof port === 'string') return invalidEach(field, port, isValidPortName(port));
  return validatePortNumber(port, field);
}
