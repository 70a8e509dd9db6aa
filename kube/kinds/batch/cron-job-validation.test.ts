import { expect, test } from 'vitest';
import { errorText } from '../../machinery/field-error.ts';
import type { CronJob } from '../../types.ts';
import { validateCronJob } from './cron-job-validation.ts';

const EXPLICIT = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';

test.each([
  ['UTC', []],
  ['America/Argentina/Buenos_Aires', []],
  ['../etc', ['unknown time zone ../etc']],
  ['/UTC', ['unknown time zone /UTC']],
  ['Etc/-1', ['unknown time zone Etc/-1']],
  ['local', [EXPLICIT, 'unknown time zone local']],
])('the time zone %s: %j', (timeZone, details) => {
  const cronJob = { metadata: { name: 'a' }, spec: { schedule: '@daily', timeZone } } as CronJob;
  const texts = validateCronJob(cronJob).map(errorText);
  const own = texts.filter((text) => text.startsWith('spec.timeZone'));
  expect(own).toEqual(details.map((detail) => `spec.timeZone: Invalid value: "${timeZone}": ${detail}`));
});
