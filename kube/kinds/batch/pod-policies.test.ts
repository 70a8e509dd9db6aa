import { expect, test } from 'vitest';
import { created, createErrors, updateErrors } from '../../testing/strategy.ts';
import type { Job } from '../../types.ts';
import { job } from './job.ts';

const aJob = (spec: object): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'j', namespace: 'default', uid: 'u' },
  spec: {
    template: {
      metadata: { labels: { app: 'a' } },
      spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'x' }] },
    },
    ...spec,
  } as Job['spec'],
});

const errors = (spec: object): string[] => createErrors(job, aJob(spec));

test('a rule of a pod failure policy has an action and one condition', () => {
  const rules = (...all: object[]) => ({ podFailurePolicy: { rules: all } });
  const onExitCodes = { operator: 'In', values: [1, 2] };
  expect(errors(rules({ action: 'FailJob', onExitCodes }))).toEqual([]);
  const at = 'spec.podFailurePolicy.rules[0]';
  expect(errors(rules({ action: 'x' }))).toEqual([
    `${at}.action: Unsupported value: "x": supported values: "Count", "FailIndex", "FailJob", "Ignore"`,
    `${at}: Invalid value: specifying one of OnExitCodes and OnPodConditions is required`,
  ]);
  expect(
    errors(rules({ action: 'FailIndex', onExitCodes: { operator: 'In', values: [2, 0, 2], containerName: 'z' } })),
  ).toEqual([
    `${at}.action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set`,
    `${at}.onExitCodes.containerName: Invalid value: "z": must be one of the container or initContainer names in the pod template`,
    `${at}.onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator`,
    `${at}.onExitCodes.values[2]: Duplicate value: 2`,
    `${at}.onExitCodes.values: Invalid value: [2,0,2]: must be ordered`,
  ]);
});

test('a success policy names indexes that there are', () => {
  const policy = (rule: object) => ({ completionMode: 'Indexed', completions: 5, successPolicy: { rules: [rule] } });
  const at = 'spec.successPolicy.rules[0]';
  expect(errors(policy({ succeededIndexes: '0-2,4', succeededCount: 4 }))).toEqual([]);
  expect(errors(policy({ succeededIndexes: '2-1' }))).toEqual([
    `${at}.succeededIndexes: Invalid value: "2-1": error parsing succeededIndexes: non-increasing order, previous: 2, current: 1`,
  ]);
  expect(errors(policy({ succeededIndexes: '0-99999999999999999999' }))).toEqual([
    `${at}.succeededIndexes: Invalid value: "0-99999999999999999999": error parsing succeededIndexes: cannot convert string to integer for index: "99999999999999999999"`,
  ]);
  expect(errors(policy({ succeededIndexes: '0-5' }))).toEqual([
    `${at}.succeededIndexes: Invalid value: "0-5": error parsing succeededIndexes: too large index: "5"`,
  ]);
  expect(errors(policy({ succeededIndexes: '0,1', succeededCount: 3 }))).toEqual([
    `${at}.succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)`,
  ]);
  expect(errors({ successPolicy: { rules: [{ succeededCount: 1 }] } })).toEqual([
    'spec.successPolicy: Invalid value: {"Rules":[{"SucceededIndexes":null,"SucceededCount":1}]}: requires indexed completion mode',
  ]);
});

test('managedBy of a job is a domain and a path', () => {
  expect(errors({ managedBy: 'x' })).toEqual([
    'spec.managedBy: Invalid value: "x": must be a domain-prefixed path (such as "acme.io/foo")',
  ]);
});

test('a job without labels has those of its template, the generated ones among them', () => {
  const { metadata, spec } = created(job, aJob({}));
  expect(metadata.labels).toEqual(spec?.template?.metadata?.labels);
  expect(metadata.labels).toMatchObject({ app: 'a', 'batch.kubernetes.io/job-name': 'j' });
});

test('a policy that is empty, or a number of 0, is another than none', () => {
  for (const [name, value] of Object.entries({ podFailurePolicy: {}, successPolicy: {}, backoffLimitPerIndex: 0 })) {
    const change = updateErrors(job, aJob({}), ({ spec }) => void Object.assign(spec ?? {}, { [name]: value }));
    expect(change.filter((error) => error.endsWith('field is immutable'))).toEqual([
      `spec.${name}: Invalid value: ${JSON.stringify(value)}: field is immutable`,
    ]);
  }
});
