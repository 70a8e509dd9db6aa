/**
 * Policies by which a job fails or succeeds before its counts say so (`validatePodFailurePolicy`,
 * `validateSuccessPolicy`).
 */
import { type FieldError, fieldError, OMITTED } from '../../machinery/field-error.ts';
import { isQualifiedName } from '../../machinery/names.ts';
import { exceedsUtf8 } from '../../machinery/utf8-size.ts';
import type { JobSpec } from '../../types.ts';
import { invalidEach, validateEnum, validateNonNegative } from '../validation/fields.ts';
import { repeated } from '../validation/repeated.ts';
import { countIndexes } from './job-indexes.ts';

type FailureRule = NonNullable<JobSpec['podFailurePolicy']>['rules'][number];
type ExitCodes = NonNullable<FailureRule['onExitCodes']>;
type SuccessRule = NonNullable<JobSpec['successPolicy']>['rules'][number];

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const STATUSES = ['False', 'True', 'Unknown'];
const MAX_RULES = 20;
const MAX_PATTERNS = 20;
const MAX_EXIT_CODES = 255;
const MAX_INDEXES_TEXT = 64 * 1024;

/** Required, and one of a few. */
function validateChoice(value: string | undefined, choices: readonly string[], field: string): FieldError[] {
  if (value) return validateEnum(value, choices, field);
  return [fieldError.required(field, `valid values: [${choices.map((choice) => JSON.stringify(choice)).join(' ')}]`)];
}

export function validatePodFailurePolicy({ podFailurePolicy, ...spec }: JobSpec, field: string): FieldError[] {
  if (!podFailurePolicy) return [];
  const { rules = [] } = podFailurePolicy;
  const { containers = [], initContainers = [] } = spec.template?.spec ?? {};
  const names = new Set([...containers, ...initContainers].map(({ name }) => name));
  const tooMany = rules.length > MAX_RULES ? [fieldError.tooMany(`${field}.rules`, rules.length, MAX_RULES)] : [];
  return [
    ...tooMany,
    ...rules.flatMap((rule, index) =>
      validateFailureRule(rule, names, spec.backoffLimitPerIndex !== undefined, `${field}.rules[${index}]`),
    ),
  ];
}

function validateFailureRule(
  { action, onExitCodes, onPodConditions = [] }: FailureRule,
  containers: ReadonlySet<string>,
  perIndex: boolean,
  field: string,
): FieldError[] {
  const errors = validateChoice(action, ACTIONS, `${field}.action`);
  if (action === 'FailIndex' && !perIndex) {
    errors.push(fieldError.invalid(`${field}.action`, action, 'requires the backoffLimitPerIndex to be set'));
  }
  if (onExitCodes) errors.push(...validateExitCodes(onExitCodes, containers, `${field}.onExitCodes`));
  if (onPodConditions.length > MAX_PATTERNS) {
    errors.push(fieldError.tooMany(`${field}.onPodConditions`, onPodConditions.length, MAX_PATTERNS));
  }
  for (const [index, { type = '', status }] of onPodConditions.entries()) {
    const at = `${field}.onPodConditions[${index}]`;
    errors.push(...invalidEach(`${at}.type`, type, isQualifiedName(type)));
    errors.push(...validateChoice(status, STATUSES, `${at}.status`));
  }
  const given = Number(onExitCodes !== undefined) + Number(onPodConditions.length > 0);
  if (given === 1) return errors;
  const what =
    given === 2
      ? 'both OnExitCodes and OnPodConditions is not supported'
      : 'one of OnExitCodes and OnPodConditions is required';
  return [...errors, fieldError.invalid(field, OMITTED, `specifying ${what}`)];
}

function validateExitCodes(
  { operator, containerName, values = [] }: ExitCodes,
  containers: ReadonlySet<string>,
  field: string,
): FieldError[] {
  const errors = validateChoice(operator, ['In', 'NotIn'], `${field}.operator`);
  if (containerName !== undefined && !containers.has(containerName)) {
    const detail = 'must be one of the container or initContainer names in the pod template';
    errors.push(fieldError.invalid(`${field}.containerName`, containerName, detail));
  }
  const at = `${field}.values`;
  if (values.length === 0) errors.push(fieldError.invalid(at, values, 'at least one value is required'));
  if (values.length > MAX_EXIT_CODES) errors.push(fieldError.tooMany(at, values.length, MAX_EXIT_CODES));
  const twice = repeated(values);
  for (const [index, value] of values.entries()) {
    if (operator === 'In' && value === 0) {
      errors.push(fieldError.invalid(`${at}[${index}]`, value, 'must not be 0 for the In operator'));
    }
    if (twice.has(index)) errors.push(fieldError.duplicate(`${at}[${index}]`, value));
  }
  const isOrdered = values.every((value, index) => index === 0 || (values[index - 1] ?? 0) <= value);
  return isOrdered ? errors : [...errors, fieldError.invalid(at, values, 'must be ordered')];
}

export function validateSuccessPolicy({ successPolicy, completionMode, completions = 0 }: JobSpec, field: string) {
  if (!successPolicy) return [];
  const { rules = [] } = successPolicy;
  if (completionMode !== 'Indexed') {
    const shown = {
      Rules: rules.map(({ succeededIndexes = null, succeededCount = null }) => ({
        SucceededIndexes: succeededIndexes,
        SucceededCount: succeededCount,
      })),
    };
    return [fieldError.invalid(field, shown, 'requires indexed completion mode')];
  }
  const errors: FieldError[] = [];
  if (rules.length === 0) {
    const detail = 'at least one rules must be specified when the successPolicy is specified';
    errors.push(fieldError.required(`${field}.rules`, detail));
  }
  if (rules.length > MAX_RULES) errors.push(fieldError.tooMany(`${field}.rules`, rules.length, MAX_RULES));
  for (const [index, rule] of rules.entries()) {
    errors.push(...validateSuccessRule(rule, completions, `${field}.rules[${index}]`));
  }
  return errors;
}

function validateSuccessRule(rule: SuccessRule, completions: number, field: string): FieldError[] {
  const { succeededCount: count, succeededIndexes: indexes } = rule;
  const errors: FieldError[] = [];
  if (count === undefined && indexes === undefined) {
    errors.push(fieldError.required(field, 'at least one of succeededCount or succeededIndexes must be specified'));
  }
  const total = indexes === undefined ? 0 : countIndexes(indexes, completions);
  if (indexes !== undefined) {
    const at = `${field}.succeededIndexes`;
    if (exceedsUtf8([indexes], MAX_INDEXES_TEXT)) errors.push(fieldError.tooLong(at, MAX_INDEXES_TEXT));
    if (typeof total === 'string') {
      errors.push(fieldError.invalid(at, indexes, `error parsing succeededIndexes: ${total}`));
    }
  }
  if (count === undefined) return errors;
  const at = `${field}.succeededCount`;
  errors.push(...validateNonNegative(count, at));
  const refuse = (limit: number, what: string) => {
    if (count > limit) errors.push(fieldError.invalid(at, count, `must be less than or equal to ${limit} (${what})`));
  };
  refuse(completions, 'the number of specified completions');
  if (indexes !== undefined) {
    refuse(typeof total === 'number' ? total : 0, 'the number of indexes in the specified succeededIndexes field');
  }
  return errors;
}
