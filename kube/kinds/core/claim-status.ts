/** Updates of a claim's status (`ValidatePersistentVolumeClaimStatusUpdate`). */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isQualifiedName } from '../../machinery/names.ts';
import { parseQuantity, unitCeil } from '../../machinery/quantity.ts';
import type { PersistentVolumeClaim } from '../../types.ts';
import { invalidEach } from '../validation/fields.ts';
import { isNative } from './pod-spec/resources.ts';

const STATES = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
].sort();

export function validateClaimStatusUpdate({ status = {} }: PersistentVolumeClaim): FieldError[] {
  const { capacity = {}, allocatedResourceStatuses: states = {}, allocatedResources: allocated = {} } = status;
  const errors = Object.entries(capacity).flatMap(([name, text]) => validateAmount(text, `status.capacity[${name}]`));
  for (const [name, state] of Object.entries(states)) {
    const field = 'status.allocatedResourceStatuses';
    errors.push(...validateResource(name, field));
    // Upstream's message shows the resource's name as the value, though the state is wrong.
    if (!STATES.includes(state)) errors.push(fieldError.notSupported(field, name, STATES));
  }
  for (const [name, text] of Object.entries(allocated)) {
    const field = 'status.allocatedResources';
    const found = validateResource(name, field);
    errors.push(...(found.length > 0 ? found : validateAmount(text, `${field}[${name}]`)));
  }
  return errors;
}

/** A resource is `storage` or one with a domain of its own. */
function validateResource(name: string, field: string): FieldError[] {
  const errors = invalidEach(field, name, isQualifiedName(name));
  if (errors.length > 0 || !isNative(name) || name === 'storage') return errors;
  return [fieldError.notSupported(field, name, ['storage'])];
}

function validateAmount(text: string | number, field: string): FieldError[] {
  const quantity = parseQuantity(text);
  if (!quantity || quantity.nano >= 0n) return [];
  // Upstream rounds away from zero.
  const units = -Number(unitCeil({ ...quantity, nano: -quantity.nano }));
  return [fieldError.invalid(field, units, 'must be a valid resource quantity')];
}
