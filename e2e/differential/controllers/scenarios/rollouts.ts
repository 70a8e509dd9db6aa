/** Deployments that are changed, and whose pods are, while they roll. */
import type { Json } from '../../mutations.ts';
import {
  create,
  free,
  image,
  kill,
  type Place,
  patch,
  patchPods,
  remove,
  type Scenario,
  type Step,
  scale,
  together,
  wait,
} from '../scenario.ts';
import { pod, quota, template, workload } from './objects.ts';

const WEB = 'deployments/web';
const deployment = (spec: Json = {}) => create(workload('Deployment', { replicas: 3, ...spec }));
const unready = { 'suite/run': 'unready' };
const strategy = (type: string, rollingUpdate?: Json) =>
  patch(WEB, { spec: { strategy: { type, rollingUpdate: rollingUpdate ?? null } } });

/** Does something with the ReplicaSet that has a revision. */
function ofRevision(revision: number, body: Json | undefined): Step {
  return {
    name: `${body ? `patch ${JSON.stringify(body)}` : 'delete'} the ReplicaSet of revision ${revision}`,
    async run({ side, namespace }: Place) {
      const path = `/apis/apps/v1/namespaces/${namespace}/replicasets`;
      const found = (await side.must('GET', path)).items.find(
        ({ metadata }: Json) => metadata.annotations['deployment.kubernetes.io/revision'] === String(revision),
      );
      const own = `${path}/${found.metadata.name}`;
      if (body) await side.must('PATCH', own, body, 'application/strategic-merge-patch+json');
      else await side.must('DELETE', own, { propagationPolicy: 'Background' });
    },
  };
}

export const rollouts: Scenario[] = [
  { name: 'rollout-set-scaled-by-hand', steps: [deployment(), ofRevision(1, { spec: { replicas: 5 } })] },
  { name: 'rollout-set-deleted', steps: [deployment(), ofRevision(1, undefined)] },
  { name: 'rollout-new-set-deleted', steps: [deployment(), image(WEB, '2', unready), ofRevision(2, undefined)] },
  { name: 'rollout-old-set-deleted', steps: [deployment(), image(WEB, '2', unready), ofRevision(1, undefined)] },
  {
    name: 'rollout-set-released',
    steps: [deployment({ replicas: 1 }), ofRevision(1, { metadata: { labels: { app: 'other' } } })],
  },
  {
    name: 'rollout-set-revision',
    steps: [
      deployment({ replicas: 1 }),
      ofRevision(1, { metadata: { annotations: { 'deployment.kubernetes.io/revision': '7' } } }),
      image(WEB, '2'),
    ],
  },
  {
    name: 'rollout-recreate-later',
    steps: [
      deployment(),
      strategy('Recreate'),
      image(WEB, '2'),
      strategy('RollingUpdate', { maxSurge: 1, maxUnavailable: 0 }),
      image(WEB, '3'),
    ],
  },
  {
    name: 'rollout-paused-midway',
    steps: [
      deployment(),
      image(WEB, '2', unready),
      patch(WEB, { spec: { paused: true } }),
      scale(WEB, 6),
      image(WEB, '3', { 'suite/run': null }),
      patch(WEB, { spec: { paused: false } }),
    ],
  },
  {
    name: 'rollout-reverted-midway',
    steps: [deployment(), image(WEB, '2', unready), image(WEB, '1', { 'suite/run': null })],
  },
  { name: 'rollout-of-none', steps: [deployment({ replicas: 0 }), image(WEB, '2'), image(WEB, '3'), scale(WEB, 1)] },
  {
    name: 'rollout-all-unavailable',
    steps: [
      deployment({ strategy: { rollingUpdate: { maxUnavailable: '100%', maxSurge: 0 } } }),
      image(WEB, '2'),
      image(WEB, '3', unready),
    ],
  },
  {
    name: 'rollout-history-paused',
    steps: [
      deployment({ replicas: 1, revisionHistoryLimit: 2 }),
      image(WEB, '2'),
      image(WEB, '3'),
      image(WEB, '4'),
      patch(WEB, { spec: { paused: true } }),
      patch(WEB, { spec: { revisionHistoryLimit: 0 } }),
    ],
  },
  {
    name: 'rollout-no-deadline',
    steps: [
      deployment({ replicas: 1, progressDeadlineSeconds: 2147483647 }),
      image(WEB, '2', unready),
      patch(WEB, { spec: { progressDeadlineSeconds: 600 } }),
    ],
  },
  {
    name: 'rollout-deadline-then-scale',
    steps: [
      together(deployment({ replicas: 1, progressDeadlineSeconds: 3, template: template(unready) }), wait(5)),
      scale(WEB, 2),
      patchPods({}, { metadata: { annotations: { 'suite/run': 'ready' } } }),
    ],
  },
  {
    name: 'rollout-deadline-paused',
    steps: [
      together(deployment({ replicas: 1, progressDeadlineSeconds: 3, template: template(unready) }), wait(5)),
      patch(WEB, { spec: { paused: true } }),
      patch(WEB, { spec: { paused: false } }),
    ],
  },
  {
    name: 'rollout-quota-deadline',
    steps: [
      create(quota({ pods: '1' })),
      wait(1),
      together(deployment({ replicas: 2, progressDeadlineSeconds: 4 }), wait(7)),
      together(image(WEB, '2'), wait(7)),
    ],
  },
  {
    name: 'rollout-terminating',
    steps: [
      deployment({ replicas: 2, template: template({ 'suite/stay': '1' }) }),
      image(WEB, '2'),
      scale(WEB, 1),
      kill({ most: 1 }),
      free(),
    ],
  },
  {
    name: 'rollout-template-labels',
    steps: [
      deployment({ replicas: 1 }),
      patch(WEB, { spec: { template: { metadata: { labels: { tier: 'a' } } } } }),
      patch(WEB, { metadata: { labels: { own: 'x' } } }),
    ],
  },
  {
    name: 'rollout-empty-patch',
    steps: [
      deployment({ replicas: 1 }),
      patch(WEB, { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } } } } }),
      patch(WEB, { spec: { minReadySeconds: 1 } }),
      wait(2),
    ],
  },
  {
    name: 'rollout-status-by-hand',
    steps: [
      deployment({ replicas: 1 }),
      patch(`${WEB}/status`, { status: { replicas: 7, conditions: [{ type: 'Own', status: 'True' }] } }, 'merge'),
      scale(WEB, 2),
    ],
  },
  {
    name: 'rollout-revision-by-hand',
    steps: [
      deployment({ replicas: 1 }),
      patch(WEB, { metadata: { annotations: { 'deployment.kubernetes.io/revision': '9' } } }),
      image(WEB, '2'),
    ],
  },
  {
    name: 'rollout-lone-pod-taken',
    steps: [
      deployment({ replicas: 1 }),
      create(pod('lone')),
      remove(WEB, { propagationPolicy: 'Orphan' }),
      remove('pods/lone'),
    ],
  },
  {
    name: 'rollout-proportional',
    steps: [
      deployment({ replicas: 6, strategy: { rollingUpdate: { maxSurge: 2, maxUnavailable: 1 } } }),
      image(WEB, '2', unready),
      image(WEB, '3'),
      scale(WEB, 12),
      scale(WEB, 3),
      scale(WEB, 0),
    ],
  },
];
