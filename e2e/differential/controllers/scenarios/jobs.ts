import { create, free, kill, patch, patchPods, remove, runs, type Scenario, together, wait } from '../scenario.ts';
import { job, pod, quota } from './objects.ts';

const JOB = 'jobs/web';
const succeed = { 'suite/run': 'succeed' };
const fail = { 'suite/run': 'fail' };
const indexed = { completionMode: 'Indexed' };
const stay = { 'suite/stay': '1' };

export const jobs: Scenario[] = [
  { name: 'job-complete', steps: [create(job({}, succeed)), remove(JOB, { propagationPolicy: 'Background' })] },
  { name: 'job-running', steps: [create(job()), runs({}, 'succeed')] },
  { name: 'job-completions', steps: [create(job({ completions: 5, parallelism: 2 }, succeed))] },
  {
    name: 'job-parallelism',
    steps: [
      create(job({ completions: 6, parallelism: 2 })),
      patch(JOB, { spec: { parallelism: 4 } }),
      patch(JOB, { spec: { parallelism: 1 } }),
      patch(JOB, { spec: { parallelism: 0 } }),
      patch(JOB, { spec: { parallelism: 3 } }),
      runs({}, 'succeed'),
      runs({}, 'succeed'),
    ],
  },
  {
    name: 'job-work-queue',
    steps: [create(job({ parallelism: 3 })), runs({ most: 1 }, 'succeed'), runs({}, 'succeed')],
  },
  {
    name: 'job-indexed',
    steps: [create(job({ ...indexed, completions: 4, parallelism: 2 })), runs({}, 'succeed'), runs({}, 'succeed')],
  },
  {
    name: 'job-indexed-elastic',
    steps: [
      create(job({ ...indexed, completions: 2, parallelism: 2 })),
      patch(JOB, { spec: { completions: 4, parallelism: 4 } }),
      patch(JOB, { spec: { completions: 1, parallelism: 1 } }),
      runs({}, 'succeed'),
    ],
  },
  { name: 'job-fails', steps: [create(job({ backoffLimit: 0 }, fail))] },
  { name: 'job-fails-once', steps: [create(job({ backoffLimit: 1 }, fail)), wait(11)] },
  {
    name: 'job-fails-then-succeeds',
    steps: [
      create(job({ backoffLimit: 3 }, fail)),
      patchPods({}, { metadata: { annotations: { x: 'y' } } }),
      // Pods are replaced after 10 and 20 seconds, and then after 40.
      wait(11),
      wait(20),
    ],
  },
  {
    name: 'job-fails-with-others',
    steps: [create(job({ backoffLimit: 0, parallelism: 3, completions: 3 })), runs({ most: 1 }, 'fail')],
  },
  {
    name: 'job-fails-with-others-that-stay',
    steps: [create(job({ backoffLimit: 0, parallelism: 2, completions: 2 }, stay)), runs({ most: 1 }, 'fail'), free()],
  },
  {
    name: 'job-on-failure',
    steps: [
      create(job({ backoffLimit: 2 }, {}, { restartPolicy: 'OnFailure' })),
      patchPods(
        {},
        {
          status: { containerStatuses: [{ name: 'app', image: 'app:1', imageID: 'x', ready: false, restartCount: 3 }] },
        },
        '/status',
      ),
    ],
  },
  {
    name: 'job-per-index',
    steps: [
      create(job({ ...indexed, completions: 3, parallelism: 3, backoffLimitPerIndex: 0 })),
      runs({ labels: 'batch.kubernetes.io/job-completion-index=1' }, 'fail'),
      runs({}, 'succeed'),
    ],
  },
  {
    name: 'job-per-index-one',
    steps: [
      create(job({ ...indexed, completions: 2, parallelism: 2, backoffLimitPerIndex: 1 })),
      runs({ labels: 'batch.kubernetes.io/job-completion-index=0' }, 'fail'),
      wait(11),
      runs({}, 'fail'),
      wait(11),
    ],
  },
  {
    name: 'job-max-failed-indexes',
    steps: [
      create(job({ ...indexed, completions: 4, parallelism: 4, backoffLimitPerIndex: 0, maxFailedIndexes: 1 })),
      runs({ labels: 'batch.kubernetes.io/job-completion-index in (1,2)' }, 'fail'),
    ],
  },
  {
    name: 'job-policy-fail',
    steps: [
      create(
        job(
          {
            podFailurePolicy: {
              rules: [{ action: 'FailJob', onExitCodes: { containerName: 'app', operator: 'In', values: [3] } }],
            },
          },
          { 'suite/run': 'fail:3' },
        ),
      ),
    ],
  },
  {
    name: 'job-policy-ignore',
    steps: [
      create(
        job({
          backoffLimit: 0,
          podFailurePolicy: {
            rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
          },
        }),
      ),
      patchPods(
        {},
        {
          status: {
            conditions: [{ type: 'DisruptionTarget', status: 'True', lastTransitionTime: 'TIME' }],
          },
        },
        '/status',
      ),
      runs({}, 'fail'),
      wait(11),
    ],
  },
  {
    name: 'job-policy-index',
    steps: [
      create(
        job({
          ...indexed,
          completions: 2,
          parallelism: 2,
          backoffLimitPerIndex: 3,
          podFailurePolicy: {
            rules: [
              { action: 'FailIndex', onExitCodes: { operator: 'In', values: [3] } },
              { action: 'Count', onExitCodes: { operator: 'NotIn', values: [3] } },
            ],
          },
        }),
      ),
      runs({ labels: 'batch.kubernetes.io/job-completion-index=0' }, 'fail:3'),
      runs({ labels: 'batch.kubernetes.io/job-completion-index=1' }, 'succeed'),
    ],
  },
  {
    name: 'job-success-policy',
    steps: [
      create(
        job({
          ...indexed,
          completions: 4,
          parallelism: 4,
          successPolicy: { rules: [{ succeededIndexes: '0-2', succeededCount: 2 }] },
        }),
      ),
      runs({ labels: 'batch.kubernetes.io/job-completion-index in (0,2)' }, 'succeed'),
    ],
  },
  {
    name: 'job-success-policy-stays',
    steps: [
      create(
        job(
          { ...indexed, completions: 3, parallelism: 3, successPolicy: { rules: [{ succeededIndexes: '0' }] } },
          stay,
        ),
      ),
      runs({ labels: 'batch.kubernetes.io/job-completion-index=0' }, 'succeed'),
      free(),
    ],
  },
  {
    name: 'job-suspend',
    steps: [
      create(job({ parallelism: 2, completions: 2 })),
      patch(JOB, { spec: { suspend: true } }),
      patch(JOB, { spec: { suspend: false } }),
      runs({}, 'succeed'),
    ],
  },
  {
    name: 'job-suspended-at-first',
    steps: [
      create(job({ suspend: true, activeDeadlineSeconds: 30 })),
      patch(JOB, {
        spec: {
          suspend: false,
          template: { spec: { nodeSelector: { 'kubernetes.io/hostname': 'job-suspended-at-first-n1' } } },
        },
      }),
      patch(JOB, { spec: { suspend: true } }),
    ],
  },
  { name: 'job-deadline', steps: [together(create(job({ activeDeadlineSeconds: 3 })), wait(5))] },
  {
    name: 'job-deadline-stays',
    steps: [together(create(job({ activeDeadlineSeconds: 3, podReplacementPolicy: 'Failed' }, stay)), wait(5)), free()],
  },
  { name: 'job-ttl', steps: [together(create(job({ ttlSecondsAfterFinished: 3 }, succeed)), wait(6))] },
  { name: 'job-ttl-later', steps: [create(job({}, succeed)), patch(JOB, { spec: { ttlSecondsAfterFinished: 0 } })] },
  {
    name: 'job-managed-by',
    steps: [create(job({ managedBy: 'example.com/other' })), remove(JOB, { propagationPolicy: 'Background' })],
  },
  { name: 'job-kill', steps: [create(job()), kill({}), wait(11)] },
  { name: 'job-kill-force', steps: [create(job()), kill({}, { gracePeriodSeconds: 0 }), wait(11)] },
  { name: 'job-kill-stays', steps: [create(job({}, stay)), kill({}), wait(11), free()] },
  {
    name: 'job-replace-failed',
    steps: [create(job({ podReplacementPolicy: 'Failed' }, stay)), kill({}), free(), wait(11)],
  },
  {
    name: 'job-quota',
    steps: [
      create(quota({ pods: '1' })),
      wait(1),
      create(job({ parallelism: 2, completions: 2 })),
      runs({}, 'succeed'),
      wait(3),
    ],
  },
  { name: 'job-quota-none', steps: [create(quota({ pods: '0' })), wait(1), create(job()), wait(4)] },
  { name: 'job-orphan', steps: [create(job({ parallelism: 2 })), remove(JOB, { propagationPolicy: 'Orphan' })] },
  { name: 'job-foreground', steps: [create(job({}, stay)), remove(JOB, { propagationPolicy: 'Foreground' }), free()] },
  {
    name: 'job-deleted-after',
    steps: [create(job({ completions: 2, parallelism: 2 }, succeed)), remove(JOB, { propagationPolicy: 'Foreground' })],
  },
  {
    name: 'job-release',
    steps: [
      create(job({ manualSelector: true, selector: { matchLabels: { app: 'web' } } })),
      patchPods({}, { metadata: { labels: { app: 'other' } } }),
      patchPods({ labels: 'app=other' }, { metadata: { labels: { app: 'web' } } }),
    ],
  },
  {
    name: 'job-adopt',
    steps: [
      create(pod('lone', {}, { restartPolicy: 'Never' })),
      create(job({ manualSelector: true, selector: { matchLabels: { app: 'web' } } })),
    ],
  },
  {
    name: 'job-too-many',
    steps: [
      create(job({ completions: 1, parallelism: 1, manualSelector: true, selector: { matchLabels: { app: 'web' } } })),
      create(pod('lone', {}, { restartPolicy: 'Never' })),
      runs({}, 'succeed'),
    ],
  },
  {
    name: 'job-stale-disruption',
    steps: [
      create(job()),
      patchPods(
        {},
        {
          status: {
            conditions: [{ type: 'DisruptionTarget', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
          },
        },
        '/status',
      ),
    ],
  },
  { name: 'job-zero', steps: [create(job({ completions: 0 }))] },
  { name: 'job-indexed-zero', steps: [create(job({ ...indexed, completions: 0 }))] },
];
