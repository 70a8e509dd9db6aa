/** The status of a job and its changes (`ValidateJobUpdateStatus` in `pkg/apis/batch/validation/validation.go`). */
import { sameJson } from '../../machinery/equality.ts';
import { type FieldError, fieldError, OMITTED } from '../../machinery/field-error.ts';
import type { Job } from '../../types.ts';
import { validateNonNegative } from '../validation/fields.ts';
import { commonIndex, indexesFault } from './job-indexes.ts';

type Status = NonNullable<Job['status']>;

const CONDITIONS = 'status.conditions';

/** The status of the condition; undefined where the job has none of the type. */
function is(status: Status, type: string, wanted: 'True' | 'False' = 'True'): boolean {
  return status.conditions?.some((each) => each.type === type && each.status === wanted) ?? false;
}

const isFinished = (status: Status): boolean => is(status, 'Complete') || is(status, 'Failed');

/**
 * Rules count where the fields that they are about change, so that a status that breaks one already can still be
 * updated otherwise (`getStatusValidationOptions` in `pkg/registry/batch/job/strategy.go`).
 */
export function validateJobStatusUpdate(next: Job, old: Job): FieldError[] {
  const [status, before]: [Status, Status] = [next.status ?? {}, old.status ?? {}];
  return [
    ...validateCounts(status),
    ...validateOutcome(status, before),
    ...validateFinished(next, status, before),
    ...validateIndexes(next, status, before),
    ...validateRunning(status, before),
    ...validateSuccess(next, status),
    ...validateTransitions(next, status, before),
  ];
}

function validateCounts(status: Status): FieldError[] {
  const errors = (['active', 'succeeded', 'failed', 'ready', 'terminating'] as const).flatMap((name) =>
    validateNonNegative(status[name], `status.${name}`),
  );
  const seen = new Set<string>();
  for (const name of ['succeeded', 'failed'] as const) {
    for (const [i, uid] of (status.uncountedTerminatedPods?.[name] ?? []).entries()) {
      const at = `status.uncountedTerminatedPods.${name}[${i}]`;
      if (uid === '') errors.push(fieldError.invalid(at, uid, 'must not be empty'));
      else if (seen.has(uid)) errors.push(fieldError.duplicate(at, uid));
      seen.add(uid);
    }
  }
  return errors;
}

/** An error about the conditions as a whole. */
const conditions = (detail: string): FieldError => fieldError.invalid(CONDITIONS, OMITTED, detail);

function validateOutcome(status: Status, before: Status): FieldError[] {
  const errors: FieldError[] = [];
  const changed = (type: string): boolean => is(status, type) !== is(before, type);
  const { completionTime, startTime } = status;
  const complete = is(status, 'Complete');
  const failed = is(status, 'Failed');
  if ((changed('Complete') || changed('Failed')) && complete && failed) {
    errors.push(conditions('cannot set Complete=True and Failed=true conditions'));
  }
  if ((changed('Complete') || changed('FailureTarget')) && complete && is(status, 'FailureTarget')) {
    errors.push(conditions('cannot set Complete=True and FailureTarget=true conditions'));
  }
  const completed = changed('Complete') || differ(status, before, 'completionTime');
  if (completed && completionTime && !complete) {
    const why = 'cannot set completionTime when there is no Complete=True condition';
    errors.push(fieldError.invalid('status.completionTime', completionTime, why));
  }
  if (completed && !completionTime && complete) {
    errors.push(fieldError.required('status.completionTime', 'completionTime is required for Complete jobs'));
  }
  const timesChanged = differ(status, before, 'startTime') || differ(status, before, 'completionTime');
  if (timesChanged && startTime && completionTime && Date.parse(completionTime) < Date.parse(startTime)) {
    const why = 'must be equal to or after `startTime`';
    errors.push(fieldError.invalid('status.completionTime', completionTime, why));
  }
  if ((changed('Failed') || differ(status, before, 'failedIndexes')) && failed && !is(status, 'FailureTarget')) {
    errors.push(conditions('cannot set Failed=True condition without the FailureTarget=true condition'));
  }
  if ((changed('Complete') || changed('SuccessCriteriaMet')) && complete && !is(status, 'SuccessCriteriaMet')) {
    errors.push(conditions('cannot set Complete=True condition without the SuccessCriteriaMet=true condition'));
  }
  return errors;
}

function differ(status: Status, before: Status, name: keyof Status): boolean {
  return !sameJson(status[name] ?? null, before[name] ?? null);
}

function validateFinished({ spec }: Job, status: Status, before: Status): FieldError[] {
  const errors: FieldError[] = [];
  const { active = 0, startTime, uncountedTerminatedPods: uncounted } = status;
  if (!isFinished(status)) return errors;
  const finished = !isFinished(before);
  if ((finished || active !== (before.active ?? 0)) && active > 0) {
    errors.push(fieldError.invalid('status.active', active, 'active>0 is invalid for finished job'));
  }
  const neverStarts = spec?.suspend === true && spec.completions === 0;
  if ((finished || differ(status, before, 'startTime')) && !neverStarts && !startTime) {
    errors.push(fieldError.required('status.startTime', 'startTime is required for finished job'));
  }
  if ((finished || differ(status, before, 'uncountedTerminatedPods')) && hasUncounted(uncounted)) {
    const why = 'must be empty for finished job';
    errors.push(fieldError.invalid('status.uncountedTerminatedPods', uncounted, why));
  }
  return errors;
}

