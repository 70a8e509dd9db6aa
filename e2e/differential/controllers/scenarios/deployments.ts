import {
  create,
  free,
  image,
  kill,
  patch,
  patchPods,
  remove,
  runs,
  type Scenario,
  scale,
  together,
  wait,
} from '../scenario.ts';
import { pod, quota, template, workload } from './objects.ts';

const WEB = 'deployments/web';
const rolling = (maxSurge: number | string, maxUnavailable: number | string) => ({
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
});

export const deployments: Scenario[] = [
  {
    name: 'deployment-scale',
    steps: [
      create(workload('Deployment', { replicas: 2 })),
      scale(WEB, 5),
      scale(WEB, 1),
      scale(WEB, 0),
      scale(WEB, 2),
    ],
  },
  {
    name: 'deployment-update',
    steps: [create(workload('Deployment', { replicas: 3 })), image(WEB, '2'), image(WEB, '3'), image(WEB, '1')],
  },
  {
    name: 'deployment-surge',
    steps: [
      create(workload('Deployment', { replicas: 4, ...rolling(2, 0) })),
      image(WEB, '2'),
      image(WEB, '3', { 'suite/run': 'unready' }),
      image(WEB, '2', { 'suite/run': null }),
    ],
  },
  {
    name: 'deployment-unavailable',
    steps: [
      create(workload('Deployment', { replicas: 4, ...rolling(0, '50%') })),
      image(WEB, '2'),
      image(WEB, '3', { 'suite/run': 'unready' }),
      scale(WEB, 8),
      image(WEB, '4', { 'suite/run': null }),
    ],
  },
  {
    name: 'deployment-recreate',
    steps: [
      create(workload('Deployment', { replicas: 3, strategy: { type: 'Recreate' } })),
      image(WEB, '2'),
      scale(WEB, 1),
      image(WEB, '3', { 'suite/stay': '1' }),
      image(WEB, '4'),
      free(),
    ],
  },
  {
    name: 'deployment-pause',
    steps: [
      create(workload('Deployment', { replicas: 2 })),
      patch(WEB, { spec: { paused: true } }),
      image(WEB, '2'),
      scale(WEB, 3),
      patch(WEB, { spec: { paused: false } }),
    ],
  },
  {
    name: 'deployment-paused-at-first',
    steps: [create(workload('Deployment', { replicas: 2, paused: true })), patch(WEB, { spec: { paused: null } })],
  },
  {
    name: 'deployment-deadline',
    steps: [
      // The first look comes once the deadline is over: how soon both sides are at rest depends on the machine.
      together(
        create(
          workload('Deployment', {
            replicas: 2,
            progressDeadlineSeconds: 4,
            template: template({ 'suite/run': 'pending' }),
          }),
        ),
        wait(6),
      ),
      runs({}, 'ready'),
      wait(2),
      image(WEB, '2', { 'suite/run': 'unready' }),
      wait(6),
      image(WEB, '1', { 'suite/run': 'ready' }),
    ],
  },
  {
    name: 'deployment-min-ready',
    steps: [
      create(workload('Deployment', { replicas: 2, minReadySeconds: 3 })),
      wait(3),
      image(WEB, '2'),
      wait(8),
      patch(WEB, { spec: { minReadySeconds: 0 } }),
    ],
  },
  {
    name: 'deployment-history',
    steps: [
      create(workload('Deployment', { replicas: 1, revisionHistoryLimit: 1 })),
      image(WEB, '2'),
      image(WEB, '3'),
      image(WEB, '4'),
      patch(WEB, { spec: { revisionHistoryLimit: 0 } }),
    ],
  },
  {
    name: 'deployment-quota',
    steps: [
      create(quota({ pods: '2' })),
      wait(1),
      create(workload('Deployment', { replicas: 3 })),
      scale(WEB, 2),
      image(WEB, '2'),
    ],
  },
  {
    name: 'deployment-quota-sets',
    steps: [
      create(quota({ 'count/replicasets.apps': '1' })),
      wait(1),
      create(workload('Deployment', { replicas: 1 })),
      image(WEB, '2'),
      together(remove('resourcequotas/quota'), wait(12)),
    ],
  },
  {
    name: 'deployment-bad-pods',
    steps: [
      create(workload('Deployment', { replicas: 1, template: template({}, { serviceAccountName: 'none' }) })),
      wait(4),
      patch(WEB, { spec: { template: { spec: { serviceAccountName: 'default', serviceAccount: 'default' } } } }),
    ],
  },
  {
    name: 'deployment-kill',
    steps: [
      create(workload('Deployment', { replicas: 3 })),
      kill({ most: 1 }),
      kill({}),
      kill({ most: 1 }, { gracePeriodSeconds: 0 }),
    ],
  },
  {
    name: 'deployment-failing',
    steps: [
      create(workload('Deployment', { replicas: 2 })),
      patchPods({ most: 1 }, { status: { phase: 'Failed', reason: 'Evicted', message: 'low on memory' } }, '/status'),
    ],
  },
  {
    name: 'deployment-orphan',
    steps: [
      create(workload('Deployment', { replicas: 2 })),
      remove(WEB, { propagationPolicy: 'Orphan' }),
      create(workload('Deployment', { replicas: 3 })),
      image(WEB, '2'),
    ],
  },
  {
    name: 'deployment-foreground',
    steps: [create(workload('Deployment', { replicas: 2 })), remove(WEB, { propagationPolicy: 'Foreground' })],
  },
  {
    name: 'deployment-background',
    steps: [create(workload('Deployment', { replicas: 2 })), remove(WEB, { propagationPolicy: 'Background' })],
  },
  {
    name: 'deployment-foreground-stays',
    steps: [
      create(workload('Deployment', { replicas: 1, template: template({ 'suite/stay': '1' }) })),
      remove(WEB, { propagationPolicy: 'Foreground' }),
      free(),
    ],
  },
  {
    name: 'deployment-release',
    steps: [
      create(workload('Deployment', { replicas: 2 })),
      patchPods({ most: 1 }, { metadata: { labels: { app: 'other' } } }),
      patchPods({ labels: 'app=other' }, { metadata: { labels: { app: 'web' } } }),
    ],
  },
  {
    name: 'deployment-adopts-sets',
    steps: [
      create(workload('ReplicaSet', { replicas: 2 })),
      create(workload('Deployment', { replicas: 2 })),
      image(WEB, '2'),
    ],
  },
  {
    name: 'deployment-annotations',
    steps: [
      create(
        workload('Deployment', { replicas: 1 }, { annotations: { 'kubernetes.io/change-cause': 'first', own: 'x' } }),
      ),
      together(image(WEB, '2'), patch(WEB, { metadata: { annotations: { 'kubernetes.io/change-cause': 'second' } } })),
      patch(WEB, { metadata: { annotations: { own: null, more: 'y' } } }),
    ],
  },
  {
    name: 'deployment-two-of-one-selector',
    steps: [
      create(workload('Deployment', { replicas: 1 })),
      create(workload('Deployment', { replicas: 1 }, { name: 'other' })),
    ],
  },
  {
    name: 'deployment-hpa-like',
    steps: [
      create(workload('Deployment', { replicas: 10, ...rolling(3, 2) })),
      together(image(WEB, '2', { 'suite/run': 'unready' })),
      scale(WEB, 15),
      scale(WEB, 5),
      image(WEB, '3', { 'suite/run': null }),
    ],
  },
  { name: 'deployment-pods-of-others', steps: [create(pod('lone'), workload('Deployment', { replicas: 1 }))] },
];
