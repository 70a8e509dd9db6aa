/** Jobs at their limits, and those into which someone meddles. */
import type { Json } from '../../mutations.ts';
import { create, free, kill, patch, patchPods, remove, runs, type Scenario, together, wait } from '../scenario.ts';
import { job } from './objects.ts';

const JOB = 'jobs/web';
const fail = { 'suite/run': 'fail' };
const stay = { 'suite/stay': '1' };
const indexed = (completions: number, more: Json = {}) => ({
  completionMode: 'Indexed',
  completions,
  parallelism: completions,
  ...more,
});
const ofIndex = (...indexes: number[]) => ({ labels: `batch.kubernetes.io/job-completion-index in (${indexes})` });
const suspend = (is: boolean) => patch(JOB, { spec: { suspend: is } });

export const jobLimits: Scenario[] = [
  {
    name: 'limit-parallel-fails',
    steps: [
      create(job({ parallelism: 3, completions: 3, backoffLimit: 5 })),
      runs({ most: 2 }, 'fail'),
      wait(22),
      runs({ labels: 'app=web' }, 'succeed'),
    ],
  },
  {
    name: 'limit-all-fail-at-once',
    steps: [create(job({ parallelism: 4, completions: 4, backoffLimit: 2 })), runs({}, 'fail')],
  },
  {
    name: 'limit-more-parallel-than-wanted',
    steps: [create(job({ parallelism: 5, completions: 2 })), runs({}, 'succeed')],
  },
  { name: 'limit-indexed-kill', steps: [create(job(indexed(2))), kill(ofIndex(1)), wait(11), runs({}, 'succeed')] },
  {
    name: 'limit-indexed-fail',
    steps: [create(job(indexed(2, { backoffLimit: 0 }))), runs(ofIndex(0), 'succeed'), runs(ofIndex(1), 'fail')],
  },
  {
    name: 'limit-index-ignored',
    steps: [
      create(
        job(
          indexed(2, {
            backoffLimitPerIndex: 1,
            podFailurePolicy: { rules: [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [7] } }] },
          }),
        ),
      ),
      runs(ofIndex(0), 'fail:7'),
      wait(11),
      runs(ofIndex(0), 'fail'),
      wait(22),
    ],
  },
  {
    name: 'limit-index-and-whole',
    steps: [create(job(indexed(3, { backoffLimitPerIndex: 3, backoffLimit: 1 }))), runs(ofIndex(0, 1), 'fail')],
  },
  {
    name: 'limit-success-beside-failures',
    steps: [
      create(job(indexed(3, { backoffLimitPerIndex: 0, successPolicy: { rules: [{ succeededCount: 1 }] } }))),
      runs(ofIndex(0), 'fail'),
      runs(ofIndex(1), 'succeed'),
    ],
  },
  {
    name: 'limit-success-policy-all',
    steps: [create(job(indexed(2, { successPolicy: { rules: [{ succeededIndexes: '0-1' }] } }))), runs({}, 'succeed')],
  },
  {
    name: 'limit-suspended-with-failures',
    steps: [
      create(job({ parallelism: 2, completions: 2, backoffLimit: 3 })),
      runs({ most: 1 }, 'fail'),
      suspend(true),
      suspend(false),
      wait(11),
    ],
  },
  {
    name: 'limit-suspended-stays',
    steps: [create(job({ parallelism: 2, completions: 2 }, stay)), suspend(true), suspend(false), free()],
  },
  {
    name: 'limit-suspended-deadline',
    steps: [
      // Both sides are at rest long before it, even on a slow machine.
      create(job({ activeDeadlineSeconds: 12 })),
      together(suspend(true), wait(13)),
      together(suspend(false), wait(14)),
    ],
  },
  {
    name: 'limit-deadline-later',
    steps: [create(job()), together(patch(JOB, { spec: { activeDeadlineSeconds: 1 } }), wait(2))],
  },
  {
    name: 'limit-ttl-of-failed',
    steps: [together(create(job({ backoffLimit: 0, ttlSecondsAfterFinished: 4 }, fail)), wait(7))],
  },
  {
    name: 'limit-finished-touched',
    steps: [
      create(job({}, { 'suite/run': 'succeed' })),
      patch(JOB, { spec: { parallelism: 3 } }),
      kill({}),
      patch(JOB, { metadata: { annotations: { own: 'x' } } }),
    ],
  },
  {
    name: 'limit-no-parallelism',
    steps: [
      create(job({ parallelism: 0 })),
      patch(JOB, { spec: { parallelism: 2 } }),
      patch(JOB, { spec: { parallelism: 0 } }),
    ],
  },
  { name: 'limit-backoff-raised', steps: [create(job({ backoffLimit: 1 }, fail)), wait(12)] },
  {
    name: 'limit-policy-condition',
    steps: [
      create(
        job({
          podFailurePolicy: {
            rules: [{ action: 'FailJob', onPodConditions: [{ type: 'ConfigIssue', status: 'True' }] }],
          },
        }),
      ),
      patchPods(
        {},
        { status: { conditions: [{ type: 'ConfigIssue', status: 'True', lastTransitionTime: 'TIME' }] } },
        '/status',
      ),
      runs({}, 'fail'),
    ],
  },
  {
    name: 'limit-policy-not-in',
    steps: [
      create(
        job(
          {
            backoffLimit: 1,
            podFailurePolicy: {
              rules: [
                { action: 'Ignore', onExitCodes: { operator: 'In', values: [5] } },
                { action: 'FailJob', onExitCodes: { containerName: 'app', operator: 'NotIn', values: [5, 6] } },
              ],
            },
          },
          { 'suite/run': 'fail:5' },
        ),
      ),
      together(patch(JOB, { metadata: { labels: { x: 'y' } } }), wait(10)),
      runs({}, 'fail:9'),
    ],
  },
  {
    name: 'limit-policy-fails-others',
    steps: [
      create(
        job(
          {
            parallelism: 3,
            completions: 3,
            podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [3] } }] },
          },
          stay,
        ),
      ),
      runs({ most: 1 }, 'fail:3'),
      free(),
    ],
  },
  {
    name: 'limit-pod-finalizer',
    steps: [
      create(job()),
      patchPods({}, { metadata: { finalizers: ['own.io/x'] } }),
      kill({}),
      wait(11),
      patchPods({}, { metadata: { finalizers: ['own.io/x'].map((name) => ({ $patch: 'delete', name })).slice(1) } }),
    ],
  },
  {
    name: 'limit-tracking-taken',
    steps: [
      create(job()),
      patchPods({}, { metadata: { '$deleteFromPrimitiveList/finalizers': ['batch.kubernetes.io/job-tracking'] } }),
      runs({}, 'succeed'),
    ],
  },
  {
    name: 'limit-orphaned-pods',
    steps: [
      create(job({ parallelism: 2, completions: 2 })),
      remove(JOB, { propagationPolicy: 'Orphan' }),
      runs({}, 'succeed'),
    ],
  },
  {
    name: 'limit-foreground-stays',
    steps: [
      create(job({ parallelism: 2, completions: 2 }, stay)),
      remove(JOB, { propagationPolicy: 'Foreground' }),
      runs({ most: 1 }, 'succeed'),
      free(),
    ],
  },
  {
    name: 'limit-on-failure-index',
    steps: [
      create(job(indexed(2, { backoffLimit: 0 }), {}, { restartPolicy: 'OnFailure' })),
      patchPods(
        ofIndex(1),
        {
          status: { containerStatuses: [{ name: 'app', image: 'app:1', imageID: 'x', ready: false, restartCount: 1 }] },
        },
        '/status',
      ),
    ],
  },
  { name: 'limit-long-name', steps: [create({ ...job(indexed(2)), metadata: { name: `web-${'x'.repeat(55)}` } })] },
];
