/** `ValidateCronJobCreate` in `pkg/apis/batch/validation/validation.go` */

import { scheduleError } from '../../cron/schedule.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { timeZoneError } from '../../machinery/time-zones.ts';
import type { CronJob } from '../../types.ts';
import { METADATA_ERRORS } from '../metadata.ts';
import { validateEnum, validateNonNegative } from '../validation/fields.ts';
import { validateJobSpec } from './job-validation.ts';

type Spec = NonNullable<CronJob['spec']>;

/** Part of a time zone's name that is no step to another folder, and no option of a program. */
const ZONE_PART = /^(?!\.{1,2}$)(?!-)[-A-Za-z._0-9+]{1,14}$/;
/** A Job's name is its CronJob's and eleven characters more. */
const MAX_NAME = 52;

function validateSchedule({ schedule = '' }: Spec): FieldError[] {
  const field = 'spec.schedule';
  if (schedule === '') return [fieldError.required(field)];
  const error = scheduleError(schedule);
  const errors = error ? [fieldError.invalid(field, schedule, error)] : [];
  if (schedule.includes('TZ')) {
    const detail = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
    errors.push(fieldError.invalid(field, schedule, detail));
  }
  return errors;
}

function validateTimeZone({ timeZone }: Spec): FieldError[] {
  const field = 'spec.timeZone';
  if (timeZone === undefined) return [];
  if (timeZone === '') return [fieldError.invalid(field, timeZone, 'timeZone must be nil or non-empty string')];
  if (timeZone.split('/').some((part) => !ZONE_PART.test(part))) {
    return [fieldError.invalid(field, timeZone, `unknown time zone ${timeZone}`)];
  }
  const explicit = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
  const details = [timeZone.toLowerCase() === 'local' ? explicit : undefined, timeZoneError(timeZone)];
  return details.filter((detail) => detail !== undefined).map((detail) => fieldError.invalid(field, timeZone, detail));
}

export function validateCronJob({ spec = {} as Spec, metadata }: CronJob): FieldError[] {
  const job = spec.jobTemplate?.spec;
  const errors = [
    // The rule of this kind for a name comes last, apart from those of all names.
    METADATA_ERRORS,
    ...validateSchedule(spec),
    ...validateNonNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds'),
    ...validateTimeZone(spec),
    ...validateEnum(spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace'], 'spec.concurrencyPolicy'),
    ...validateJobSpec(job ?? ({} as NonNullable<typeof job>), 'spec.jobTemplate.spec'),
  ];
  if (job?.selector) {
    const detail = '`selector` will be auto-generated';
    errors.push(fieldError.invalid('spec.jobTemplate.spec.selector', job.selector, detail));
  }
  if (job?.manualSelector) {
    errors.push(fieldError.notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']));
  }
  errors.push(...validateNonNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit'));
  errors.push(...validateNonNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit'));
  const { name = '' } = metadata;
  if (name.length > MAX_NAME && !metadata.resourceVersion) {
    errors.push(fieldError.invalid('metadata.name', name, `must be no more than ${MAX_NAME} characters`));
  }
  return errors;
}
