import { expect, test } from 'vitest';
import { errorText } from '../../machinery/field-error.ts';
import type { JobSpec } from '../../types.ts';
import { validateJobSpec } from './job-validation.ts';

const MOST =
  'must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index';

test.each<[Partial<JobSpec>, string[]]>([
  [{ completions: 100_000, backoffLimitPerIndex: 1 }, []],
  [{ completions: 100_001 }, []],
  [
    { completions: 100_001, backoffLimitPerIndex: 1 },
    ['spec.maxFailedIndexes: Required value: must be specified when completions is above 100000'],
  ],
  [{ completions: 100_001, backoffLimitPerIndex: 1, maxFailedIndexes: 10_000, parallelism: 10_000 }, []],
  [
    { completions: 100_001, backoffLimitPerIndex: 1, maxFailedIndexes: 10_001, parallelism: 10_001 },
    [`spec.parallelism: Invalid value: 10001: ${MOST}`, `spec.maxFailedIndexes: Invalid value: 10001: ${MOST}`],
  ],
])('an indexed job with %j', (more, expected) => {
  const template = { spec: { restartPolicy: 'Never', containers: [] } };
  const errors = validateJobSpec({ completionMode: 'Indexed', template, ...more }, 'spec').map(errorText);
  expect(errors.filter((text) => !text.startsWith('spec.template'))).toEqual(expected);
});
