/** Conditions of a status (`ValidateConditions` in apimachinery's `pkg/apis/meta/v1/validation`). */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { exceedsUtf8 } from '../../machinery/utf8-size.ts';
import { invalidEach, validateEnum } from './fields.ts';
import { validateLabelName } from './labels.ts';
import { repeated } from './repeated.ts';

export interface Condition {
  type?: string;
  status?: string;
  observedGeneration?: number;
  lastTransitionTime?: string | null;
  reason?: string;
  message?: string;
}

const MAX_REASON = 1024;
const MAX_MESSAGE = 32 * 1024;
const REASON_TEXT = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const REASON = new RegExp(`^${REASON_TEXT}$`);
const REASON_WORDS = `a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '${REASON_TEXT}')`;

export function validateConditions(conditions: readonly Condition[] | undefined, field: string): FieldError[] {
  const twice = repeated((conditions ?? []).map(({ type = '' }) => type));
  return (conditions ?? []).flatMap((condition, index) => {
    const at = `${field}[${index}]`;
    const doubled = twice.has(index) ? [fieldError.duplicate(`${at}.type`, condition.type ?? '')] : [];
    return [...doubled, ...validateCondition(condition, at)];
  });
}

function validateCondition(condition: Condition, field: string): FieldError[] {
  const { type = '', status, observedGeneration = 0, lastTransitionTime, reason = '', message = '' } = condition;
  const errors = validateLabelName(type, `${field}.type`);
  errors.push(...validateEnum(status, ['False', 'True', 'Unknown'], `${field}.status`));
  if (observedGeneration < 0) {
    const detail = 'must be greater than or equal to zero';
    errors.push(fieldError.invalid(`${field}.observedGeneration`, observedGeneration, detail));
  }
  if (!lastTransitionTime) errors.push(fieldError.required(`${field}.lastTransitionTime`));
  if (reason === '') errors.push(fieldError.required(`${field}.reason`));
  else errors.push(...invalidEach(`${field}.reason`, reason, REASON.test(reason) ? [] : [REASON_WORDS]));
  if (exceedsUtf8([reason], MAX_REASON)) errors.push(fieldError.tooLong(`${field}.reason`, MAX_REASON));
  if (exceedsUtf8([message], MAX_MESSAGE)) errors.push(fieldError.tooLong(`${field}.message`, MAX_MESSAGE));
  return errors;
}