function hasUncounted(uncounted: Status['uncountedTerminatedPods']): boolean {
  return (uncounted?.failed?.length ?? 0) + (uncounted?.succeeded?.length ?? 0) > 0;
}

function validateIndexes({ spec }: Job, status: Status, before: Status): FieldError[] {
  const errors: FieldError[] = [];
  const { completedIndexes: completed = '', failedIndexes: failed } = status;
  const { completions, backoffLimitPerIndex, completionMode } = spec ?? {};
  const completedChanged = completed !== (before.completedIndexes ?? '');
  const failedChanged = failed !== before.failedIndexes;
  const malformed = (name: string, text: string): void => {
    const fault = completions === undefined ? undefined : indexesFault(text, completions);
    if (fault) errors.push(fieldError.invalid(`status.${name}`, text, `error parsing ${name}: ${fault}`));
  };
  if (completedChanged) malformed('completedIndexes', completed);
  if (failedChanged && backoffLimitPerIndex !== undefined && failed !== undefined) malformed('failedIndexes', failed);
  if (completedChanged && completed !== '' && completionMode !== 'Indexed') {
    const why = 'cannot set non-empty completedIndexes when non-indexed completion mode';
    errors.push(fieldError.invalid('status.completedIndexes', completed, why));
  }
  if (failed === undefined) return errors;
  if (failedChanged && backoffLimitPerIndex === undefined) {
    const why = 'cannot set non-null failedIndexes when backoffLimitPerIndex is null';
    errors.push(fieldError.invalid('status.failedIndexes', failed, why));
  }
  if (completions === undefined || !(completedChanged || failedChanged)) return errors;
  const common = commonIndex(completed, failed, completions);
  if (common !== undefined) {
    const why = `failedIndexes and completedIndexes overlap at index: ${common}`;
    errors.push(fieldError.invalid('status.failedIndexes', failed, why));
  }
  return errors;
}

function validateRunning(status: Status, before: Status): FieldError[] {
  const errors: FieldError[] = [];
  const { terminating = 0, ready = 0, active = 0 } = status;
  const finished = isFinished(status);
  if ((finished !== isFinished(before) || differ(status, before, 'terminating')) && terminating > 0 && finished) {
    errors.push(fieldError.invalid('status.terminating', terminating, 'terminating>0 is invalid for finished job'));
  }
  if ((differ(status, before, 'ready') || active !== (before.active ?? 0)) && status.ready !== undefined) {
    if (ready > active) {
      errors.push(fieldError.invalid('status.ready', ready, 'cannot set more ready pods than active'));
    }
  }
  return errors;
}

function validateSuccess({ spec }: Job, status: Status): FieldError[] {
  const errors: FieldError[] = [];
  const met = is(status, 'SuccessCriteriaMet');
  if (met && is(status, 'Failed')) {
    errors.push(conditions('cannot set SuccessCriteriaMet=True and Failed=true conditions'));
  }
  if (met && is(status, 'FailureTarget')) {
    errors.push(conditions('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'));
  }
  if (spec?.successPolicy && !met && is(status, 'Complete')) {
    errors.push(conditions('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True'));
  }
  return errors;
}

function validateTransitions({ spec }: Job, status: Status, before: Status): FieldError[] {
  const errors = (['Failed', 'Complete', 'FailureTarget'] as const)
    .filter((type) => is(before, type) && !is(status, type))
    .map((type) => conditions(`cannot disable the terminal ${type}=True condition`));
  const { completionTime, startTime } = status;
  const scales = spec?.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  for (const name of ['failed', 'succeeded'] as const) {
    const [count = 0, earlier = 0] = [status[name], before[name]];
    if (count >= earlier || (name === 'succeeded' && scales)) continue;
    errors.push(fieldError.invalid(`status.${name}`, count, `cannot decrease the ${name} counter`));
  }
  if (completionTime && before.completionTime && differ(status, before, 'completionTime')) {
    errors.push(fieldError.invalid('status.completionTime', completionTime, 'field is immutable'));
  }
  const resumes = is(before, 'Suspended') && is(status, 'Suspended', 'False');
  if (before.startTime && differ(status, before, 'startTime') && !resumes && spec?.suspend !== true) {
    const why = 'field is immutable for unsuspended job once set';
    errors.push(fieldError.invalid('status.startTime', startTime, why));
  }
  const [met, wasMet] = [is(status, 'SuccessCriteriaMet'), is(before, 'SuccessCriteriaMet')];
  if (wasMet && !met) errors.push(conditions('cannot disable the SuccessCriteriaMet=True condition'));
  if (is(before, 'Complete') && !wasMet && met) {
    const why = 'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions';
    errors.push(conditions(why));
  }
  return errors;
}
