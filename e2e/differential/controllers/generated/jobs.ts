/** Generated Jobs and CronJobs. */
import type { Json } from '../../mutations.ts';
import { nextMinute, type Step, together } from '../scenario.ts';
import { cronJob, job as jobOf } from '../scenarios/objects.ts';
import type { Choices, Sort } from './choices.ts';
import { change, removed } from './edits.ts';
import { backOffOver, changeSome, freeAll, killSome, runSome } from './pods.ts';

/** Failures after which a Job still is within a back-off that a run can wait for. */
const MOST_FAILURES = 3;

function failurePolicy(choices: Choices, perIndex: boolean): Json {
  const actions = ['FailJob', 'Ignore', 'Count', ...(perIndex ? ['FailIndex'] : [])];
  const rules = Array.from({ length: choices.between(1, 2) }, () => ({
    action: choices.one(actions),
    ...(choices.often(70)
      ? { onExitCodes: { operator: choices.one(['In', 'NotIn']), values: choices.one([[1], [3], [1, 3]]) } }
      : { onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }),
  }));
  return { podFailurePolicy: { rules } };
}

function successPolicy(choices: Choices): Json {
  const rule = choices.one([
    { succeededCount: 1 },
    { succeededIndexes: '0' },
    { succeededIndexes: '0-1', succeededCount: 1 },
  ]);
  return { successPolicy: { rules: [rule] } };
}

function jobSpec(choices: Choices): Json {
  const isIndexed = choices.often(50);
  const completions = choices.between(2, 4);
  const perIndex = isIndexed && choices.often(40);
  const common = {
    parallelism: choices.between(0, 4),
    ...choices.maybe(50, () => ({ backoffLimit: choices.between(0, 4) })),
    ...choices.maybe(15, () => ({ suspend: true })),
    ...choices.maybe(40, () => failurePolicy(choices, perIndex)),
    ...choices.maybe(10, () => ({ activeDeadlineSeconds: choices.between(4, 30) })),
    ...choices.maybe(10, () => ({ ttlSecondsAfterFinished: choices.between(0, 3) })),
    ...choices.maybe(20, () => ({ podReplacementPolicy: 'Failed' })),
    ...choices.maybe(5, () => ({ managedBy: 'own.io/other' })),
  };
  if (!isIndexed) return { ...common, ...choices.maybe(60, () => ({ completions })) };
  return {
    ...common,
    completionMode: 'Indexed',
    completions,
    ...choices.maybe(30, () => ({ parallelism: completions })),
    ...(perIndex ? { backoffLimitPerIndex: choices.between(0, 1) } : {}),
    ...(perIndex && choices.often(40) ? { maxFailedIndexes: choices.between(0, 2) } : {}),
    ...choices.maybe(25, () => successPolicy(choices)),
  };
}

export function job(choices: Choices): Sort {
  const path = 'jobs/web';
  let failures = 0;
  const annotations = {
    'suite/run': choices.one(['ready', 'ready', 'unready', 'succeed']),
    ...choices.maybe(15, () => ({ 'suite/stay': '1' })),
  };
  const restart = choices.maybe(10, () => ({ restartPolicy: 'OnFailure' }));
  const spec = jobSpec(choices);
  if (restart.restartPolicy) delete spec.podFailurePolicy;
  const object = jobOf(spec, annotations, restart);
  // Of pods that end at once, how many a Job counts that is over with the first one is a race.
  const isOverEarly = spec.successPolicy !== undefined || spec.podFailurePolicy !== undefined;
  const isShort = isOverEarly || (spec.backoffLimit ?? 6) < 4 || spec.backoffLimitPerIndex !== undefined;
  const ends = (): Step => runSome(isOverEarly ? 1 : choices.one([1, 2, 9]), 'succeed');
  const fail = (): Step => {
    const most = Math.min(isShort ? 1 : choices.between(1, 2), MOST_FAILURES - failures);
    if (most <= 0) return runSome(1, 'succeed');
    failures += most;
    const condition = { type: 'DisruptionTarget', status: 'True', reason: 'Evicted' };
    const by = choices.often(20)
      ? changeSome(most, { status: { phase: 'Failed', conditions: [condition] } }, '/status')
      : runSome(most, choices.one(['fail', 'fail', 'fail:3']));
    return together(by, backOffOver);
  };
  // Upstream looks a second later, when the kubelet of the twins has told how the pod ended that the Job waited for.
  const endsByDeletion = spec.completions === undefined;
  const kill = (): Step => {
    if (endsByDeletion) return runSome(1, 'succeed');
    if (failures++ >= MOST_FAILURES) return runSome(1, 'succeed');
    return together(
      killSome(
        1,
        choices.maybe(30, () => ({ gracePeriodSeconds: 0 })),
      ),
      backOffOver,
    );
  };
  const edit = (): Step =>
    choices.one([
      fail,
      fail,
      kill,
      ends,
      ends,
      ends,
      () => runSome(choices.between(1, 2), choices.one(['ready', 'unready'])),
      () => change(path, { spec: { parallelism: choices.between(0, 5) } }),
      () => (spec.podFailurePolicy ? runSome(1, 'ready') : change(path, { spec: { suspend: true } })),
      () => change(path, { spec: { suspend: false } }),
      () => change(path, { spec: { completions: choices.between(1, 5), parallelism: choices.between(1, 5) } }),
      () => {
        const completions = choices.between(1, 5);
        return change(path, { spec: { completions, parallelism: completions } });
      },
      () => changeSome(1, { metadata: { labels: { 'batch.kubernetes.io/controller-uid': 'x' } } }),
      () => change(path, { metadata: { annotations: { own: 'x' } } }),
      () => freeAll,
    ])();
  return { nodes: 1, object, edit };
}

export function cronJobs(choices: Choices): Sort {
  const path = 'cronjobs/web';
  const object = cronJob(
    {
      concurrencyPolicy: choices.one(['Allow', 'Forbid', 'Replace']),
      ...choices.maybe(40, () => ({ successfulJobsHistoryLimit: choices.between(0, 2) })),
      ...choices.maybe(40, () => ({ failedJobsHistoryLimit: choices.between(0, 1) })),
      ...choices.maybe(20, () => ({ startingDeadlineSeconds: choices.between(5, 200) })),
      ...choices.maybe(20, () => ({ timeZone: choices.one(['Europe/Vienna', 'Etc/UTC']) })),
      ...choices.maybe(10, () => ({ suspend: true })),
    },
    { backoffLimit: 0 },
  );
  const edit = (): Step =>
    choices.one([
      () => nextMinute(),
      () => nextMinute(),
      () => runSome(1, 'succeed'),
      () => runSome(1, 'fail'),
      () => runSome(9, 'succeed'),
      () => change(path, { spec: { suspend: choices.often(40) } }),
      () => change(path, { spec: { concurrencyPolicy: choices.one(['Allow', 'Forbid', 'Replace']) } }),
      () => change(path, { spec: { successfulJobsHistoryLimit: choices.between(0, 2) } }),
      () => removed(path, choices),
    ])();
  return { nodes: 1, object, edit };
}
