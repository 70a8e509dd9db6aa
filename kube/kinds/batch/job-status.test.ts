import { expect, test } from 'vitest';
import { errorText } from '../../machinery/field-error.ts';
import { anObject, updateErrors } from '../../testing/strategy.ts';
import type { Job } from '../../types.ts';
import { job } from './job.ts';

const TIME = '2026-01-02T03:04:05Z';
const AT = 'status.conditions: Invalid value';
const holds = (...types: string[]) => ({ conditions: types.map((type) => ({ type, status: 'True' })) });
const done = { ...holds('Complete', 'SuccessCriteriaMet'), startTime: TIME, completionTime: TIME };
const indexed = { completionMode: 'Indexed', completions: 5, parallelism: 2, backoffLimitPerIndex: 1 };

const errors = (status: object, before: object = {}, spec: object = {}): string[] =>
  (
    job.strategy.validateStatusUpdate?.(
      anObject(job, { spec, status }) as Job,
      anObject(job, { spec, status: before }) as Job,
    ) ?? []
  ).map(errorText);

test.each<[object, string[], object?]>([
  [{ active: 2, ready: 1, startTime: TIME }, []],
  [done, []],
  [{ active: -1 }, ['status.active: Invalid value: -1: must be greater than or equal to 0']],
  [{ active: 1, ready: 2 }, ['status.ready: Invalid value: 2: cannot set more ready pods than active']],
  [
    { uncountedTerminatedPods: { succeeded: ['a', ''], failed: ['a'] } },
    [
      'status.uncountedTerminatedPods.succeeded[1]: Invalid value: "": must not be empty',
      'status.uncountedTerminatedPods.failed[0]: Duplicate value: "a"',
    ],
  ],
  [
    { ...holds('Failed'), startTime: TIME },
    [`${AT}: cannot set Failed=True condition without the FailureTarget=true condition`],
  ],
  [
    { ...holds('Complete'), active: 1, terminating: 1 },
    [
      'status.completionTime: Required value: completionTime is required for Complete jobs',
      `${AT}: cannot set Complete=True condition without the SuccessCriteriaMet=true condition`,
      'status.active: Invalid value: 1: active>0 is invalid for finished job',
      'status.startTime: Required value: startTime is required for finished job',
      'status.terminating: Invalid value: 1: terminating>0 is invalid for finished job',
    ],
  ],
  [
    { completionTime: TIME },
    [
      `status.completionTime: Invalid value: "${TIME}": cannot set completionTime when there is no Complete=True condition`,
    ],
  ],
  [{ failed: 0 }, ['status.failed: Invalid value: 0: cannot decrease the failed counter'], { failed: 1 }],
  [{ succeeded: 0 }, ['status.succeeded: Invalid value: 0: cannot decrease the succeeded counter'], { succeeded: 1 }],
  [
    { startTime: TIME },
    [
      `${AT}: cannot disable the terminal Complete=True condition`,
      `${AT}: cannot disable the SuccessCriteriaMet=True condition`,
    ],
    done,
  ],
  [
    { startTime: '2026-01-02T03:04:06Z' },
    ['status.startTime: Invalid value: "2026-01-02T03:04:06Z": field is immutable for unsuspended job once set'],
    { startTime: TIME },
  ],
])('a job gets the status %j', (status, expected, before) => {
  expect(errors(status, before)).toEqual(expected);
});

test.each<[object, string[]]>([
  [{ completedIndexes: '0,2-3', failedIndexes: '1' }, []],
  [
    { completedIndexes: 'a' },
    [
      'status.completedIndexes: Invalid value: "a": error parsing completedIndexes: cannot convert string to integer for index: "a"',
    ],
  ],
  [
    { completedIndexes: '1-2-3' },
    [
      'status.completedIndexes: Invalid value: "1-2-3": error parsing completedIndexes: the fragment "1-2-3" violates the requirement that an index interval can have at most two parts separated by \'-\'',
    ],
  ],
  [
    { completedIndexes: '3,5' },
    ['status.completedIndexes: Invalid value: "3,5": error parsing completedIndexes: too large index: "5"'],
  ],
  [
    { failedIndexes: '3,1' },
    [
      'status.failedIndexes: Invalid value: "3,1": error parsing failedIndexes: non-increasing order, previous: 3, current: 1',
    ],
  ],
  [
    { completedIndexes: '0-2', failedIndexes: '2-3' },
    ['status.failedIndexes: Invalid value: "2-3": failedIndexes and completedIndexes overlap at index: 2'],
  ],
])('an indexed job gets the status %j', (status, expected) => {
  expect(errors(status, {}, indexed)).toEqual(expected);
});

test('a job without indexes has none that completed or failed', () => {
  expect(errors({ completedIndexes: '0', failedIndexes: '' }, {}, { completions: 1 })).toEqual([
    'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode',
    'status.failedIndexes: Invalid value: "": cannot set non-null failedIndexes when backoffLimitPerIndex is null',
  ]);
});

test('a status that breaks a rule can still be updated otherwise', () => {
  const broken = { ...holds('Complete'), active: 1 };
  expect(errors({ ...broken, succeeded: 1 }, broken)).toEqual([]);
});

test('the labels by which a job finds its pods are its own', () => {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'x' }] } };
  const object = anObject(job, { metadata: { name: 'x', uid: 'u' }, spec: { template } }) as Job;
  const change = (labels: Record<string, string>) => (next: Job) => {
    if (next.spec?.template) next.spec.template.metadata = { labels };
  };
  const at = 'spec.template.metadata.labels';
  expect(updateErrors(job, object, change({ 'controller-uid': 'v' })).slice(0, 4)).toEqual([
    `${at}[controller-uid]: Invalid value: {"controller-uid":"v"}: must be 'u'`,
    `${at}[job-name]: Required value: must be 'x'`,
    `${at}[batch.kubernetes.io/controller-uid]: Required value: must be 'u'`,
    `${at}[batch.kubernetes.io/job-name]: Required value: must be 'x'`,
  ]);
});

test('a suspended job without pods takes other resources and places for them, and no other image', () => {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'x' }] } };
  const object = anObject(job, { metadata: { name: 'x', uid: 'u' }, spec: { template, suspend: true } }) as Job;
  const change = (spec: object, container: object) => (next: Job) => {
    const pod = next.spec?.template?.spec;
    Object.assign(pod ?? {}, spec);
    Object.assign(pod?.containers[0] ?? {}, container);
  };
  const resources = { requests: { cpu: '1' } };
  expect(updateErrors(job, object, change({ nodeSelector: { zone: 'a' } }, { resources }))).toEqual([]);
  expect(updateErrors(job, object, change({}, { image: 'y' }))).toEqual([
    expect.stringMatching(/^spec\.template\.spec: Invalid value: .*: field is immutable$/),
  ]);
  const running = structuredClone(object);
  if (running.spec) running.spec.suspend = false;
  expect(updateErrors(job, running, change({}, { resources }))).toEqual([
    expect.stringMatching(/^spec\.template: Invalid value: .*: field is immutable$/),
  ]);
});
